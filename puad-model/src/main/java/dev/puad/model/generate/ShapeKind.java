package dev.puad.model.generate;

import java.util.List;

/** The outlines of leaves. */
enum ShapeKind {
  DISC,
  ELLIPSE,
  RECTANGLE,
  BAR,
  REGULAR,
  UNEVEN,
  STAR,
  PEBBLE,
  RING,
  CRESCENT,
  LENS,
  ARC;

  static final List<ShapeKind> ALL = List.of(values());

  /** A shape that reaches about so many pixels from its middle. */
  Shape draw(Setting setting, double radius) {
    Dice dice = setting.dice();
    return switch (this) {
      case DISC -> new Ellipse(radius, radius);
      case ELLIPSE -> new Ellipse(radius, radius * dice.between(0.25, 0.95));
      case RECTANGLE -> new Bar(radius, radius * dice.between(0.3, 1), 0);
      case BAR -> {
        double half = radius * dice.scaled(0.05, 0.6);
        yield new Bar(radius, half, half * dice.between(0, 1));
      }
      case REGULAR -> Polygon.regular(dice.count(3, 8), radius);
      case UNEVEN -> Polygon.uneven(dice.count(3, 9), radius, dice);
      case STAR -> Polygon.star(dice.count(4, 9), radius, radius * dice.between(0.35, 0.8));
      case PEBBLE -> {
        Texture noise = new NoiseTexture(setting.smooth(), scaled(dice, radius));
        yield new Ragged(
            new Ellipse(radius * 0.8, radius * dice.between(0.3, 0.8)),
            noise,
            radius * dice.between(0.1, 0.5));
      }
      case RING -> {
        double hole = radius * dice.between(0.4, 0.93);
        yield new Holed(new Ellipse(radius, radius), new Ellipse(hole, hole), 0, 0);
      }
      case CRESCENT -> {
        Shape disc = new Ellipse(radius, radius);
        yield new Holed(disc, disc, radius * dice.between(0.2, 1.2), 0);
      }
      case LENS -> {
        double apart = dice.between(0.3, 0.9);
        double scale = radius / Math.sqrt(1 - apart * apart);
        yield new Lens(scale, apart * scale);
      }
      case ARC ->
          Arc.of(
              2 * radius, dice.between(0.02, 0.5), Math.max(0.5, radius * dice.scaled(0.03, 0.3)));
    };
  }

  /** A frame in which the shape is as wide as a part of the noise's torus. */
  private static Frame scaled(Dice dice, double radius) {
    double pixels = radius / dice.between(12, 40);
    return Frame.random(dice, pixels, pixels);
  }
}
