package dev.puad.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.image.DecodeLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FolderListingTest {

  private static final Configuration HADOOP = new Configuration();

  /** é in one character, and as e with an accent: two files, though they look the same. */
  private static final String COMPOSED = "\u00e9.png";

  private static final String DECOMPOSED = "e\u0301.png";

  @TempDir private Path temporary;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain.png",
        "two words.png",
        "100%.png",
        "a%20b.png",
        "a+b&c=d.png",
        "#1.png",
        "what?.png",
        "a:b.png",
        "[x]{y}*.png",
        "back\\slash.png",
        "quote'\".png",
        "Flasche ä 瓶 🍾.png",
        COMPOSED,
        DECOMPOSED
      })
  void aFileIsFoundAgainByItsIdentityWhateverItsName(String name) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("sub " + name));
    Files.writeString(folder.resolve(name), name);

    FolderListing listing = list(folder);

    ImageFile file = listing.files().get(0);
    assertThat(listing.files()).hasSize(1);
    assertThat(listing.relative(file)).isEqualTo(name);
    assertThat(content(file)).isEqualTo(name);
    assertThat(FolderListing.of(HADOOP, file.image()).root()).isEqualTo(file.image());
  }

  @Test
  void composedAndDecomposedNamesAreTwoFiles() throws IOException {
    Files.writeString(temporary.resolve(COMPOSED), "composed");
    Files.writeString(temporary.resolve(DECOMPOSED), "decomposed");

    FolderListing listing = list(temporary);

    assertThat(listing.files())
        .extracting(listing::relative)
        .containsExactlyInAnyOrder(COMPOSED, DECOMPOSED);
  }

  @Test
  void percentEncodingIsCanonical() throws IOException {
    Files.createFile(temporary.resolve("a b%é#.png"));

    assertThat(list(temporary).files().get(0).image()).endsWith("/a%20b%25é%23.png");
  }

  @Test
  void aFolderHasOneIdentityHoweverItIsNamed() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("a folder/inner")).getParent();
    Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
    Path workingDirectory = Path.of("").toAbsolutePath();
    String root = list(folder).root();

    assertThat(
            List.of(
                folder + "/",
                folder + "/inner/..",
                folder + "/./",
                link.toString(),
                link + "/inner/..",
                workingDirectory.relativize(folder).toString(),
                folder.toUri().toString(),
                "file:" + folder,
                "file://" + folder,
                root))
        .allSatisfy(
            path -> assertThat(FolderListing.of(HADOOP, path).root()).as(path).isEqualTo(root));
  }

  @Test
  void aFileHasTheSameIdentityFromEveryFolderAboveIt() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("one/two"));
    Path file = Files.createFile(folder.resolve("x.png"));

    ImageFile fromAbove = list(temporary).files().get(0);

    assertThat(list(folder).files()).containsExactly(fromAbove);
    assertThat(list(file).files()).containsExactly(fromAbove);
  }

  @Test
  void aSingleFileIsItsOwnListing() throws IOException {
    Path file = Files.createFile(temporary.resolve("only one.png"));

    FolderListing listing = list(file);

    assertThat(listing.images()).hasSize(1);
    assertThat(listing.relative(listing.files().get(0))).isEqualTo("only one.png");
  }

  @Test
  void aListingTellsLengthAndModificationTime() throws IOException {
    Path file = Files.write(temporary.resolve("x.png"), new byte[17]);
    Instant modified = Instant.parse("2026-11-03T10:00:00.123Z");
    Files.setLastModifiedTime(file, FileTime.from(modified));

    ImageFile listed = list(temporary).files().get(0);

    assertThat(listed.length()).isEqualTo(17);
    assertThat(listed.modified()).isEqualTo(modified.toEpochMilli());
  }

  @Test
  void imagesAreFoundAtAnyDepthByTheirExtensionInAnyCase() throws IOException {
    for (String name :
        List.of(
            "a.png", "b/c.JPG", "b/d/e/f.Jpeg", "g.bmp", "h.tiff", "pdf.pdf", "png", "i.png.txt")) {
      Path file = temporary.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }

    FolderListing listing = list(temporary);

    assertThat(listing.images())
        .extracting(listing::relative)
        .containsExactly("a.png", "b/c.JPG", "b/d/e/f.Jpeg", "g.bmp", "h.tiff");
  }

  @Test
  void hiddenFilesAndFoldersHoldNoImages() throws IOException {
    for (String name : List.of(".png", "._a.png", ".partial/b.png", "c/.d/e.png", "f.d/g.png")) {
      Path file = temporary.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }

    FolderListing listing = list(temporary);

    assertThat(listing.images()).extracting(listing::relative).containsExactly("f.d/g.png");
  }

  @Test
  void aFolderBelowAHiddenOneIsNotHidden() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve(".cache/images"));
    Files.createFile(folder.resolve("a.png"));

    assertThat(list(folder).images()).hasSize(1);
  }

  @Test
  void aLinkToNothingIsPassedOver() throws IOException {
    Files.createSymbolicLink(temporary.resolve("gone.png"), temporary.resolve("nowhere"));
    Files.createFile(temporary.resolve("here.png"));

    FolderListing listing = list(temporary);

    assertThat(listing.files()).extracting(listing::relative).containsExactly("here.png");
  }

  @Test
  void aMissingFolderIsNamed() {
    String missing = temporary.resolve("no such").toString();

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> FolderListing.of(HADOOP, missing))
        .withMessage(
            "Cannot read %s: there is no such folder. Correct the path.".formatted(missing));
  }

  @Test
  void anUnknownSchemeIsNamed() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> FolderListing.of(HADOOP, "nosuch://host/images"))
        .withMessageStartingWith("Cannot read nosuch://host/images: ");
  }

  @Test
  void anEmptyPathIsRefused() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> FolderListing.of(HADOOP, " "))
        .withMessage("Cannot read an empty path. Name a folder.");
  }

  private static FolderListing list(Path path) {
    return FolderListing.of(HADOOP, path.toString());
  }

  private static String content(ImageFile file) {
    byte[] bytes = FileContents.read(HADOOP, file.image(), DecodeLimits.defaults().maxBytes());
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
