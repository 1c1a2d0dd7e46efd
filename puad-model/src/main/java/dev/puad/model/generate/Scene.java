package dev.puad.model.generate;

import java.util.List;

/** What an image shows. */
enum Scene {
  /** Dead leaves everywhere. */
  LEAVES {
    @Override
    void draw(Canvas canvas, Setting setting) {
      Dice dice = setting.dice();
      canvas.fill(Paint.draw(setting, dice.scaled(0.1, 0.8)));
      DeadLeaves.fall(canvas, setting, dice.scaled(0.3, 2));
    }
  },
  /** Few objects on an even ground, as on a conveyor or under an inspection camera. */
  PARTS {
    @Override
    void draw(Canvas canvas, Setting setting) {
      Dice dice = setting.dice();
      canvas.fill(ground(setting));
      int kinds = dice.count(1, 3);
      for (int kind = 0; kind < kinds; kind++) {
        int copies = dice.chance(0.5) ? 1 : (int) dice.scaled(1, 12);
        double share = dice.between(0.15, 0.5) / Math.sqrt(copies + kinds - 1);
        Part part = Part.draw(setting, setting.side() * share);
        for (int copy = 0; copy < copies; copy++) {
          part.place(canvas, setting.place(), setting.place(), dice.between(0, 1));
        }
      }
    }
  },
  /** One material close up. */
  SURFACE {
    @Override
    void draw(Canvas canvas, Setting setting) {
      canvas.fill(Paint.draw(setting, setting.dice().scaled(0.04, 0.8)));
    }
  },
  /** Lines beside and over each other. */
  STROKES {
    @Override
    void draw(Canvas canvas, Setting setting) {
      Dice dice = setting.dice();
      canvas.fill(Paint.draw(setting, dice.scaled(0.04, 0.6)));
      for (int layers = dice.count(1, 3); layers > 0; layers--) {
        Strokes.draw(canvas, setting, dice.scaled(0.1, 1.2));
      }
      if (dice.chance(0.3)) {
        defocus(canvas, setting);
        DeadLeaves.fall(canvas, setting, dice.scaled(0.05, 0.5));
      }
    }
  },
  /** The same part in rows, well aligned or not. */
  PATTERN {
    @Override
    void draw(Canvas canvas, Setting setting) {
      Dice dice = setting.dice();
      canvas.fill(ground(setting));
      double spacing = setting.side() / dice.scaled(2, 14);
      Part part = Part.draw(setting, spacing * dice.between(0.25, 0.6));
      Frame grid = Frame.placed(0, 0, dice.chance(0.5) ? 0 : dice.between(0, 1));
      double stray = dice.chance(0.5) ? 0 : spacing * dice.between(0, 0.2);
      double turns = dice.between(0, 1);
      double turning = dice.chance(0.6) ? 0 : dice.between(0, 0.5);
      double shift = dice.chance(0.5) ? 0 : 0.5;
      int reach = (int) Math.ceil(1.5 * setting.side() / spacing);
      for (int row = -reach; row <= reach; row++) {
        for (int column = -reach; column <= reach; column++) {
          double u = spacing * (column + shift * (row & 1));
          double v = spacing * row;
          part.place(
              canvas,
              grid.across(u, v) + stray * dice.bell(),
              grid.down(u, v) + stray * dice.bell(),
              turns + turning * dice.bell());
        }
      }
    }
  },
  /** A few large regions of different materials, as sky, wall and street, and things among them. */
  REGIONS {
    @Override
    void draw(Canvas canvas, Setting setting) {
      Dice dice = setting.dice();
      canvas.fill(Paint.draw(setting, dice.scaled(0.04, 0.6)));
      for (int regions = dice.count(1, 5); regions > 0; regions--) {
        double radius = setting.side() * dice.between(0.3, 0.9);
        ShapeKind kind =
            dice.pick(List.of(ShapeKind.RECTANGLE, ShapeKind.PEBBLE, ShapeKind.UNEVEN));
        Leaf.at(
                setting.place(),
                setting.place(),
                dice.chance(0.5) ? 0 : dice.between(0, 1),
                kind.draw(setting, radius),
                Paint.draw(setting, dice.scaled(0.04, 0.6)),
                Edge.draw(setting, radius / 8, 0.2))
            .lit(Relief.draw(setting, radius))
            .draw(canvas);
      }
      if (dice.chance(0.4)) {
        Strokes.draw(canvas, setting, dice.scaled(0.05, 0.6));
      }
      defocus(canvas, setting);
      if (dice.chance(0.5)) {
        Part part = Part.draw(setting, setting.side() * dice.between(0.15, 0.5));
        part.place(canvas, setting.place(), setting.place(), dice.between(0, 1));
      }
      DeadLeaves.fall(canvas, setting, dice.scaled(0.03, 0.6));
    }
  };

  /** Each as often as its name is written. */
  private static final List<Scene> SHARES =
      List.of(
          LEAVES, LEAVES, PARTS, PARTS, PARTS, PARTS, SURFACE, SURFACE, PATTERN, REGIONS, REGIONS,
          REGIONS, REGIONS, STROKES, STROKES);

  static Scene any(Dice dice) {
    return dice.pick(SHARES);
  }

  /** Covers the whole canvas. */
  abstract void draw(Canvas canvas, Setting setting);

  /** How often the picture is exposed for a full range; an even ground is often left as it is. */
  double levelled() {
    return this == PARTS || this == PATTERN ? 0.6 : 0.95;
  }

  /** What is far behind is often out of focus. */
  private static void defocus(Canvas canvas, Setting setting) {
    Dice dice = setting.dice();
    if (dice.chance(0.4)) {
      int radius = (int) dice.scaled(1, 9);
      for (float[] plane : canvas.planes()) {
        BoxBlur.blur(plane, canvas.side(), radius, 1);
      }
    }
  }

  /** White, black or a colour, with hardly any texture. */
  private static Paint ground(Setting setting) {
    Dice dice = setting.dice();
    double luma =
        dice.chance(0.4)
            ? dice.between(0.8, 1)
            : dice.chance(0.4) ? dice.between(0.01, 0.15) : dice.between(0.1, 0.9);
    Colour colour = dice.chance(0.5) ? Colour.grey(luma) : setting.palette().shade(dice, luma);
    return dice.chance(0.3)
        ? Paint.plain(colour)
        : Paint.textured(colour, TextureKind.any(setting), setting, dice.scaled(0.01, 0.15));
  }
}
