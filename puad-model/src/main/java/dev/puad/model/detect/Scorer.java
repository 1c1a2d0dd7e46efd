package dev.puad.model.detect;

import dev.puad.model.image.BilinearMap;
import dev.puad.model.stats.Gaussian;
import java.io.Serializable;

/**
 * The two scores of an analysed image, before they are normalised: the picturable one is the
 * largest value of the combined map at the image's size (PUAD section 3.2), the unpicturable one
 * the Mahalanobis distance of the features (section 3.3).
 *
 * @param imageSize the side to which maps are resized, in pixels
 * @param outputSize the side of the networks' maps
 * @param scaling of the maps
 * @param gaussian of the training images' features
 */
public record Scorer(int imageSize, int outputSize, MapScaling scaling, Gaussian gaussian)
    implements Serializable {

  /** Two scores in their own units; the higher, the more anomalous. */
  public record Scores(double picturable, double unpicturable) implements Serializable {}

  /**
   * Scores an image.
   *
   * @throws IllegalArgumentException if the analysis is of networks of other sizes
   */
  public Scores score(Analysis analysis) {
    float[] map =
        scaling.combine(
            resize(analysis.student(), outputSize, imageSize),
            resize(analysis.autoencoder(), outputSize, imageSize));
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : map) {
      largest = Math.max(largest, value);
    }
    return new Scores(largest, gaussian.mahalanobis(analysis.features()));
  }

  /** A square map resized to the image's size, as the quantiles of {@link MapScaling} see it. */
  public static float[] resize(float[] map, int outputSize, int imageSize) {
    return BilinearMap.resize(map, outputSize, outputSize, imageSize, imageSize);
  }
}
