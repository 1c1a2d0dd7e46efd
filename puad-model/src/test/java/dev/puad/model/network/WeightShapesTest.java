package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import dev.puad.model.weights.WeightFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightShapesTest {

  private static final Architecture NARROW = NarrowNetworks.ARCHITECTURE;

  @Test
  void theWidthsAreThoseOfTheWeights() {
    Architecture read = read(NARROW);

    assertThat(read.name()).isEqualTo("imported");
    assertThat(read.descriptor()).isEqualTo(NARROW.descriptor());
    assertThat(read.student()).isEqualTo(NARROW.student());
    assertThat(read.encoder()).isEqualTo(NARROW.encoder());
    assertThat(read.bottleneckKernel()).isEqualTo(NARROW.bottleneckKernel());
    assertThat(read.decoder()).isEqualTo(NARROW.decoder());
    assertThat(read.imageSize()).isEqualTo(128);
  }

  @Test
  void aKnownNetworkIsKnownByName() {
    assertThat(read(Architecture.TINY)).isEqualTo(Architecture.TINY);
  }

  @Test
  void theOfficialTeacherWithTwoConvolutionsMoreIsOfTheMediumKind() throws IOException {
    StateDict student = studentOf(OfficialNetworks.REDUCED_MEDIUM);
    for (String file : List.of("teacher-medium.pt", "nelson-teacher-medium.pth")) {
      StateDict teacher = WeightFile.read(Fixtures.path("networks/reduced/" + file));

      Architecture read =
          Architecture.of(256, teacher, student, OfficialNetworks.reduced("autoencoder"));

      assertThat(read.descriptor()).isEqualTo(OfficialNetworks.REDUCED_MEDIUM.descriptor());
      assertThat(read.student()).isEqualTo(OfficialNetworks.REDUCED_MEDIUM.student());
    }
  }

  @Test
  void theOfficialReducedNetworksAreUnderstood() throws IOException {
    StateDict student = OfficialNetworks.reduced("student");
    StateDict autoencoder = OfficialNetworks.reduced("autoencoder");
    for (String file : List.of("teacher.pt", "teacher.npz", "nelson-teacher-small.pth")) {
      StateDict teacher = WeightFile.read(Fixtures.path("networks/reduced/" + file));

      Architecture read = Architecture.of(320, teacher, student, autoencoder);

      assertThat(read.descriptor()).isEqualTo(OfficialNetworks.REDUCED.descriptor());
      assertThat(read.encoder()).isEqualTo(OfficialNetworks.REDUCED.encoder());
      assertThat(read.decoder()).isEqualTo(16);
      assertThat(read.outputSize()).isEqualTo(72);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"conv1", "conv2", "conv4"})
  void aMissingConvolutionIsNamed(String convolution) {
    StateDict teacher = teacherOf(NARROW);

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> read(without(teacher, convolution + ".weight")))
        .withMessage(
            "Cannot use the teacher: it has no tensor %s.weight. Give the weights of this kind of network."
                .formatted(convolution));
  }

  @Test
  void aKernelOfAnotherSizeIsNamed() {
    StateDict teacher =
        with(teacherOf(NARROW), "conv3.weight", Tensor.of(new float[400], 4, 4, 5, 5));

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> read(teacher))
        .withMessage(
            "Cannot use the teacher: its tensor conv3.weight is [4, 4, 5, 5], not [1 to 4096, 4, 3, 3]."
                + " Give the weights of such a network.");
  }

  @Test
  void aConvolutionWithoutOutputIsNamed() {
    StateDict teacher =
        with(teacherOf(NARROW), "conv2.weight", Tensor.of(new float[0], 0, 3, 4, 4));

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> read(teacher))
        .withMessageContaining("conv2.weight is [0, 3, 4, 4]");
  }

  @Test
  void aStudentThatHasNotTwiceTheTeachersChannelsIsNamed() {
    StateDict student =
        with(studentOf(NARROW), "conv4.weight", Tensor.of(new float[576], 9, 4, 4, 4));

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> Architecture.of(128, teacherOf(NARROW), student, autoencoderOf(NARROW)))
        .withMessage(
            "Cannot use the student: its tensor conv4.weight is [9, 4, 4, 4], not [10, …], twice the teacher's."
                + " Give the weights of such a network.");
  }

  @Test
  void aDecoderOfTwoWidthsIsNamed() {
    StateDict autoencoder =
        with(
            autoencoderOf(NARROW), "decoder.deconv3.weight", Tensor.of(new float[480], 6, 5, 4, 4));
    Architecture read = Architecture.of(128, teacherOf(NARROW), studentOf(NARROW), autoencoder);

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> TrainingNetwork.of(read, studentOf(NARROW), autoencoder).close())
        .withMessageContaining("decoder.deconv3.weight is [6, 5, 4, 4], not [5, 5, 4, 4]");
  }

  @Test
  void anImageTooSmallForTheBottleneckIsRefused() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(
            () ->
                Architecture.of(
                    252,
                    OfficialNetworks.reduced("teacher"),
                    OfficialNetworks.reduced("student"),
                    OfficialNetworks.reduced("autoencoder")))
        .withMessage(
            "Cannot use images of 252 px with network imported: its autoencoder takes a multiple of 4, 256 or more."
                + " Choose such a size.");
  }

  private static Architecture read(Architecture architecture) {
    return Architecture.of(
        architecture.imageSize(),
        teacherOf(architecture),
        studentOf(architecture),
        autoencoderOf(architecture));
  }

  private static Architecture read(StateDict teacher) {
    return Architecture.of(128, teacher, studentOf(NARROW), autoencoderOf(NARROW));
  }

  private static StateDict teacherOf(Architecture architecture) {
    try (TeacherNetwork teacher = TeacherNetwork.random(architecture, 1)) {
      return teacher.weights();
    }
  }

  private static StateDict studentOf(Architecture architecture) {
    try (TrainingNetwork network = TrainingNetwork.create(architecture, 1)) {
      return network.student();
    }
  }

  private static StateDict autoencoderOf(Architecture architecture) {
    try (TrainingNetwork network = TrainingNetwork.create(architecture, 1)) {
      return network.autoencoder();
    }
  }

  private static StateDict without(StateDict weights, String name) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights.tensors());
    tensors.remove(name);
    return new StateDict(weights.source(), tensors);
  }

  private static StateDict with(StateDict weights, String name, Tensor tensor) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(weights.tensors());
    tensors.put(name, tensor);
    return new StateDict(weights.source(), tensors);
  }
}
