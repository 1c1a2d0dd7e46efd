package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares arrays by their greatest difference, relative to the largest expected entry. */
final class LargestEntry {

  private LargestEntry() {}

  static void assertClose(double[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("entry %d: %s for %s", i, actual[i], expected[i])
          .isLessThanOrEqualTo(tolerance * largest);
    }
  }
}
