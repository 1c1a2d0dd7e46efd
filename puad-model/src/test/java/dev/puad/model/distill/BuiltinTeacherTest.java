package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.generate.GeneratedImage;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.metric.RocState;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.stats.ChannelMoments;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.VectorMoments;
import dev.puad.model.weights.SafetensorsFile;
import dev.puad.model.weights.StateDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltinTeacherTest {

  private static final int MOST_BYTES = 3_000_000;

  @ParameterizedTest
  @ValueSource(strings = {"small", "tiny"})
  void aNetworksTeacherHasItsWeights(String network) {
    Architecture architecture = Architecture.named(network);
    BuiltinTeacher teacher = BuiltinTeacher.of(architecture);

    assertThatCode(() -> TeacherNetwork.of(architecture, teacher.weights()).close())
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "tiny"})
  void aTeachersFileIsSlimEnoughForARepository(String network) {
    assertThat(BuiltinTeacher.of(Architecture.named(network)).file()).hasSizeLessThan(MOST_BYTES);
  }

  /** As the paper's unpicturable score by teacher features would, without any training. */
  @Test
  void theTinyOneTellsScratchedCloth() {
    double builtin = clothAuroc(BuiltinTeacher.of(Architecture.TINY).weights());
    try (TeacherNetwork random = TeacherNetwork.random(Architecture.TINY, 1)) {
      assertThat(builtin).isGreaterThan(0.8).isGreaterThan(clothAuroc(random.weights()) + 0.1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "tiny"})
  void aTeachersFileSaysOfWhichImagesItWasMade(String network, @TempDir Path folder)
      throws IOException {
    Path file =
        Files.write(
            folder.resolve("teacher"), BuiltinTeacher.of(Architecture.named(network)).file());
    assertThat(SafetensorsFile.metadata(file))
        .containsEntry("image-source", "generated " + GeneratedImage.VERSION);
  }

  @Test
  void theTeacherIsTheSameForEveryImageSize() {
    Architecture tiny = Architecture.TINY;
    assertThat(BuiltinTeacher.of(tiny.withImageSize(256)).file())
        .isEqualTo(BuiltinTeacher.of(tiny).file());
  }

  @Test
  void theNetworksThatThereIsATeacherForAreKnown() {
    assertThat(BuiltinTeacher.networks()).isEqualTo(List.of("small", "tiny"));
  }

  @Test
  void aNetworkWithoutOneIsRefusedByName() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> BuiltinTeacher.of(Architecture.MEDIUM))
        .withMessage(
            "Cannot use the built-in teacher with network medium: there is one for small and tiny."
                + " Give --teacher a file (puad distill makes one) or random.");
  }

  /** Image AUROC of the Mahalanobis distance of a teacher's globally pooled features. */
  private static double clothAuroc(StateDict weights) {
    SplittableRandom random = new SplittableRandom(5);
    RocState curve = new RocState();
    try (TeacherNetwork teacher = TeacherNetwork.of(Architecture.TINY, weights)) {
      VectorMoments moments = new VectorMoments();
      for (int i = 0; i < 40; i++) {
        moments.add(pooled(teacher, cloth(random)));
      }
      Gaussian normal = Gaussian.fit(moments);
      for (int i = 0; i < 30; i++) {
        curve.addNormal(normal.mahalanobis(pooled(teacher, cloth(random))));
        curve.addAnomalous(normal.mahalanobis(pooled(teacher, scratched(cloth(random), random))));
      }
    }
    return curve.auroc().orElseThrow();
  }

  private static double[] pooled(TeacherNetwork teacher, byte[] pixels) {
    int side = Architecture.TINY.imageSize();
    float[] described = teacher.describe(Normalization.normalize(new RgbImage(side, side, pixels)));
    return new ChannelMoments()
        .add(described, Architecture.TINY.channels(), Architecture.TINY.positions())
        .mean();
  }

  /** Threads over and under, shifted and lit a little differently each time, with some noise. */
  private static byte[] cloth(SplittableRandom random) {
    int side = Architecture.TINY.imageSize();
    double[] phase = {random.nextDouble(2 * Math.PI), random.nextDouble(2 * Math.PI)};
    double light = random.nextDouble(0.9, 1.1);
    double across = random.nextDouble(-0.1, 0.1);
    byte[] pixels = new byte[side * side * RgbImage.CHANNELS];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double weave = Math.sin(0.8 * x + phase[0]) * Math.sin(0.8 * y + phase[1]);
        double value = (130 + 30 * weave + 6 * random.nextGaussian()) * (light + across * x / side);
        int at = (y * side + x) * RgbImage.CHANNELS;
        Arrays.fill(pixels, at, at + RgbImage.CHANNELS, (byte) value);
      }
    }
    return pixels;
  }

  /** A dark line of two pixels' width, slanting through part of the image. */
  private static byte[] scratched(byte[] pixels, SplittableRandom random) {
    int side = Architecture.TINY.imageSize();
    int top = random.nextInt(20, 60);
    int left = random.nextInt(20, 60);
    double slant = random.nextDouble(-0.5, 0.5);
    for (int k = 0; k < 40; k++) {
      int at = ((top + k) * side + left + (int) (slant * k)) * RgbImage.CHANNELS;
      for (int i = at; i < at + 2 * RgbImage.CHANNELS; i++) {
        pixels[i] = (byte) (Byte.toUnsignedInt(pixels[i]) * 0.75);
      }
    }
    return pixels;
  }
}
