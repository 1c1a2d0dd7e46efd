package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CategoryFolderTest {

  @TempDir private Path temporary;

  @Test
  void aCategoryIsNamedAfterItsFolder() throws IOException {
    Path folder = category("screw bag #2 %");

    assertThat(open(folder).name()).isEqualTo("screw bag #2 %");
    assertThat(open(folder).layout().category()).isEqualTo("screw bag #2 %");
  }

  @Test
  void aLinkedCategoryIsNamedAfterTheFolderItLeadsTo() throws IOException {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), category("bottle"));

    assertThat(open(link).name()).isEqualTo("bottle");
  }

  @Test
  void filesAreFoundByTheirRelativePathsInTheGivenOrder() throws IOException {
    CategoryFolder folder = open(category("bottle"));
    List<String> relative = List.of("validation/good/b.png", "train/good/a b%.png");

    assertThat(folder.files(relative))
        .extracting(folder.listing()::relative)
        .containsExactlyElementsOf(relative);
  }

  @Test
  void aFolderWithoutTrainingImagesIsRefused() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("empty"));

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> open(folder))
        .withMessageStartingWith("Cannot use category empty: it has no images in train/good. ");
  }

  private static CategoryFolder open(Path folder) {
    return CategoryFolder.open(new Configuration(), folder.toString());
  }

  private Path category(String name) throws IOException {
    Path folder = temporary.resolve(name);
    for (String file : List.of("train/good/a b%.png", "validation/good/b.png")) {
      Files.createDirectories(folder.resolve(file).getParent());
      Files.createFile(folder.resolve(file));
    }
    return folder;
  }
}
