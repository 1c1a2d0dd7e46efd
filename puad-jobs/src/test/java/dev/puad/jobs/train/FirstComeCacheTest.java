package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FirstComeCacheTest {

  private static final int VALUES = 8;
  private static final long BYTES = 4L * VALUES;

  private int described;

  @Test
  void whatFitsIsDescribedOnce() {
    FirstComeCache<ExecutorTeachers.Image, float[]> cache = cache(2 * BYTES);

    float[] first = describe(cache, 0, 0);

    assertThat(describe(cache, 0, 0)).isSameAs(first);
    assertThat(described).isEqualTo(1);
  }

  @Test
  void theFirstThatFitStay() {
    FirstComeCache<ExecutorTeachers.Image, float[]> cache = cache(2 * BYTES);

    for (int epoch = 0; epoch < 3; epoch++) {
      for (int index = 0; index < 4; index++) {
        describe(cache, 0, index);
      }
    }

    assertThat(cache.size()).isEqualTo(2);
    // Four in the first epoch, and two of them again in each of the others.
    assertThat(described).isEqualTo(4 + 2 + 2);
  }

  @Test
  void workersHaveImagesOfTheirOwn() {
    FirstComeCache<ExecutorTeachers.Image, float[]> cache = cache(2 * BYTES);

    describe(cache, 0, 5);
    describe(cache, 1, 5);

    assertThat(described).isEqualTo(2);
  }

  @Test
  void noBudgetKeepsNothing() {
    FirstComeCache<ExecutorTeachers.Image, float[]> cache = cache(0);

    describe(cache, 0, 0);

    assertThat(cache.size()).isZero();
  }

  @Test
  void manyThreadsKeepNoMoreThanTheBudget() {
    FirstComeCache<ExecutorTeachers.Image, float[]> cache = cache(10 * BYTES);

    List<Float> found =
        IntStream.range(0, 10_000)
            .parallel()
            .mapToObj(i -> cache.of(image(0, i % 50), () -> filled(i % 50))[0] - i % 50)
            .toList();

    assertThat(found).containsOnly(0f);
    assertThat(cache.size()).isPositive().isLessThanOrEqualTo(10);
  }

  private float[] describe(
      FirstComeCache<ExecutorTeachers.Image, float[]> cache, int worker, int index) {
    return cache.of(
        image(worker, index),
        () -> {
          described++;
          return filled(index);
        });
  }

  private static ExecutorTeachers.Image image(int worker, int index) {
    return new ExecutorTeachers.Image(worker, index);
  }

  private static float[] filled(int index) {
    float[] description = new float[VALUES];
    description[0] = index;
    return description;
  }

  private static FirstComeCache<ExecutorTeachers.Image, float[]> cache(long budget) {
    return new FirstComeCache<>(budget, description -> (long) Float.BYTES * description.length);
  }
}
