package dev.puad.model.detect;

import dev.puad.model.BadInputException;
import dev.puad.model.image.BilinearMap;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which published code is followed where EfficientAD's paper leaves maps and their largest value
 * open: how the teacher's deviation is taken, where the maps' quantiles, and where the picturable
 * score.
 */
public enum MapVariant {
  /**
   * PUAD's: quantiles of the maps at the network's image size, and the largest value of the
   * combined map at that size.
   */
  PUAD(1, 0) {
    @Override
    public float[] calibrated(float[] map, int outputSize, int imageSize) {
      return BilinearMap.resize(map, outputSize, outputSize, imageSize, imageSize);
    }

    @Override
    float picturable(Scorer scorer, Analysis analysis, int width, int height) {
      int outputSize = scorer.outputSize();
      int imageSize = scorer.imageSize();
      float[] combined =
          scorer
              .scaling()
              .combine(
                  calibrated(analysis.student(), outputSize, imageSize),
                  calibrated(analysis.autoencoder(), outputSize, imageSize));
      float largest = Float.NEGATIVE_INFINITY;
      for (float value : combined) {
        largest = Math.max(largest, value);
      }
      return largest;
    }
  },
  /**
   * That of nelson1425's EfficientAD: quantiles of the maps as the networks draw them, and the
   * largest value of the combined map with a frame of zeros, resized to the image file's own size.
   */
  NELSON1425(0, 4) {
    @Override
    public float[] calibrated(float[] map, int outputSize, int imageSize) {
      return map;
    }

    @Override
    float picturable(Scorer scorer, Analysis analysis, int width, int height) {
      int side = scorer.mapSize();
      return BilinearMap.largest(scorer.map(analysis), side, side, height, width);
    }
  };

  private final int ddof;
  private final int frame;

  MapVariant(int ddof, int frame) {
    this.ddof = ddof;
    this.frame = frame;
  }

  /**
   * The variant of that name, in lower case.
   *
   * @throws BadInputException if there is none
   */
  public static MapVariant named(String name) {
    for (MapVariant variant : values()) {
      if (variant.title().equals(name)) {
        return variant;
      }
    }
    throw new BadInputException(
        "Cannot draw anomaly maps as %s does. Choose puad or nelson1425.".formatted(name));
  }

  /** The names of the variants, in lower case. */
  public static List<String> names() {
    return Arrays.stream(values()).map(MapVariant::title).toList();
  }

  /** The name in lower case. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What is taken off the number of values when the teacher's deviation is computed. */
  public int ddof() {
    return ddof;
  }

  /**
   * The values of one raw map that count towards its quantiles.
   *
   * @param map [s, s], of side {@code outputSize}
   * @param imageSize the side of the networks' input, in pixels
   */
  public abstract float[] calibrated(float[] map, int outputSize, int imageSize);

  /** The picturable score of an image file of that many pixels. */
  abstract float picturable(Scorer scorer, Analysis analysis, int width, int height);

  /** The side of a map that is kept, of networks that draw {@code outputSize}² positions. */
  int mapSize(int outputSize) {
    return outputSize + 2 * frame;
  }

  /** A combined map [s, s] within its frame of zeros. */
  float[] framed(float[] map, int outputSize) {
    int side = mapSize(outputSize);
    float[] framed = new float[side * side];
    for (int y = 0; y < outputSize; y++) {
      System.arraycopy(map, y * outputSize, framed, (y + frame) * side + frame, outputSize);
    }
    return framed;
  }
}
