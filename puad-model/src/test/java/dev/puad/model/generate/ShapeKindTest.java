package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShapeKindTest {

  private static final double RADIUS = 20;

  @Test
  void everyKindIsPicked() {
    Dice dice = new Dice(1, 0);
    Set<ShapeKind> picked = EnumSet.noneOf(ShapeKind.class);
    for (int i = 0; i < 300; i++) {
      picked.add(dice.pick(ShapeKind.ALL));
    }

    assertThat(picked).containsExactlyInAnyOrder(ShapeKind.values());
  }

  @ParameterizedTest
  @EnumSource(ShapeKind.class)
  void shapesLieWithinTheirBoxes(ShapeKind kind) {
    for (int index = 0; index < 20; index++) {
      Shape shape = draw(kind, index);
      int inside = 0;
      for (int y = -100; y <= 100; y++) {
        for (int x = -100; x <= 100; x++) {
          if (shape.distance(x, y) < -0.1) {
            inside++;
            assertThat(Math.abs(x)).isLessThanOrEqualTo((int) Math.ceil(shape.across()));
            assertThat(Math.abs(y)).isLessThanOrEqualTo((int) Math.ceil(shape.down()));
          }
        }
      }
      assertThat(inside).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ShapeKind.class,
      names = {"ELLIPSE", "PEBBLE"},
      mode = EnumSource.Mode.EXCLUDE)
  void distancesChangeByNoMoreThanTheWay(ShapeKind kind) {
    for (int index = 0; index < 20; index++) {
      Shape shape = draw(kind, index);
      for (double x = -40; x < 40; x += 0.7) {
        double change = shape.distance(x + 0.3, 3.1) - shape.distance(x, 2.7);

        assertThat(Math.abs(change)).isLessThanOrEqualTo(0.5 + 1e-9);
      }
    }
  }

  @Test
  void aPolygonOfFourCornersIsASquare() {
    Shape polygon = Polygon.regular(4, RADIUS);
    double half = RADIUS / Math.sqrt(2);
    Shape square = new Bar(half, half, 0);
    double turned = Math.sqrt(0.5);
    for (double x = -30; x < 30; x += 1.3) {
      for (double y = -30; y < 30; y += 1.3) {
        assertThat(polygon.distance(x, y))
            .isCloseTo(square.distance(turned * (x + y), turned * (y - x)), within(1e-9));
      }
    }
  }

  @Test
  void halfACircleAsAnArcIsHalfARing() {
    Shape arc = Arc.of(Math.PI * RADIUS, 0.5, 2);

    assertThat(arc.distance(RADIUS / 2, 0)).isCloseTo(-2, within(0.1));
    assertThat(arc.distance(-RADIUS / 2, RADIUS)).isCloseTo(-2, within(0.1));
    assertThat(arc.distance(-RADIUS / 2, -RADIUS)).isCloseTo(-2, within(0.1));
    assertThat(arc.distance(-RADIUS / 2, 0)).isCloseTo(RADIUS - 2, within(0.1));
  }

  private static Shape draw(ShapeKind kind, int index) {
    return kind.draw(Setting.draw(64, new Dice(5, index)), RADIUS);
  }
}
