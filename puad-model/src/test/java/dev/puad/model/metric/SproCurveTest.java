package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SproCurveTest {

  private static final double[] RATES = {0, 0, 0.25, 0.25, 1};
  private static final double[] OVERLAPS = {0, 0.5, 0.75, 0.875, 1};

  @Test
  void addsTrapezoids() {
    double area = 0.25 * (0.5 + 0.75) / 2 + 0.75 * (0.875 + 1) / 2;
    assertThat(new SproCurve(RATES, OVERLAPS, true).areaUpTo(1).value())
        .isCloseTo(area, within(1e-15));
  }

  @Test
  void interpolatesAtTheLimit() {
    double area = 0.125 * (0.5 + 0.625) / 2;
    assertThat(new SproCurve(RATES, OVERLAPS, true).areaUpTo(0.125).value())
        .isCloseTo(area / 0.125, within(1e-15));
  }

  @Test
  void anExactCurveHasNoError() {
    assertThat(new SproCurve(RATES, OVERLAPS, true).areaUpTo(0.125).errorBound()).isZero();
  }

  @Test
  void theBoundReachesTheSteepestCurvesThroughThePoints() {
    // Through (0, 0.5) and (0.25, 0.75), at once up or at last up.
    SproCurve coarse = new SproCurve(RATES, OVERLAPS, false);
    for (double limit : new double[] {0.05, 0.125, 0.25}) {
      AreaUnderCurve area = coarse.areaUpTo(limit);
      assertThat(area.value() + area.errorBound()).isCloseTo(0.75, within(1e-15));
      assertThat(area.value() - area.errorBound()).isLessThanOrEqualTo(0.5 + 1e-15);
    }
  }

  @Test
  void refusesALimitOutOfRange() {
    SproCurve curve = new SproCurve(RATES, OVERLAPS, true);
    assertThatThrownBy(() -> curve.areaUpTo(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot integrate up to a false positive rate of 0.0: it must lie in (0, 1].");
  }
}
