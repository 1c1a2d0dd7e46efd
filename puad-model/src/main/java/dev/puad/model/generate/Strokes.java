package dev.puad.model.generate;

/**
 * Many thin lines that follow a common flow: fur, hair, grass, twigs, threads, brushwork. Much of
 * the fine detail of photographs is of that kind.
 */
final class Strokes {

  private static final int MOST = 1000;

  private Strokes() {}

  /**
   * Draws strokes.
   *
   * @param cover the strokes' areas together, in areas of the image
   */
  static void draw(Canvas canvas, Setting setting, double cover) {
    Dice dice = setting.dice();
    double length = Math.max(4, setting.side() * dice.scaled(0.03, 0.4));
    double width = dice.scaled(0.8, Math.max(1, Math.min(8, length / 4)));
    double turns = dice.between(0, 1);
    double flow = dice.between(0, 0.25);
    double scatter = dice.chance(0.3) ? 0.5 : dice.between(0, 0.08);
    double bend = dice.between(0, 0.3);
    double shadow = dice.chance(0.3) ? dice.between(0.1, 0.5) : 0;
    double zoom = dice.between(4, 24) / setting.side();
    Colour base = setting.palette().colour(dice);
    double variety = dice.between(0.1, 0.8);
    double area = cover * setting.side() * setting.side();
    for (int i = 0; i < MOST && area > 0; i++) {
      double x = setting.place();
      double y = setting.place();
      double reach = length * dice.between(0.5, 1.2);
      double wide = width * dice.between(0.6, 1.4);
      area -= reach * wide;
      Colour other = setting.palette().colour(dice).times(variety);
      Colour colour = base.times(1 - variety).plus(other);
      double turn =
          turns + flow * setting.smooth().at(x * zoom, y * zoom) + scatter * dice.bell() / 2;
      Edge edge = new Edge(1.2, 0, Colour.NONE, shadow, 1);
      Shape arc = Arc.of(reach, bend * dice.between(0, 1), wide / 2);
      Leaf.at(x, y, turn, arc, Paint.plain(colour), edge).lit(setting.flat()).draw(canvas);
    }
  }
}
