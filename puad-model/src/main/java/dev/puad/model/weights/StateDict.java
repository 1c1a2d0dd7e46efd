package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A network's tensors by name.
 *
 * @param source where they come from, for messages
 * @param tensors in the source's order; unmodifiable
 */
public record StateDict(String source, Map<String, Tensor> tensors) {

  public StateDict {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** The names, in the source's order. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /**
   * The length of each axis of a tensor.
   *
   * @throws BadInputException if there is no such tensor
   */
  public int[] shape(String name) {
    return tensor(name).shape();
  }

  /**
   * One tensor.
   *
   * @throws BadInputException if there is no such tensor
   */
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new BadInputException(
          "Cannot use %s: it has no tensor %s. Give the weights of this kind of network."
              .formatted(source, name));
    }
    return tensor;
  }

  /**
   * A tensor's elements, in C order.
   *
   * @throws BadInputException if there is no such tensor, or its shape is another, its type holds
   *     no fractions, or one of its values is no finite float32
   */
  public float[] floats(String name, int... shape) {
    Tensor tensor = tensor(name);
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new BadInputException(
          "Cannot use %s: its tensor %s is %s, not %s. Give the weights of a network of this size."
              .formatted(source, name, Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
    if (!tensor.type().isFloating()) {
      throw new BadInputException(
          ("Cannot use %s: its tensor %s is of type %s, not of a floating one."
                  + " Give the weights as they were trained.")
              .formatted(source, name, tensor.type()));
    }
    float[] values = tensor.floats();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new BadInputException(
            ("Cannot use %s: its tensor %s has a value that is not finite (%s at %s). Give weights"
                    + " of a training that did not diverge.")
                .formatted(source, name, values[i], Arrays.toString(position(i, shape))));
      }
    }
    return values;
  }

  /**
   * Refuses what a network of this kind does not have.
   *
   * @param expected every name that it has
   * @throws BadInputException naming the first other one
   */
  public void refuseOthers(Collection<String> expected) {
    for (String name : names()) {
      if (!expected.contains(name)) {
        throw new BadInputException(
            ("Cannot use %s: its tensor %s has no place in this kind of network."
                    + " Give the weights of such a network alone.")
                .formatted(source, Printable.of(name)));
      }
    }
  }

  private static int[] position(int index, int[] shape) {
    int[] position = new int[shape.length];
    int rest = index;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return position;
  }
}
