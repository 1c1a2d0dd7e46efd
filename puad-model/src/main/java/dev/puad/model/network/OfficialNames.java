package dev.puad.model.network;

import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where a network's tensors, by the names of the official code's state dicts, lie in our graphs.
 *
 * @param convolutions in the order of a state dict
 */
record OfficialNames(List<Convolution> convolutions) {

  static final String WEIGHT = ".weight";

  private static final String BIAS = ".bias";
  private static final Pattern NUMBERED = Pattern.compile("\\d{1,9}\\.(weight|bias)");

  /**
   * A convolution of the official code.
   *
   * @param name its name there
   * @param layers ours, which share its output channels in this order
   */
  record Convolution(String name, List<String> layers) {}

  /** Those of a {@link TeacherNetwork}. */
  static OfficialNames teacher(Architecture architecture) {
    return descriptor(
        architecture.descriptor().size(), Layers.TEACHER, List.of(Layers.TEACHER_HEAD));
  }

  /** Those of a student; its last convolution is our two heads. */
  static OfficialNames student(Architecture architecture) {
    return descriptor(
        architecture.descriptor().size(),
        Layers.STUDENT,
        List.of(Layers.LOCAL_HEAD, Layers.GLOBAL_HEAD));
  }

  /** Those of an autoencoder. */
  static OfficialNames autoencoder(Architecture architecture) {
    List<Convolution> convolutions = new ArrayList<>();
    int halvings = architecture.encoder().size();
    for (int i = 1; i <= halvings; i++) {
      convolutions.add(autoencoder("encoder.enconv" + i, ".encoder" + i));
    }
    convolutions.add(autoencoder("encoder.enconv" + (halvings + 1), ".bottleneck"));
    for (int i = 1; i <= architecture.decoderSizes().size() + 2; i++) {
      convolutions.add(autoencoder("decoder.deconv" + i, ".decoder" + i));
    }
    return new OfficialNames(List.copyOf(convolutions));
  }

  /** What the convolutions of a PDN with so many are called in given weights. */
  static List<String> descriptorNames(StateDict weights, int convolutions) {
    return descriptor(convolutions, "", List.of()).names(weights);
  }

  /**
   * The numbers of a sequential model's convolutions, ascending; none where names are no numbers.
   */
  static List<String> numbers(StateDict weights) {
    if (!weights.names().stream().allMatch(name -> NUMBERED.matcher(name).matches())) {
      return List.of();
    }
    return weights.names().stream()
        .map(name -> Integer.valueOf(name.substring(0, name.indexOf('.'))))
        .distinct()
        .sorted()
        .map(String::valueOf)
        .toList();
  }

  /** Copies every tensor into a graph, and accepts no other one. */
  void load(StateDict weights, ComputationGraph graph) {
    List<String> names = names(weights);
    weights.refuseOthers(
        names.stream().flatMap(name -> List.of(name + WEIGHT, name + BIAS).stream()).toList());
    for (int i = 0; i < convolutions.size(); i++) {
      List<String> layers = convolutions.get(i).layers();
      load(weights, names.get(i) + WEIGHT, graph, layers, "W");
      load(weights, names.get(i) + BIAS, graph, layers, "b");
    }
  }

  /** Copies every tensor out of a graph. */
  StateDict save(String source, ComputationGraph graph) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Convolution convolution : convolutions) {
      tensors.put(convolution.name() + WEIGHT, save(graph, convolution.layers(), "W"));
      tensors.put(convolution.name() + BIAS, save(graph, convolution.layers(), "b"));
    }
    return new StateDict(source, tensors);
  }

  private static OfficialNames descriptor(int last, String prefix, List<String> heads) {
    List<Convolution> convolutions = new ArrayList<>();
    for (int i = 1; i < last; i++) {
      convolutions.add(new Convolution("conv" + i, List.of(prefix + ".conv" + i)));
    }
    convolutions.add(new Convolution("conv" + last, heads));
    return new OfficialNames(List.copyOf(convolutions));
  }

  private static Convolution autoencoder(String name, String layer) {
    return new Convolution(name, List.of(Layers.AUTOENCODER + layer));
  }

  /** The official names, or the numbers of a sequential model that has as many convolutions. */
  private List<String> names(StateDict weights) {
    List<String> numbers = numbers(weights);
    return numbers.size() == convolutions.size()
        ? numbers
        : convolutions.stream().map(Convolution::name).toList();
  }

  private static void load(
      StateDict weights, String name, ComputationGraph graph, List<String> layers, String key) {
    float[] values = weights.floats(name, shape(graph, layers, key));
    int from = 0;
    for (String layer : layers) {
      INDArray parameter = graph.getLayer(layer).getParam(key);
      int to = from + (int) parameter.length();
      try (INDArray part =
          RowMajor.array(Arrays.copyOfRange(values, from, to), parameter.shape())) {
        parameter.assign(part);
      }
      from = to;
    }
  }

  private static Tensor save(ComputationGraph graph, List<String> layers, String key) {
    int[] shape = shape(graph, layers, key);
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    int from = 0;
    for (String layer : layers) {
      float[] part = RowMajor.floats(graph.getLayer(layer).getParam(key));
      System.arraycopy(part, 0, values, from, part.length);
      from += part.length;
    }
    return Tensor.of(values, shape);
  }

  /** The shape of the layers' parameters together; DL4J holds a bias as a row. */
  private static int[] shape(ComputationGraph graph, List<String> layers, String key) {
    int channels = 0;
    for (String layer : layers) {
      channels += (int) graph.getLayer(layer).getParam("b").length();
    }
    if (key.equals("b")) {
      return new int[] {channels};
    }
    long[] one = graph.getLayer(layers.get(0)).getParam(key).shape();
    return new int[] {channels, (int) one[1], (int) one[2], (int) one[3]};
  }
}
