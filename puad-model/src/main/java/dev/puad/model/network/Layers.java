package dev.puad.model.network;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** The runs of layers that the graphs share; each method adds one and returns its last name. */
final class Layers {

  static final String TEACHER = "teacher";
  static final String TEACHER_HEAD = "teacher.output";
  static final String STUDENT = "student";
  static final String LOCAL_HEAD = "student.local";
  static final String GLOBAL_HEAD = "student.global";
  static final String AUTOENCODER = "autoencoder";

  private Layers() {}

  /** A graph that only computes. */
  static GraphBuilder inference() {
    return new NeuralNetConfiguration.Builder().graphBuilder();
  }

  /** What surrounds the input of a PDN's convolutions and poolings. */
  enum Padding {
    /** Nothing: as networks train and score. */
    NONE,
    /** Zeros, which an average counts in: as teachers are distilled. */
    ZEROS;

    int of(Architecture.Block block) {
      return this == NONE ? 0 : block.padding();
    }

    int ofPooling() {
      return this == NONE ? 0 : 1;
    }
  }

  /** All of a PDN but its last convolution. */
  static String trunk(
      GraphBuilder graph,
      List<Architecture.Block> blocks,
      Padding padding,
      String prefix,
      String input) {
    String last = input;
    int channels = 3;
    int first = 0;
    if (padding == Padding.NONE && blocks.get(0).pooled()) {
      channels = blocks.get(0).channels();
      last = prefix + ".conv1";
      graph.addLayer(last, ImageStem.of(blocks.get(0).kernel(), channels), input);
      first = 1;
    }
    for (int i = first; i < blocks.size() - 1; i++) {
      Architecture.Block block = blocks.get(i);
      String name = prefix + ".conv" + (i + 1);
      int out = block.channels();
      last =
          add(
              graph,
              name,
              OneDnnConvolution.rectified(block.kernel(), 1, padding.of(block), channels, out),
              last);
      if (block.pooled()) {
        String pool = prefix + ".pool" + (i + 1);
        int around = padding.ofPooling();
        graph.addLayer(
            pool,
            new SubsamplingLayer.Builder(PoolingType.AVG)
                .kernelSize(2, 2)
                .stride(2, 2)
                .padding(around, around)
                .avgPoolIncludePadInDivisor(true)
                .build(),
            last);
        last = pool;
      }
      channels = out;
    }
    return last;
  }

  /** The first so many channels of a PDN's last convolution, or as many others. */
  static String head(
      GraphBuilder graph,
      List<Architecture.Block> blocks,
      int channels,
      Padding padding,
      String name,
      String input) {
    Architecture.Block block = blocks.get(blocks.size() - 1);
    int in = blocks.get(blocks.size() - 2).channels();
    return add(
        graph,
        name,
        OneDnnConvolution.of(block.kernel(), 1, padding.of(block), in, channels),
        input);
  }

  /** All of the student but its last convolution. */
  static String studentTrunk(GraphBuilder graph, Architecture architecture, String input) {
    return trunk(graph, architecture.student(), Padding.NONE, STUDENT, input);
  }

  /** Half of the student's last convolution: the former for the teacher, or the latter. */
  static String studentHead(
      GraphBuilder graph, Architecture architecture, String name, String input) {
    return head(graph, architecture.student(), architecture.channels(), Padding.NONE, name, input);
  }

  static String autoencoder(GraphBuilder graph, Architecture architecture, String input) {
    String last = input;
    int channels = 3;
    int size = architecture.imageSize();
    for (int i = 0; i < architecture.encoder().size(); i++) {
      int out = architecture.encoder().get(i);
      last =
          add(
              graph,
              AUTOENCODER + ".encoder" + (i + 1),
              OneDnnConvolution.rectified(4, 2, 1, channels, out),
              last);
      channels = out;
      size /= 2;
    }
    int kernel = architecture.bottleneckKernel();
    int width = architecture.decoder();
    last =
        add(
            graph,
            AUTOENCODER + ".bottleneck",
            OneDnnConvolution.of(kernel, 1, 0, channels, width),
            last);
    size = size - kernel + 1;
    int step = 1;
    for (int target : architecture.decoderSizes()) {
      last = resize(graph, AUTOENCODER + ".resize" + step, last, size, target);
      last =
          add(
              graph,
              AUTOENCODER + ".decoder" + step,
              OneDnnConvolution.rectified(4, 1, 2, width, width),
              last);
      last = dropout(graph, AUTOENCODER + ".dropout" + step, architecture.recipe(), last);
      size = target + 1;
      step++;
    }
    last = resize(graph, AUTOENCODER + ".resize" + step, last, size, architecture.outputSize());
    last =
        add(
            graph,
            AUTOENCODER + ".decoder" + step,
            OneDnnConvolution.rectified(3, 1, 1, width, width),
            last);
    String output = AUTOENCODER + ".decoder" + (step + 1);
    return add(graph, output, OneDnnConvolution.of(3, 1, 1, width, architecture.channels()), last);
  }

  private static String add(
      GraphBuilder graph, String name, OneDnnConvolution convolution, String input) {
    graph.addLayer(name, convolution, input);
    return name;
  }

  private static String dropout(
      GraphBuilder graph, String name, Architecture.Recipe recipe, String input) {
    if (recipe.dropout() == 0) {
      return input;
    }
    Dropout dropout = new Dropout(1 - recipe.dropout());
    graph.addLayer(name, new DropoutLayer.Builder(dropout).build(), input);
    return name;
  }

  private static String resize(GraphBuilder graph, String name, String input, int from, int to) {
    if (from == to) {
      return input;
    }
    graph.addVertex(name, new ResizeVertex(from, to), input);
    return name;
  }
}
