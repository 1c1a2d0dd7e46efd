package dev.puad.model.detect;

import java.io.Serializable;

/**
 * How a calibration's statistics were fitted.
 *
 * @param images whose scores normalise others and set the threshold; 0 where it is not known, in
 *     bundles that were made before it was kept
 * @param folds into which they were dealt, each scored by a Gaussian of the others; 0 where all are
 *     validation images, and the Gaussian is of the training images
 */
public record Fit(int images, int folds) implements Serializable {

  static final Fit UNKNOWN = new Fit(0, 0);

  public Fit {
    if (images < 0 || folds < 0 || folds > images) {
      throw new IllegalArgumentException(
          "Cannot deal %d images into %d folds.".formatted(images, folds));
    }
  }
}
