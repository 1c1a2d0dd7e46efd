package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
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
  void noPathIsNoFolder() {
    assertThat(NaturalImages.open(new Configuration(), "--penalty-images", "").isNone()).isTrue();
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
    return NaturalImages.open(new Configuration(), "--penalty-images", path.toString());
  }
}
