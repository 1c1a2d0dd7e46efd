package dev.puad.model.dataset;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.random.MersenneTwister;

/**
 * The split of normal images into training and validation where a data set has none, as official
 * PUAD makes it: PyTorch's {@code randperm} from seed 42 over the sorted paths, of which all but 15
 * % train.
 */
final class HeldBack {

  private static final int SEED = 42;
  private static final double VALIDATION_SHARE = 0.15;

  private HeldBack() {}

  /**
   * How many of {@code images} are held back: 15 %, rounded down as the reference does, but never
   * none, since scores cannot be calibrated without.
   */
  static int count(int images) {
    return Math.max(1, (int) (VALIDATION_SHARE * images));
  }

  /** A permutation of 0 to length - 1; the first train, the last are held back. */
  static List<Integer> permutation(int length) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      order.add(i);
    }
    MersenneTwister random = new MersenneTwister(SEED);
    for (int i = 0; i < length - 1; i++) {
      int other = i + Integer.remainderUnsigned(random.nextInt(), length - i);
      int swapped = order.get(i);
      order.set(i, order.get(other));
      order.set(other, swapped);
    }
    return order;
  }
}
