package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.puad.model.BadInputException;
import dev.puad.model.image.BilinearMap;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetGridTest {

  /** The blocks of PDN-S, in fewer channels. */
  private static final Architecture NARROW = NarrowNetworks.ARCHITECTURE;

  private static final int SIZE = NARROW.imageSize();

  @Test
  void aPaddedTeachersCellsAreWhereTheGridSays() {
    TargetGrid grid = TargetGrid.padded(SIZE, SIZE);
    try (TeacherNetwork teacher = TeacherNetwork.padded(NARROW, summing())) {
      assertCellsSeeTheirCentres(teacher, grid, 4, 27);
    }
  }

  @Test
  void anUnpaddedTeachersCellsAreWhereTheGridSays() {
    TargetGrid grid = TargetGrid.unpadded(SIZE, SIZE);
    try (TeacherNetwork teacher = TeacherNetwork.of(NARROW, summing())) {
      assertCellsSeeTheirCentres(teacher, grid, 0, grid.side() - 1);
    }
  }

  /** On a backbone that has one cell a pixel, a position is a pixel. */
  private static void assertCellsSeeTheirCentres(
      TeacherNetwork teacher, TargetGrid grid, int first, int last) {
    int side = grid.side();
    int[] leftmost = new int[side];
    int[] rightmost = new int[side];
    Arrays.fill(leftmost, Integer.MAX_VALUE);
    for (int x = 0; x < SIZE; x++) {
      float[] impulse = new float[NARROW.imageLength()];
      impulse[SIZE / 2 * SIZE + x] = 1;
      float[] description = teacher.describe(impulse);
      assertThat(description).hasSize(NARROW.channels() * side * side);
      for (int k = 0; k < side; k++) {
        if (description[side / 2 * side + k] > 0) {
          leftmost[k] = Math.min(leftmost[k], x);
          rightmost[k] = x;
        }
      }
    }
    for (int k = first; k <= last; k++) {
      assertThat(rightmost[k] - leftmost[k]).as("the field of cell %d", k).isEqualTo(32);
      assertThat((leftmost[k] + rightmost[k]) / 2.0)
          .as("the centre of cell %d", k)
          .isEqualTo(grid.position(k, SIZE, 0));
    }
  }

  @ParameterizedTest
  @CsvSource({"16, 16", "9, 13", "64, 64", "1, 2"})
  void cellsThatTileTheImageAreReadAsInterpolateReadsThem(int height, int width) {
    FeatureMap map = map(3, height, width);
    TargetGrid grid = TargetGrid.padded(128, 256);
    float[] sampled = new float[map.channels() * grid.side() * grid.side()];
    grid.sample(map, 1, TargetGrid.TILES, sampled, 0);

    for (int channel = 0; channel < map.channels(); channel++) {
      int start = map.start(1, channel);
      float[] expected =
          BilinearMap.resize(
              Arrays.copyOfRange(map.values(), start, start + height * width),
              height,
              width,
              grid.side(),
              grid.side());
      for (int i = 0; i < expected.length; i++) {
        assertThat(sampled[channel * expected.length + i]).isCloseTo(expected[i], within(1e-5f));
      }
    }
  }

  @Test
  void anUnpaddedTeacherReadsTheInnerCellsOfAPaddedOne() {
    FeatureMap map = map(1, 16, 16);
    TargetGrid outer = TargetGrid.padded(128, 256);
    TargetGrid inner = TargetGrid.unpadded(128, 256);
    float[] all = new float[outer.side() * outer.side()];
    float[] some = new float[inner.side() * inner.side()];
    outer.sample(map, 0, 7, all, 0);
    inner.sample(map, 0, 7, some, 0);

    for (int i = 0; i < some.length; i++) {
      int y = i / inner.side() + 4;
      int x = i % inner.side() + 4;
      assertThat(some[i]).isEqualTo(all[y * outer.side() + x]);
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 7", "16, 15", "8, 3.5", "4, 0"})
  void valuesBetweenCellsAreThoseOfTheFourAround(int stride, double centre) {
    int cells = 256 / stride;
    FeatureMap map = map(1, cells, cells);
    TargetGrid grid = TargetGrid.unpadded(128, 256);
    float[] sampled = new float[grid.side() * grid.side()];
    grid.sample(map, 0, centre, sampled, 0);

    for (int i = 0; i < sampled.length; i++) {
      double y = cell(i / grid.side(), stride, centre);
      double x = cell(i % grid.side(), stride, centre);
      double expected = 0;
      for (int j = 0; j < cells * cells; j++) {
        int row = j / cells;
        double down = Math.max(0, 1 - Math.abs(y - row));
        double across = Math.max(0, 1 - Math.abs(x - j % cells));
        expected += down * across * map.values()[j];
      }
      assertThat((double) sampled[i]).isCloseTo(expected, within(1e-5));
    }
  }

  /** A teacher's pixel p covers 2p and 2p + 1 of an image of twice the size. */
  private static double cell(int k, int stride, double centre) {
    double pixel = 2 * (4 * k + 16) + 0.5;
    return (pixel - centre) / stride;
  }

  @ParameterizedTest
  @CsvSource({"8, 7", "16, 15"})
  void mobileNetsCellsGiveTheValueAtTheTeachersOwnPixel(int stride, double centre) {
    int cells = 256 / stride;
    float[] ramp = new float[cells * cells];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (float) (i % cells * stride + centre);
    }
    TargetGrid grid = TargetGrid.unpadded(128, 256);
    float[] sampled = new float[grid.side() * grid.side()];
    grid.sample(new FeatureMap(1, cells, cells, ramp), 0, centre, sampled, 0);

    for (int k = 0; k < grid.side(); k++) {
      assertThat((double) sampled[k]).isCloseTo(2 * (4 * k + 16) + 0.5, within(1e-4));
    }
  }

  @Test
  void beyondTheOutermostCellsTheirValuesHold() {
    FeatureMap map = map(1, 2, 2);
    TargetGrid grid = TargetGrid.padded(128, 128);
    float[] sampled = new float[grid.side() * grid.side()];
    grid.sample(map, 0, 31.5, sampled, 0);

    assertThat(sampled[0]).isEqualTo(map.values()[0]);
    assertThat(sampled[sampled.length - 1]).isEqualTo(map.values()[3]);
  }

  @Test
  void anImageThatAnUnpaddedTeacherDoesNotSeeIsRefused() {
    assertThat(TargetGrid.unpadded(36, 72).side()).isEqualTo(1);
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> TargetGrid.unpadded(32, 64))
        .withMessage(
            "Cannot distil on images of 32 px: without padding a teacher sees nothing of them."
                + " Choose --image-size 36 or more, or the recipe paper.");
  }

  /** Filters of ones: every pixel of a cell's field reaches it, and nothing cancels. */
  private static StateDict summing() {
    Map<String, Tensor> ones = new LinkedHashMap<>();
    try (TeacherNetwork teacher = TeacherNetwork.random(NARROW, 1)) {
      teacher
          .weights()
          .tensors()
          .forEach(
              (name, tensor) -> {
                float[] values = new float[tensor.size()];
                Arrays.fill(values, name.endsWith("weight") ? 1 : 0);
                ones.put(name, Tensor.of(values, tensor.shape()));
              });
    }
    return new StateDict("ones", ones);
  }

  /** Of two images. */
  private static FeatureMap map(int channels, int height, int width) {
    SplittableRandom random = new SplittableRandom(2);
    float[] values = new float[2 * channels * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FeatureMap(channels, height, width, values);
  }
}
