package dev.puad.model.distill;

import java.util.ArrayList;
import java.util.List;

/**
 * The features that the official teachers learned (EfficientAD appendix, after PatchCore): at each
 * cell the 3×3 patch around it, zeros beyond the border, averaged over runs of channels to 1024
 * values an output, and those of all outputs over runs again to the teacher's channels.
 *
 * @param grid where the teacher draws
 * @param centres as of {@link StackedFeatures}
 * @param channels C, of the teacher
 */
public record PatchFeatures(TargetGrid grid, List<Double> centres, int channels)
    implements BackboneFeatures {

  /** PatchCore's pretraining embedding. */
  private static final int OUTPUT_VALUES = 1024;

  private static final int PATCH = 3;

  public PatchFeatures {
    centres = List.copyOf(centres);
  }

  @Override
  public int channels(List<FeatureMap> outputs) {
    return channels;
  }

  @Override
  public float[] of(List<FeatureMap> outputs, int image) {
    // Pooling channels and reading between cells commute; the pooled maps are smaller.
    List<FeatureMap> pooled = new ArrayList<>();
    for (FeatureMap output : outputs) {
      pooled.add(pooled(output, image));
    }
    float[] stacked = new StackedFeatures(grid, centres).of(pooled, 0);
    int positions = grid.side() * grid.side();
    int values = stacked.length / positions;
    float[] features = new float[channels * positions];
    for (int c = 0; c < channels; c++) {
      Run run = Run.of(c, values, channels);
      for (int k = run.begin(); k < run.end(); k++) {
        for (int i = 0; i < positions; i++) {
          features[c * positions + i] += stacked[k * positions + i] / run.length();
        }
      }
    }
    return features;
  }

  private static FeatureMap pooled(FeatureMap output, int image) {
    int height = output.height();
    int width = output.width();
    float[] pooled = new float[OUTPUT_VALUES * height * width];
    for (int value = 0; value < OUTPUT_VALUES; value++) {
      Run run = Run.of(value, output.channels() * PATCH * PATCH, OUTPUT_VALUES);
      for (int k = run.begin(); k < run.end(); k++) {
        int from = output.start(image, k / (PATCH * PATCH));
        int dy = k / PATCH % PATCH - 1;
        int dx = k % PATCH - 1;
        for (int y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
          for (int x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
            pooled[(value * height + y) * width + x] +=
                output.values()[from + (y + dy) * width + x + dx] / run.length();
          }
        }
      }
    }
    return new FeatureMap(OUTPUT_VALUES, height, width, pooled);
  }

  /** The values that an adaptive average pooling takes together, as PyTorch cuts them. */
  record Run(int begin, int end) {

    static Run of(int index, int values, int runs) {
      return new Run(
          (int) ((long) index * values / runs),
          (int) (((long) (index + 1) * values + runs - 1) / runs));
    }

    int length() {
      return end - begin;
    }
  }
}
