package dev.puad.model.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * Leaves falling over each other, their radii r as frequent as r^-3: the dead leaves model, whose
 * edges, occlusions and scale invariance are those of photographs (Ruderman 1997; Lee, Mumford and
 * Huang, "Occlusion Models for Natural Images", 2001).
 */
final class DeadLeaves {

  /** Smaller leaves are of one colour: no texture would be seen. */
  private static final double LEAST_TEXTURED = 5;

  private static final int MOST_LEAVES = 2000;

  private DeadLeaves() {}

  /**
   * Lets leaves fall.
   *
   * @param cover the leaves' areas together, in areas of the image
   */
  static void fall(Canvas canvas, Setting setting, double cover) {
    Dice dice = setting.dice();
    List<ShapeKind> kinds = kinds(dice);
    double least = dice.scaled(1.5, 8);
    double most = Math.max(least, setting.side() * dice.between(0.1, 0.5));
    double textured = dice.between(0, 1);
    double shadowed = dice.chance(0.3) ? dice.between(0, 0.6) : 0;
    double area = cover * setting.side() * setting.side();
    for (int i = 0; i < MOST_LEAVES && area > 0; i++) {
      double radius = radius(least, most, dice);
      area -= 2 * radius * radius;
      Shape shape = dice.pick(kinds).draw(setting, radius);
      boolean plain = radius < LEAST_TEXTURED || !dice.chance(textured);
      Paint paint =
          plain
              ? Paint.plain(setting.palette().colour(dice))
              : Paint.draw(setting, dice.scaled(0.04, 0.5));
      Leaf.at(
              setting.place(),
              setting.place(),
              dice.between(0, 1),
              shape,
              paint,
              Edge.draw(setting, radius, shadowed))
          .lit(Relief.draw(setting, radius))
          .draw(canvas);
    }
  }

  /** A radius whose density falls as its cube between the two: in all octaves the same area. */
  static double radius(double least, double most, Dice dice) {
    double ratio = least / most;
    return least / Math.sqrt(1 - dice.between(0, 1) * (1 - ratio * ratio));
  }

  private static List<ShapeKind> kinds(Dice dice) {
    if (dice.chance(0.25)) {
      return ShapeKind.ALL;
    }
    List<ShapeKind> kinds = new ArrayList<>();
    int count = dice.count(1, 3);
    for (int i = 0; i < count; i++) {
      kinds.add(dice.pick(ShapeKind.ALL));
    }
    return kinds;
  }
}
