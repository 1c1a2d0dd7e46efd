package dev.puad.model.stats;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * {@link VectorMoments} of each fold of the images, so that a Gaussian of all folds but one costs a
 * merge of states and no further pass over the images: what cross-fitting needs.
 *
 * <p>The state holds as many moments as it has folds.
 */
public final class FoldMoments implements Serializable {

  private static final long serialVersionUID = 1L;

  private final List<VectorMoments> folds;

  /**
   * An empty state.
   *
   * @param folds how many, at least 2
   */
  public FoldMoments(int folds) {
    if (folds < 2) {
      throw new IllegalArgumentException("Cannot fit across %d folds.".formatted(folds));
    }
    this.folds = new ArrayList<>();
    for (int i = 0; i < folds; i++) {
      this.folds.add(new VectorMoments());
    }
  }

  /**
   * Adds one vector to a fold, and returns this state.
   *
   * @param fold from 0 to one less than there are
   * @throws dev.puad.model.BadInputException if an entry is not finite
   */
  public FoldMoments add(int fold, double[] vector) {
    folds.get(fold).add(vector);
    return this;
  }

  /**
   * Merges another state into this one, and returns this; the other stays as it is.
   *
   * @throws IllegalArgumentException if the states have different folds or dimensions
   */
  public FoldMoments mergeWith(FoldMoments other) {
    if (folds.size() != other.folds.size()) {
      throw new IllegalArgumentException(
          "%d folds do not belong with %d.".formatted(other.folds.size(), folds.size()));
    }
    for (int i = 0; i < folds.size(); i++) {
      folds.get(i).mergeWith(other.folds.get(i));
    }
    return this;
  }

  /** The moments of all vectors. */
  public VectorMoments all() {
    return merged(folds);
  }

  /**
   * For each fold, the moments of all vectors that are not in it: two merges a fold, with what lies
   * before it and what lies after it.
   */
  public List<VectorMoments> without() {
    List<VectorMoments> after = new ArrayList<>();
    VectorMoments behind = new VectorMoments();
    for (int i = folds.size() - 1; i >= 0; i--) {
      after.add(behind);
      behind = merged(List.of(folds.get(i), behind));
    }
    Collections.reverse(after);
    List<VectorMoments> without = new ArrayList<>();
    VectorMoments before = new VectorMoments();
    for (int i = 0; i < folds.size(); i++) {
      without.add(merged(List.of(before, after.get(i))));
      before.mergeWith(folds.get(i));
    }
    return without;
  }

  private static VectorMoments merged(List<VectorMoments> moments) {
    VectorMoments all = new VectorMoments();
    moments.forEach(all::mergeWith);
    return all;
  }
}
