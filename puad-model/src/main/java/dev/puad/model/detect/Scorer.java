package dev.puad.model.detect;

import dev.puad.model.stats.Gaussian;
import java.io.Serializable;

/**
 * The two scores of an analysed image, before they are normalised: the picturable one is the
 * largest value of the combined map (PUAD section 3.2), the unpicturable one the Mahalanobis
 * distance of the features (section 3.3).
 *
 * @param imageSize the side of the networks' input, in pixels
 * @param outputSize the side of the networks' maps
 * @param variant at which size the map is combined and its largest value taken
 * @param scaling of the maps
 * @param gaussian of the training images' features
 */
public record Scorer(
    int imageSize, int outputSize, MapVariant variant, MapScaling scaling, Gaussian gaussian)
    implements Serializable {

  /** Two scores in their own units; the higher, the more anomalous. */
  public record Scores(double picturable, double unpicturable) implements Serializable {}

  /**
   * Scores an image.
   *
   * @param width of the image's file, in pixels
   * @param height of the image's file, in pixels
   * @throws IllegalArgumentException if the analysis is of networks of other sizes
   */
  public Scores score(Analysis analysis, int width, int height) {
    return new Scores(
        variant.picturable(this, analysis, width, height),
        gaussian.mahalanobis(analysis.features()));
  }

  /**
   * The combined map to keep, row-major with sides of {@link #mapSize()}: resized to the image, it
   * is the map that the variant's code draws.
   */
  public float[] map(Analysis analysis) {
    return variant.framed(scaling.combine(analysis.student(), analysis.autoencoder()), outputSize);
  }

  /** The side of the map to keep: that of the networks' maps, and the variant's frame. */
  public int mapSize() {
    return variant.mapSize(outputSize);
  }
}
