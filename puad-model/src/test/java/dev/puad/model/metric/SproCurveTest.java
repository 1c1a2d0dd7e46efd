package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SproCurveTest {

  private static final double[] RATES = {0, 0, 0.25, 0.25, 1};
  private static final double[] OVERLAPS = {0, 0.5, 0.75, 0.875, 1};

  @Test
  void addsTrapezoids() {
    double area = 0.25 * (0.5 + 0.75) / 2 + 0.75 * (0.875 + 1) / 2;
    assertThat(straight().areaUpTo(1).value()).isCloseTo(area, within(1e-15));
  }

  @Test
  void interpolatesAtTheLimit() {
    double area = 0.125 * (0.5 + 0.625) / 2;
    assertThat(straight().areaUpTo(0.125).value()).isCloseTo(area / 0.125, within(1e-15));
  }

  @Test
  void straightPiecesHaveNoError() {
    assertThat(straight().areaUpTo(0.125).errorBound()).isZero();
  }

  @Test
  void theBoundReachesTheSteepestCurvesThroughThePoints() {
    // Through (0, 0.5) and (0.25, 0.75), at once up or at last up.
    SproCurve coarse = curve(new boolean[] {true, true, false, true, false});
    for (double limit : new double[] {0.05, 0.125, 0.25}) {
      AreaUnderCurve area = coarse.areaUpTo(limit);
      assertThat(area.value() + area.errorBound()).isCloseTo(0.75, within(1e-15));
      assertThat(area.value() - area.errorBound()).isLessThanOrEqualTo(0.5 + 1e-15);
    }
  }

  @Test
  void refusesALimitOutOfRange() {
    assertThatThrownBy(() -> straight().areaUpTo(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot integrate up to a false positive rate of 0.0: it must lie in (0, 1].");
  }

  private static SproCurve straight() {
    return curve(new boolean[] {true, true, true, true, true});
  }

  private static SproCurve curve(boolean[] straight) {
    List<SproCurve.Point> points = new ArrayList<>();
    for (int i = 0; i < RATES.length; i++) {
      points.add(new SproCurve.Point(-i, RATES[i], OVERLAPS[i], straight[i]));
    }
    return new SproCurve(points);
  }
}
