package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.OpenData;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.StateDict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackboneTest {

  private static final int SIZE = 32;
  private static final int FINE = 8;
  private static final int COARSE = 16;

  /** What {@code expected.npz} is exact to, in activations of at most 6. */
  private static final double TOLERANCE = 1e-4;

  private final SplittableRandom random = new SplittableRandom(4);

  @Test
  @Tag("open-data")
  void aBatchOfImagesGivesTheOutputsThatCameWithTheModel() throws IOException {
    StateDict expected = NpzFile.read(OpenData.path("backbone/expected.npz"));
    float[][] images = split(expected.tensor("image").floats(), 3);
    try (Backbone backbone = mobileNet()) {
      List<FeatureMap> outputs = backbone.describe(images, 128);

      assertThat(backbone.outputs()).containsExactly("stride8", "stride16");
      assertThat(largestDifference(outputs.get(0).values(), expected, "stride8"))
          .isLessThanOrEqualTo(TOLERANCE);
      assertThat(largestDifference(outputs.get(1).values(), expected, "stride16"))
          .isLessThanOrEqualTo(TOLERANCE);
      assertThat(outputs.get(0).channels()).isEqualTo(192);
      assertThat(outputs.get(1).width()).isEqualTo(8);
    }
  }

  @Test
  @Tag("open-data")
  void imagesOneByOneGiveThemTooAndTheSameBits() throws IOException {
    StateDict expected = NpzFile.read(OpenData.path("backbone/expected.npz"));
    float[][] images = split(expected.tensor("image").floats(), 3);
    float[][] outputs = split(expected.tensor("stride16").floats(), 3);
    try (Backbone backbone = mobileNet()) {
      float[][] together = split(backbone.describe(images, 128).get(1).values(), 3);
      for (int i = 0; i < images.length; i++) {
        float[] found = backbone.describe(new float[][] {images[i]}, 128).get(1).values();
        assertThat(largestDifference(found, outputs[i])).isLessThanOrEqualTo(TOLERANCE);
        assertThat(found).containsExactly(together[i]);
      }
    }
  }

  @Test
  void outputsAreThoseOfTheModelsConvolutions() {
    float[][] images = images(2);
    try (Backbone backbone = open(small())) {
      List<FeatureMap> outputs = backbone.describe(images, SIZE);

      assertThat(outputs.get(0).height()).isEqualTo(4);
      assertThat(largestDifference(outputs.get(0).values(), convolved(images, FINE, 8)))
          .isLessThan(1e-5);
      assertThat(largestDifference(outputs.get(1).values(), convolved(images, COARSE, 16)))
          .isLessThan(1e-5);
    }
  }

  @Test
  void aModelForOneImageAtATimeDescribesManyAsOneForAny() {
    byte[] single =
        new OnnxModel()
            .input("image", 1, 3, "h", "w")
            .features("fine", "image", FINE, 8)
            .features("coarse", "image", COARSE, 16)
            .bytes();
    float[][] images = images(3);
    try (Backbone singly = open(single);
        Backbone together = open(small())) {
      List<FeatureMap> found = singly.describe(images, SIZE);
      List<FeatureMap> expected = together.describe(images, SIZE);

      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).height()).isEqualTo(expected.get(i).height());
        assertThat(found.get(i).values()).containsExactly(expected.get(i).values());
      }
    }
  }

  @Test
  void theOutputsWantedComeInTheOrderWanted() {
    try (Backbone backbone = open(small(), "coarse", "fine")) {
      assertThat(backbone.outputs()).containsExactly("coarse", "fine");
      assertThat(backbone.describe(images(1), SIZE))
          .extracting(FeatureMap::channels)
          .containsExactly(COARSE, FINE);
    }
  }

  @Test
  void twoThreadsAtOnceGetWhatOneGets() throws Exception {
    float[][] images = images(4);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Backbone backbone = open(small())) {
      float[] expected = backbone.describe(images, SIZE).get(0).values();
      List<Future<float[]>> found = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        found.add(threads.submit(() -> backbone.describe(images, SIZE).get(0).values()));
      }
      for (Future<float[]> values : found) {
        assertThat(Arrays.mismatch(values.get(), expected)).isEqualTo(-1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anUnknownOutputIsRefusedByName() {
    assertRefused(
        () -> open(small(), "fine", "deep"),
        "Cannot use backbone small.onnx: it has no output deep, only fine, coarse. Correct"
            + " --backbone-outputs.");
  }

  @Test
  void whatIsNoOnnxModelIsRefused() {
    assertRefused(
        () -> open("no model".getBytes(StandardCharsets.UTF_8)),
        "Cannot use backbone small.onnx: ONNX Runtime cannot read it (Error code -"
            + " ORT_INVALID_PROTOBUF - message: Failed to load model because protobuf parsing"
            + " failed). Give an ONNX model.");
  }

  @Test
  void aTruncatedModelIsRefused() {
    byte[] whole = small();
    assertRefused(
        () -> open(Arrays.copyOf(whole, whole.length / 2)),
        "Cannot use backbone small.onnx: ONNX Runtime cannot read it (Error code -"
            + " ORT_INVALID_PROTOBUF - message: Failed to load model because protobuf parsing"
            + " failed). Give an ONNX model.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"small.onnx.data", "../secret", "/etc/hostname"})
  void aModelWhoseValuesLieInAnotherFileIsRefused(String location) {
    byte[] split = model().externalValues(location).bytes();
    assertRefused(
        () -> open(split),
        "Cannot use backbone small.onnx: some of its values lie in "
            + location
            + ". Export the network, values and all, as one file.");
  }

  @Test
  void aModelOfTwoInputsIsRefused() {
    byte[] two =
        new OnnxModel()
            .input("image", "n", 3, "h", "w")
            .input("mask", "n", 1, "h", "w")
            .features("fine", "image", FINE, 8)
            .bytes();
    assertRefused(
        () -> open(two),
        "Cannot use backbone small.onnx: its inputs are image float [-1, 3, -1, -1], mask float"
            + " [-1, 1, -1, -1], not one of float [N, 3, height, width]. Export the network so.");
  }

  @Test
  void aModelOfGreyImagesIsRefused() {
    byte[] grey = new OnnxModel().input("image", "n", 1, "h", "w").output("image").bytes();
    assertRefused(
        () -> open(grey),
        "Cannot use backbone small.onnx: its inputs are image float [-1, 1, -1, -1], not one of"
            + " float [N, 3, height, width]. Export the network so.");
  }

  @Test
  void anOutputThatIsNoMapIsRefused() {
    byte[] flat = model().node("Flatten", "logits", "fine").output("logits").bytes();
    try (Backbone backbone = open(flat)) {
      assertRefused(
          () -> backbone.describe(images(2), SIZE),
          "Cannot use output logits of backbone small.onnx: it is float [2, 128], not float [2,"
              + " channels, height, width]. Choose others with --backbone-outputs.");
    }
  }

  @Test
  void anOutputThatIsNoMapDoesNoHarmWhereItIsNotWanted() {
    byte[] flat = model().node("Flatten", "logits", "fine").output("logits").bytes();
    try (Backbone backbone = open(flat, "fine")) {
      assertThat(backbone.describe(images(2), SIZE)).hasSize(1);
    }
  }

  @Test
  void imagesOfAnotherSizeThanTheModelsAreRefused() {
    byte[] fixed =
        new OnnxModel().input("image", "n", 3, 64, 64).features("fine", "image", FINE, 8).bytes();
    try (Backbone backbone = open(fixed)) {
      assertRefused(
          () -> backbone.describe(images(2), SIZE),
          "Cannot use backbone small.onnx with 2 images of 32 px: Error code -"
              + " ORT_INVALID_ARGUMENT - message: Got invalid dimensions for input: image for the"
              + " following indices index: 2 Got: 32 Expected: 64 index: 3 Got: 32 Expected: 64"
              + " Please fix either the inputs/outputs or the model. Choose another"
              + " --backbone-size, or export the network for any number and size of images.");
    }
  }

  private static Backbone mobileNet() throws IOException {
    byte[] onnx = Files.readAllBytes(OpenData.path("backbone/mobilenet-v2-taps.onnx"));
    return Backbone.open(onnx, "mobilenet-v2-taps.onnx", List.of(), 1);
  }

  private static OnnxModel model() {
    return new OnnxModel().input("image", "n", 3, "h", "w").features("fine", "image", FINE, 8);
  }

  private static byte[] small() {
    return model().features("coarse", "image", COARSE, 16).bytes();
  }

  private static Backbone open(byte[] onnx, String... outputs) {
    return Backbone.open(onnx, "small.onnx", List.of(outputs), 1);
  }

  private static void assertRefused(Runnable action, String message) {
    assertThatExceptionOfType(BadInputException.class).isThrownBy(action::run).withMessage(message);
  }

  private float[][] images(int count) {
    float[][] images = new float[count][3 * SIZE * SIZE];
    for (float[] image : images) {
      for (int i = 0; i < image.length; i++) {
        image[i] = (float) random.nextGaussian();
      }
    }
    return images;
  }

  /** By definition: a stride as large as the kernel, and a ReLU. */
  private static float[] convolved(float[][] images, int channels, int kernel) {
    float[] filters = OnnxModel.filters(channels, kernel);
    int cells = SIZE / kernel;
    float[] values = new float[images.length * channels * cells * cells];
    for (int i = 0; i < values.length; i++) {
      int left = i % cells * kernel;
      int top = i / cells % cells * kernel;
      int channel = i / (cells * cells) % channels;
      float[] image = images[i / (cells * cells * channels)];
      double sum = 0;
      for (int k = 0; k < 3 * kernel * kernel; k++) {
        int x = left + k % kernel;
        int y = top + k / kernel % kernel;
        int colour = k / (kernel * kernel);
        sum +=
            (double) image[(colour * SIZE + y) * SIZE + x]
                * filters[channel * 3 * kernel * kernel + k];
      }
      values[i] = (float) Math.max(0, sum);
    }
    return values;
  }

  private static float[][] split(float[] values, int parts) {
    float[][] split = new float[parts][];
    int length = values.length / parts;
    for (int i = 0; i < parts; i++) {
      split[i] = Arrays.copyOfRange(values, i * length, (i + 1) * length);
    }
    return split;
  }

  private static double largestDifference(float[] values, StateDict expected, String name) {
    return largestDifference(values, expected.tensor(name).floats());
  }

  private static double largestDifference(float[] values, float[] expected) {
    assertThat(values).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      largest = Math.max(largest, Math.abs((double) values[i] - expected[i]));
    }
    return largest;
  }
}
