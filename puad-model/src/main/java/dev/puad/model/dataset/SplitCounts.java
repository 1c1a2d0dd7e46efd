package dev.puad.model.dataset;

/**
 * The number of images in each part of a category.
 *
 * @param train normal images to train on
 * @param validation normal images to calibrate on
 * @param good normal test images
 * @param structural test images with a structural anomaly
 * @param logical test images with a logical anomaly
 */
public record SplitCounts(int train, int validation, int good, int structural, int logical) {

  public SplitCounts {
    if (Math.min(Math.min(train, validation), Math.min(good, Math.min(structural, logical))) < 0) {
      throw new IllegalArgumentException(
          "Cannot count %d, %d, %d, %d and %d images, none may be negative."
              .formatted(train, validation, good, structural, logical));
    }
  }
}
