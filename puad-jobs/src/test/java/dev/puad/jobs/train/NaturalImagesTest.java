package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.generate.GeneratedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NaturalImagesTest {

  @TempDir Path folder;

  @Test
  void listsImagesAtAnyDepthAndNothingElse() throws IOException {
    NaturalImageFolder.write(folder, 3);
    Files.writeString(folder.resolve("README.md"), "no image");

    NaturalImages opened = open(folder);

    assertThat(opened.images()).hasSize(3).allMatch(image -> image.endsWith("image.png"));
    assertThat(opened.root()).isEqualTo("file://" + folder.toRealPath());
    assertThat(opened.isNone()).isFalse();
  }

  @Test
  void aFolderThatHasMovedHasTheSameFingerprint(@TempDir Path elsewhere) throws IOException {
    assertThat(open(NaturalImageFolder.write(elsewhere, 3)).fingerprint())
        .isEqualTo(open(NaturalImageFolder.write(folder, 3)).fingerprint());
  }

  @Test
  void anotherImageChangesTheFingerprint() throws IOException {
    String before = open(NaturalImageFolder.write(folder, 3)).fingerprint();

    assertThat(open(NaturalImageFolder.write(folder, 4)).fingerprint()).isNotEqualTo(before);
  }

  @Test
  void anImageOfAnotherLengthChangesTheFingerprint() throws IOException {
    String before = open(NaturalImageFolder.write(folder, 3)).fingerprint();
    Files.write(folder.resolve("class 1/image.png"), new byte[1]);

    assertThat(open(folder).fingerprint()).isNotEqualTo(before);
  }

  @Test
  void generatedImagesNeedNoFolder() {
    NaturalImages generated = open("generated");

    assertThat(generated).isEqualTo(NaturalImages.GENERATED);
    assertThat(generated.isGenerated()).isTrue();
    assertThat(generated.isNone()).isFalse();
    assertThat(generated.fingerprint()).isEqualTo("generated " + GeneratedImage.VERSION);
  }

  @Test
  void aFolderNamedGeneratedIsReachedByItsPath() throws IOException {
    Path named = NaturalImageFolder.write(folder.resolve("generated"), 1);

    NaturalImages opened = open(named);

    assertThat(opened.isGenerated()).isFalse();
    assertThat(opened.images()).hasSize(1);
  }

  @Test
  void anotherWordIsAPath() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> open("Generated"))
        .withMessage("Cannot read Generated: there is no such folder. Correct the path.");
  }

  @Test
  void noPathIsNoFolder() {
    assertThat(open("").isNone()).isTrue();
  }

  @Test
  void aMissingFolderIsNamed() {
    Path missing = folder.resolve("missing");

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> open(missing))
        .withMessage(
            "Cannot read %s: there is no such folder. Correct the path.".formatted(missing));
  }

  @Test
  void aFolderWithoutImagesIsNamed() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> open(folder))
        .withMessage(
            "Cannot use --penalty-images %s: it has no images (png, jpg, jpeg, bmp). Correct the path."
                .formatted(folder));
  }

  private static NaturalImages open(Path path) {
    return open(path.toString());
  }

  private static NaturalImages open(String path) {
    return NaturalImages.open(new Configuration(), "--penalty-images", path);
  }
}
