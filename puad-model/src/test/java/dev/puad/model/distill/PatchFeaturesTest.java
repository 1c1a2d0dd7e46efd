package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.image.BilinearMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PatchFeaturesTest {

  private static final int CHANNELS = 24;
  private static final int VALUES = 1024;

  /** unfold(3, padding=1), adaptive_avg_pool1d to 1024, interpolate, and pooling once more. */
  @Test
  void featuresAreThoseOfTheOfficialCode() {
    TargetGrid grid = TargetGrid.padded(24, 48);
    FeatureMap fine = map(150, 6, 6);
    FeatureMap coarse = map(100, 3, 3);
    PatchFeatures features = new PatchFeatures(grid, List.of(), CHANNELS);

    float[] found = features.of(List.of(fine, coarse), 1);

    double[][] first = interpolated(embedded(fine, 1), 6, grid.side());
    double[][] second = interpolated(embedded(coarse, 1), 3, grid.side());
    int positions = grid.side() * grid.side();
    assertThat(found).hasSize(CHANNELS * positions);
    for (int i = 0; i < positions; i++) {
      double[] stacked = new double[2 * VALUES];
      for (int value = 0; value < VALUES; value++) {
        stacked[value] = first[value][i];
        stacked[VALUES + value] = second[value][i];
      }
      double[] expected = pooled(stacked, CHANNELS);
      for (int c = 0; c < CHANNELS; c++) {
        assertThat((double) found[c * positions + i]).isCloseTo(expected[c], within(1e-5));
      }
    }
  }

  @Test
  void thereAreAsManyAsTheTeacherHasChannels() {
    PatchFeatures features = new PatchFeatures(TargetGrid.padded(24, 48), List.of(), CHANNELS);
    assertThat(features.channels(List.of(map(150, 6, 6), map(100, 3, 3)))).isEqualTo(CHANNELS);
  }

  /** 1024 values at each cell of a square map. */
  private static double[][] embedded(FeatureMap map, int image) {
    int side = map.width();
    double[][] embedded = new double[VALUES][side * side];
    for (int i = 0; i < side * side; i++) {
      double[] patch = new double[map.channels() * 9];
      for (int k = 0; k < patch.length; k++) {
        int y = i / side + k % 9 / 3 - 1;
        int x = i % side + k % 3 - 1;
        boolean inside = y >= 0 && y < side && x >= 0 && x < side;
        patch[k] = inside ? map.values()[map.start(image, k / 9) + y * side + x] : 0;
      }
      double[] values = pooled(patch, VALUES);
      for (int value = 0; value < VALUES; value++) {
        embedded[value][i] = values[value];
      }
    }
    return embedded;
  }

  private static double[][] interpolated(double[][] maps, int side, int to) {
    double[][] resized = new double[maps.length][to * to];
    for (int value = 0; value < maps.length; value++) {
      float[] map = new float[side * side];
      for (int i = 0; i < map.length; i++) {
        map[i] = (float) maps[value][i];
      }
      float[] larger = BilinearMap.resize(map, side, side, to, to);
      for (int i = 0; i < larger.length; i++) {
        resized[value][i] = larger[i];
      }
    }
    return resized;
  }

  /**
   * PyTorch's adaptive_avg_pool1d: output i is the mean from floor(i n / m) to ceil((i+1) n / m).
   */
  private static double[] pooled(double[] values, int outputs) {
    double[] pooled = new double[outputs];
    for (int i = 0; i < outputs; i++) {
      int begin = (int) Math.floor((double) i * values.length / outputs);
      int end = (int) Math.ceil((i + 1.0) * values.length / outputs);
      for (int k = begin; k < end; k++) {
        pooled[i] += values[k] / (end - begin);
      }
    }
    return pooled;
  }

  /** Of two images. */
  private static FeatureMap map(int channels, int height, int width) {
    SplittableRandom random = new SplittableRandom(channels);
    float[] values = new float[2 * channels * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FeatureMap(channels, height, width, values);
  }
}
