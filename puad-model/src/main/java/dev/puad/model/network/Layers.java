package dev.puad.model.network;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/** The runs of layers that the graphs share; each method adds one and returns its last name. */
final class Layers {

  static final String STUDENT = "student";
  static final String LOCAL_HEAD = "student.local";
  static final String GLOBAL_HEAD = "student.global";
  static final String AUTOENCODER = "autoencoder";

  /** EfficientAD drops a fifth of the decoder's activations. */
  private static final double DROPOUT_KEEPS = 0.8;

  private Layers() {}

  /** A graph that only computes. */
  static GraphBuilder inference() {
    return new NeuralNetConfiguration.Builder().graphBuilder();
  }

  /** All of a PDN but its last convolution. */
  static String trunk(GraphBuilder graph, Architecture architecture, String prefix, String input) {
    List<Architecture.Block> blocks = architecture.descriptor();
    String last = input;
    int channels = 3;
    for (int i = 0; i < blocks.size() - 1; i++) {
      Architecture.Block block = blocks.get(i);
      String name = prefix + ".conv" + (i + 1);
      last = convolution(graph, name, last, block.kernel(), 1, 0, channels, block.channels());
      last = relu(graph, last);
      if (block.pooled()) {
        String pool = prefix + ".pool" + (i + 1);
        graph.addLayer(
            pool,
            new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(2, 2).stride(2, 2).build(),
            last);
        last = pool;
      }
      channels = block.channels();
    }
    return last;
  }

  /** The last convolution of a PDN, or one half of the student's. */
  static String head(GraphBuilder graph, Architecture architecture, String name, String input) {
    List<Architecture.Block> blocks = architecture.descriptor();
    Architecture.Block block = blocks.get(blocks.size() - 1);
    int channels = blocks.get(blocks.size() - 2).channels();
    return convolution(graph, name, input, block.kernel(), 1, 0, channels, block.channels());
  }

  static String autoencoder(GraphBuilder graph, Architecture architecture, String input) {
    String last = input;
    int channels = 3;
    int size = architecture.imageSize();
    for (int i = 0; i < architecture.encoder().size(); i++) {
      int out = architecture.encoder().get(i);
      last = convolution(graph, AUTOENCODER + ".encoder" + (i + 1), last, 4, 2, 1, channels, out);
      last = relu(graph, last);
      channels = out;
      size /= 2;
    }
    int kernel = architecture.bottleneckKernel();
    int width = architecture.decoder();
    last = convolution(graph, AUTOENCODER + ".bottleneck", last, kernel, 1, 0, channels, width);
    size = size - kernel + 1;
    int step = 1;
    for (int target : architecture.decoderSizes()) {
      last = resize(graph, AUTOENCODER + ".resize" + step, last, size, target);
      last = convolution(graph, AUTOENCODER + ".decoder" + step, last, 4, 1, 2, width, width);
      last = relu(graph, last);
      String dropout = AUTOENCODER + ".dropout" + step;
      graph.addLayer(dropout, new DropoutLayer.Builder(new Dropout(DROPOUT_KEEPS)).build(), last);
      last = dropout;
      size = target + 1;
      step++;
    }
    last = resize(graph, AUTOENCODER + ".resize" + step, last, size, architecture.outputSize());
    last = convolution(graph, AUTOENCODER + ".decoder" + step, last, 3, 1, 1, width, width);
    last = relu(graph, last);
    String output = AUTOENCODER + ".decoder" + (step + 1);
    return convolution(graph, output, last, 3, 1, 1, width, architecture.channels());
  }

  private static String convolution(
      GraphBuilder graph,
      String name,
      String input,
      int kernel,
      int stride,
      int padding,
      int in,
      int out) {
    graph.addLayer(name, OneDnnConvolution.of(kernel, stride, padding, in, out), input);
    return name;
  }

  private static String relu(GraphBuilder graph, String input) {
    String name = input + ".relu";
    graph.addLayer(name, new ActivationLayer.Builder(new ActivationReLU()).build(), input);
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
