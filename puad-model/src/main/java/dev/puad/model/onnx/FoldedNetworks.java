package dev.puad.model.onnx;

import dev.puad.model.network.Architecture;
import dev.puad.model.weights.StateDict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Teacher, student and autoencoder as convolutions of an image of RGB bytes less {@link
 * #PIXEL_MEAN}: ImageNet's deviation is folded into the first convolutions, the teacher's
 * normalisation (EfficientAD section 3.2) into its last one.
 *
 * <p>The mean of the pixels is taken out beforehand, not folded as well: the autoencoder pads with
 * zeros, which stand for the mean.
 */
public final class FoldedNetworks {

  /** ImageNet's, a channel, in [0, 255]. */
  static final double[] PIXEL_MEAN = {255 * 0.485, 255 * 0.456, 255 * 0.406};

  /** ImageNet's, a channel, in [0, 255]. */
  private static final double[] PIXEL_DEVIATION = {255 * 0.229, 255 * 0.224, 255 * 0.225};

  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** The student's halves: its last convolution's former and latter channels. */
  static final String LOCAL = "student.local";

  static final String GLOBAL = "student.global";

  private final Architecture architecture;
  private final Map<String, Convolution> convolutions;

  private FoldedNetworks(Architecture architecture, Map<String, Convolution> convolutions) {
    this.architecture = architecture;
    this.convolutions = convolutions;
  }

  /** The weights of trained networks, each by the names of the official code. */
  public record Trained(StateDict teacher, StateDict student, StateDict autoencoder) {}

  /**
   * A convolution that an architecture has.
   *
   * @param name ours
   * @param official the official code's, of the whole convolution
   * @param of the whole one's output channels
   * @param from which of them on it is
   * @param outputs how many of them it is
   * @param inputs the channels it sees
   * @param kernel its side
   */
  private record Part(
      String name, String official, int of, int from, int outputs, int inputs, int kernel) {

    Convolution in(StateDict weights) {
      float[] weight = weights.floats(official + WEIGHT, of, inputs, kernel, kernel);
      float[] bias = weights.floats(official + BIAS, of);
      int filter = inputs * kernel * kernel;
      return new Convolution(
          name,
          outputs,
          inputs,
          kernel,
          Arrays.copyOfRange(weight, from * filter, (from + outputs) * filter),
          Arrays.copyOfRange(bias, from, from + outputs));
    }

    Part alone() {
      return new Part(name, name, outputs, 0, outputs, inputs, kernel);
    }
  }

  /**
   * Folds the normalisations into trained networks.
   *
   * @param mean C means of the raw teacher's channels
   * @param deviation C positive standard deviations of them
   */
  public static FoldedNetworks fold(
      Architecture architecture, Trained trained, double[] mean, double[] deviation) {
    Map<String, Convolution> folded = new LinkedHashMap<>();
    teacher(architecture).forEach(part -> folded.put(part.name(), part.in(trained.teacher())));
    student(architecture).forEach(part -> folded.put(part.name(), part.in(trained.student())));
    autoencoder(architecture)
        .forEach(part -> folded.put(part.name(), part.in(trained.autoencoder())));
    for (String first : List.of(teacher(1), student(1), encoder(1))) {
      folded.computeIfPresent(first, (name, raw) -> raw.ofScaledInputs(PIXEL_DEVIATION));
    }
    folded.computeIfPresent(
        teacher(architecture.descriptor().size()), (name, raw) -> raw.normalized(mean, deviation));
    return new FoldedNetworks(architecture, folded);
  }

  /**
   * Networks that were folded before.
   *
   * @param weights by the names of the constants in a {@link NetworkGraph}; others are ignored
   * @throws dev.puad.model.BadInputException if one is missing, of another shape or not finite
   */
  public static FoldedNetworks of(Architecture architecture, StateDict weights) {
    Map<String, Convolution> folded = new LinkedHashMap<>();
    for (List<Part> network :
        List.of(teacher(architecture), student(architecture), autoencoder(architecture))) {
      network.forEach(part -> folded.put(part.name(), part.alone().in(weights)));
    }
    return new FoldedNetworks(architecture, folded);
  }

  /** The networks' sizes. */
  public Architecture architecture() {
    return architecture;
  }

  Convolution convolution(String name) {
    return convolutions.get(name);
  }

  static String weight(String convolution) {
    return convolution + WEIGHT;
  }

  static String bias(String convolution) {
    return convolution + BIAS;
  }

  static String teacher(int number) {
    return "teacher.conv" + number;
  }

  static String student(int number) {
    return "student.conv" + number;
  }

  static String encoder(int number) {
    return "autoencoder.enconv" + number;
  }

  static String decoder(int number) {
    return "autoencoder.deconv" + number;
  }

  private static List<Part> teacher(Architecture architecture) {
    List<Part> parts = new ArrayList<>();
    int inputs = 3;
    for (Architecture.Block block : architecture.descriptor()) {
      int number = parts.size() + 1;
      parts.add(whole(teacher(number), "conv" + number, block.channels(), inputs, block.kernel()));
      inputs = block.channels();
    }
    return parts;
  }

  private static List<Part> student(Architecture architecture) {
    List<Part> parts = new ArrayList<>();
    int inputs = 3;
    for (Architecture.Block block : architecture.student()) {
      int number = parts.size() + 1;
      parts.add(whole(student(number), "conv" + number, block.channels(), inputs, block.kernel()));
      inputs = block.channels();
    }
    Part last = parts.remove(parts.size() - 1);
    int half = architecture.channels();
    for (String name : List.of(LOCAL, GLOBAL)) {
      int from = name.equals(LOCAL) ? 0 : half;
      parts.add(
          new Part(name, last.official(), last.of(), from, half, last.inputs(), last.kernel()));
    }
    return parts;
  }

  private static List<Part> autoencoder(Architecture architecture) {
    List<Part> parts = new ArrayList<>();
    int inputs = 3;
    for (int channels : architecture.encoder()) {
      int number = parts.size() + 1;
      parts.add(whole(encoder(number), "encoder.enconv" + number, channels, inputs, 4));
      inputs = channels;
    }
    int number = parts.size() + 1;
    int width = architecture.decoder();
    parts.add(
        whole(
            encoder(number),
            "encoder.enconv" + number,
            width,
            inputs,
            architecture.bottleneckKernel()));
    int last = architecture.decoderSizes().size() + 2;
    for (int i = 1; i <= last; i++) {
      int outputs = i == last ? architecture.channels() : width;
      parts.add(whole(decoder(i), "decoder.deconv" + i, outputs, width, i < last - 1 ? 4 : 3));
    }
    return parts;
  }

  private static Part whole(String name, String official, int outputs, int inputs, int kernel) {
    return new Part(name, official, outputs, 0, outputs, inputs, kernel);
  }
}
