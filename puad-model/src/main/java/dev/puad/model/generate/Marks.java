package dev.puad.model.generate;

import java.util.List;

/**
 * What happens to surfaces: scratches, cracks, pits, inclusions and stains, darker or brighter than
 * their ground, from hardly visible to stark.
 */
final class Marks {

  private enum Kind {
    SCRATCHES,
    CRACKS,
    PITS,
    STAINS;

    private static final List<Kind> ALL = List.of(values());
  }

  private static final int MOST = 14;

  /** By how much of a turn lines may turn with each step. */
  private static final double STRAIGHT = 0.02;

  private static final double WANDERING = 0.15;

  private Marks() {}

  /** Adds some marks of one or two kinds. */
  static void add(Canvas canvas, Setting setting) {
    Dice dice = setting.dice();
    for (int kinds = dice.count(1, 2); kinds > 0; kinds--) {
      int count = (int) dice.scaled(1, MOST + 1);
      Kind kind = dice.pick(Kind.ALL);
      Paint paint = Paint.plain(setting.palette().colour(dice));
      for (int i = 0; i < count; i++) {
        double strength = dice.between(0.15, 1);
        switch (kind) {
          case SCRATCHES -> line(canvas, setting, paint, strength, STRAIGHT);
          case CRACKS -> line(canvas, setting, paint, strength, WANDERING);
          case PITS -> pits(canvas, setting, paint, strength);
          case STAINS -> stain(canvas, setting, strength);
        }
      }
    }
  }

  /** A line that wanders by a share of a turn with each step: a scratch, a hair or a crack. */
  private static void line(
      Canvas canvas, Setting setting, Paint paint, double strength, double wander) {
    Dice dice = setting.dice();
    double x = setting.place();
    double y = setting.place();
    double turns = dice.between(0, 1);
    double bend = dice.between(-0.5, 0.5) * wander;
    double width = dice.scaled(0.6, 2.5);
    double step = setting.side() * dice.scaled(0.02, 0.08);
    for (int steps = dice.count(2, 20); steps > 0; steps--) {
      double half = step / 2;
      double alongX = half * Wave.sine(turns + 0.25);
      double alongY = half * Wave.sine(turns);
      Shape bar = new Bar(half + width / 2, width / 2, width / 2);
      Edge edge = new Edge(1.2, 0, Colour.NONE, 0, strength);
      Leaf.at(x + alongX, y + alongY, turns, bar, paint, edge).draw(canvas);
      x += 2 * alongX;
      y += 2 * alongY;
      turns += bend + wander * dice.bell() / 2;
      width = Math.max(0.5, width * dice.between(0.85, 1.15));
    }
  }

  private static void pits(Canvas canvas, Setting setting, Paint paint, double strength) {
    Dice dice = setting.dice();
    double x = setting.place();
    double y = setting.place();
    double spread = setting.side() * dice.scaled(0.02, 0.3);
    for (int count = dice.count(1, 8); count > 0; count--) {
      double radius = dice.scaled(0.8, 6);
      Edge edge = new Edge(dice.between(1, 1 + radius), 0, Colour.NONE, 0, strength);
      Shape shape = new Ellipse(radius, radius * dice.between(0.4, 1));
      double right = spread * dice.bell();
      double down = spread * dice.bell();
      Leaf.at(x + right, y + down, dice.between(0, 1), shape, paint, edge).draw(canvas);
    }
  }

  private static void stain(Canvas canvas, Setting setting, double strength) {
    Dice dice = setting.dice();
    double radius = setting.side() * dice.scaled(0.02, 0.2);
    Shape shape = ShapeKind.PEBBLE.draw(setting, radius);
    Edge edge = new Edge(dice.scaled(1.2, 2 + radius), 0, Colour.NONE, 0, strength);
    Paint paint = Paint.draw(setting, dice.scaled(0.05, 0.5));
    Leaf.at(setting.place(), setting.place(), dice.between(0, 1), shape, paint, edge).draw(canvas);
  }
}
