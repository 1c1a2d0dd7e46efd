package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.generate.GeneratedImage;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.RgbImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NaturalImageReaderTest {

  private static final int SIDE = 24;

  private final NaturalImageReader reader =
      new NaturalImageReader(
          new SerializableConfiguration(new Configuration()),
          DecodeLimits.defaults(),
          "--penalty-images",
          SIDE);
  private final List<NaturalImageReader.Rejected> rejected = new ArrayList<>();

  @TempDir Path folder;

  @Test
  void anImageThatDecodesIsTaken() throws IOException {
    List<String> images = images(2);
    byte[] encoded = Files.readAllBytes(folder.resolve("class 0/image.png"));

    assertThat(reader.read(images, rejected::add).pixels())
        .isEqualTo(ImageDecoder.decode(encoded, DecodeLimits.defaults()).pixels());
    assertThat(rejected).isEmpty();
  }

  @Test
  void theNextTakesThePlaceOfOneThatDoesNot() throws IOException {
    List<String> images = images(3);
    Files.writeString(folder.resolve("class 0/image.png"), "no image");

    assertThat(reader.read(images, rejected::add).pixels())
        .isEqualTo(reader.read(images.subList(1, 3), rejected::add).pixels());
    assertThat(rejected)
        .singleElement()
        .extracting(NaturalImageReader.Rejected::image)
        .isEqualTo(images.get(0));
  }

  @Test
  void anImageThatHasGoneIsReplacedToo() throws IOException {
    List<String> images = images(2);
    Files.delete(folder.resolve("class 0/image.png"));

    assertThat(reader.read(images, rejected::add).width()).isEqualTo(21);
    assertThat(rejected)
        .singleElement()
        .extracting(NaturalImageReader.Rejected::reason)
        .asString()
        .startsWith("it cannot be read any more: ");
  }

  @Test
  void aStorageThatFailsIsNoReasonToTakeAnother() throws IOException {
    List<String> images = List.of("unmounted://volume/image.png", images(1).get(0));

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> reader.read(images, rejected::add))
        .withMessage("Cannot read unmounted://volume/image.png of --penalty-images");
    assertThat(rejected).isEmpty();
  }

  @Test
  void noneThatDecodesIsTheUsersToRepair() throws IOException {
    List<String> images = images(2);
    for (int i = 0; i < 2; i++) {
      Files.write(folder.resolve("class %d/image.png".formatted(i)), new byte[0]);
    }

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> reader.read(images, rejected::add))
        .withMessageStartingWith(
            "Cannot use --penalty-images: of 2 images drawn from it none can be read, the last is "
                + images.get(1))
        .withMessageEndingWith("Replace the files or choose another folder.");
  }

  @Test
  void aGeneratedImageIsDrawnAtTheSideAskedFor() {
    RgbImage drawn = reader.read(List.of("generated:5/6"), rejected::add);

    assertThat(drawn.width()).isEqualTo(SIDE);
    assertThat(drawn.pixels()).isEqualTo(GeneratedImage.draw(5, 6, SIDE).pixels());
    assertThat(rejected).isEmpty();
  }

  private List<String> images(int count) throws IOException {
    return NaturalImages.open(
            new Configuration(),
            "--penalty-images",
            NaturalImageFolder.write(folder, count).toString())
        .images();
  }
}
