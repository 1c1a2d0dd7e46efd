package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class StateDictTest {

  private final StateDict weights = weights();

  @Test
  void namesKeepTheirOrder() {
    assertThat(weights.names()).containsExactly("conv2.weight", "conv1.bias", "steps");
  }

  @Test
  void valuesAreGivenInCOrder() {
    assertThat(weights.floats("conv2.weight", 2, 2)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void aMissingTensorIsRefused() {
    assertRefused(
        () -> weights.floats("conv1.weight", 2),
        "Cannot use a.pt: it has no tensor conv1.weight."
            + " Give the weights of this kind of network.");
  }

  @Test
  void aTensorOfAnotherShapeIsRefused() {
    assertRefused(
        () -> weights.floats("conv2.weight", 4),
        "Cannot use a.pt: its tensor conv2.weight is [2, 2], not [4]."
            + " Give the weights of a network of this size.");
  }

  @Test
  void aTensorOfWholeNumbersIsRefused() {
    assertRefused(
        () -> weights.floats("steps"),
        "Cannot use a.pt: its tensor steps is of type INT64, not of a floating one."
            + " Give the weights as they were trained.");
  }

  @Test
  void aValueThatIsNotFiniteIsRefused() {
    Tensor tensor = Tensor.of(new double[] {1, 2, 3, 1e300}, 2, 2);
    StateDict diverged = new StateDict("b.pt", Map.of("conv1.bias", tensor));
    assertRefused(
        () -> weights.floats("conv1.bias", 3),
        "Cannot use a.pt: its tensor conv1.bias has a value that is not finite (NaN at [1])."
            + " Give weights of a training that did not diverge.");
    assertRefused(
        () -> diverged.floats("conv1.bias", 2, 2),
        "Cannot use b.pt: its tensor conv1.bias has a value that is not finite"
            + " (Infinity at [1, 1]). Give weights of a training that did not diverge.");
  }

  @Test
  void aTensorThatTheNetworkHasNotIsRefused() {
    weights.refuseOthers(List.of("steps", "conv1.bias", "conv1.weight", "conv2.weight"));
    assertRefused(
        () -> weights.refuseOthers(List.of("conv2.weight", "steps")),
        "Cannot use a.pt: its tensor conv1.bias has no place in this kind of network."
            + " Give the weights of such a network alone.");
  }

  private static StateDict weights() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("conv2.weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    tensors.put("conv1.bias", Tensor.of(new float[] {0, Float.NaN, 0}, 3));
    tensors.put("steps", new Tensor(Tensor.Type.INT64, new int[0], new byte[8]));
    return new StateDict("a.pt", tensors);
  }

  private static void assertRefused(ThrowingCallable action, String message) {
    assertThatThrownBy(action).isInstanceOf(BadInputException.class).hasMessage(message);
  }
}
