package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CategoryFoldersTest {

  @TempDir private Path folder;

  @Test
  void aCategorysFolderIsFoundItself() throws IOException {
    touch("train/good/000.png");

    assertThat(find(folder)).containsExactly(folder.toString());
  }

  @Test
  void theCategoriesBelowAFolderAreFoundByName() throws IOException {
    touch("two words/train/good/000.png");
    touch("bottle 瓶%/train/good/000.png");
    touch("documents/readme.txt");

    assertThat(find(folder))
        .containsExactly(
            identity(folder.resolve("bottle 瓶%")), identity(folder.resolve("two words")));
  }

  @Test
  void whatIsFoundCanBeOpened() throws IOException {
    touch("bottle 瓶%/train/good/000.png");
    touch("bottle 瓶%/validation/good/000.png");

    CategoryFolder found = CategoryFolder.open(new Configuration(), find(folder).get(0));

    assertThat(found.name()).isEqualTo("bottle 瓶%");
  }

  @Test
  void whatIsFoundByUriCanBeOpened() throws IOException {
    touch("a b/bottle 瓶%/train/good/000.png");
    touch("a b/bottle 瓶%/validation/good/000.png");
    String uri = identity(folder.resolve("a b"));

    CategoryFolder found =
        CategoryFolder.open(
            new Configuration(), CategoryFolders.toTrain(new Configuration(), uri).get(0));

    assertThat(found.name()).isEqualTo("bottle 瓶%");
  }

  @Test
  void aHiddenFolderIsNoCategory() throws IOException {
    touch("bottle/train/good/000.png");
    touch(".bottle.partial/train/good/000.png");

    assertThat(find(folder)).containsExactly(identity(folder.resolve("bottle")));
  }

  @Test
  void aFolderWithoutACategoryIsNamed() throws IOException {
    touch("deeper/still/train/good/000.png");

    assertNone(folder);
  }

  @Test
  void aFileIsNoCategory() throws IOException {
    Path file = touch("000.png");
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> find(file))
        .withMessage("Cannot train on %s: it is a file. Name a category's folder.", file);
  }

  private static void assertNone(Path path) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> find(path))
        .withMessage(
            "Cannot train on %s: neither it nor a folder in it has images in train/good. Name a category's folder in LOCO or MVTec AD layout."
                .formatted(path));
  }

  private static List<String> find(Path path) {
    return CategoryFolders.toTrain(new Configuration(), path.toString());
  }

  private static String identity(Path path) {
    return FolderListing.of(new Configuration(), path.toString()).root();
  }

  private Path touch(String file) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.createFile(path);
  }
}
