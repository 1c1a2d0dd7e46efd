package dev.puad.model.network;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class HardFeatureLossTest {

  @Test
  void networksOfFormatOneDoNotTrainOn() {
    try (INDArray zero = Nd4j.zeros(1, 1)) {
      assertThatThrownBy(
              () ->
                  new HardFeatureLoss()
                      .computeGradientAndScore(zero, zero, new ActivationIdentity(), null, true))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage(
              "A network of a bundle of format 1 scores, but does not train on. Train a new one.");
    }
  }
}
