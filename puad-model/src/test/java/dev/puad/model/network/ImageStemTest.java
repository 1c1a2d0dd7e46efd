package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The stem against the same three layers of DL4J, in bands that divide the image and that do not.
 */
class ImageStemTest {

  private static final int CHANNELS = 5;

  private final SplittableRandom random = new SplittableRandom(4);

  @ParameterizedTest
  @CsvSource({"1, 35", "2, 36", "3, 67", "2, 69", "1, 12"})
  void itComputesAsConvolutionReluAndPoolingInARow(int batch, int size) {
    ComputationGraph stem = graph(true);
    ComputationGraph layers = graph(false);
    Weights.uniform(stem, 1);
    layers.setParams(stem.params());
    INDArray images = images(batch, size);
    int side = (size - 3) / 2;
    MultiDataSet minibatch =
        new MultiDataSet(
            new INDArray[] {images}, new INDArray[] {Nd4j.zeros(batch, CHANNELS, side, side)});

    assertThat(stem.outputSingle(images).shape()).containsExactly(batch, CHANNELS, side, side);
    assertClose(stem.outputSingle(images), layers.outputSingle(images), 1e-5);
    assertClose(gradient(stem, minibatch), gradient(layers, minibatch), 1e-5);
    stem.close();
    layers.close();
  }

  private static ComputationGraph graph(boolean stem) {
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder().miniBatch(false).graphBuilder().addInputs("image");
    String last = "conv1";
    if (stem) {
      builder.addLayer("conv1", ImageStem.of(4, CHANNELS), "image");
    } else {
      last = "pool1";
      builder.addLayer("conv1", OneDnnConvolution.rectified(4, 1, 0, 3, CHANNELS), "image");
      builder.addLayer(
          "pool1",
          new SubsamplingLayer.Builder(PoolingType.AVG).kernelSize(2, 2).stride(2, 2).build(),
          "conv1");
    }
    ComputationGraph graph =
        new ComputationGraph(
            builder
                .addLayer("loss", FeatureLoss.of(0, FeatureLoss.Target.ZERO), last)
                .setOutputs("loss")
                .build());
    graph.init();
    return graph;
  }

  private static INDArray gradient(ComputationGraph graph, MultiDataSet minibatch) {
    graph.setInputs(minibatch.getFeatures());
    graph.setLabels(minibatch.getLabels());
    graph.computeGradientAndScore();
    Layer layer = graph.getLayer("conv1");
    return layer.getGradientsViewArray().dup();
  }

  private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
    float[] a = RowMajor.floats(actual);
    float[] b = RowMajor.floats(expected);
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.length; i++) {
      assertThat((double) a[i]).isCloseTo(b[i], within(tolerance * (1 + Math.abs(b[i]))));
    }
  }

  private INDArray images(int batch, int size) {
    float[] values = new float[batch * 3 * size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values).reshape('c', batch, 3, size, size);
  }
}
