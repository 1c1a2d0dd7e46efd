package dev.puad.model.generate;

import java.util.ArrayList;
import java.util.List;

/** A thing made of a few leaves, as screws, tins and biscuits are; may be placed many times. */
final class Part {

  private final List<Piece> pieces;

  private Part(List<Piece> pieces) {
    this.pieces = pieces;
  }

  /** A leaf that waits for the part's place. */
  private record Piece(
      Shape shape, double x, double y, double turns, Paint paint, Relief relief, Edge edge) {}

  /** A part that reaches about so many pixels. */
  static Part draw(Setting setting, double radius) {
    Dice dice = setting.dice();
    List<Piece> pieces = new ArrayList<>();
    boolean straight = dice.chance(0.6);
    double shadowed = dice.between(0, 1);
    pieces.add(piece(setting, radius, 0, 0, 0, shadowed));
    int more = dice.chance(0.35) ? 0 : dice.count(1, 5);
    for (int i = 0; i < more; i++) {
      double turns = straight ? 0.25 * dice.count(0, 3) : dice.between(0, 1);
      double away = dice.chance(0.3) ? 0 : radius * dice.between(0, 0.8);
      double x = straight ? away * dice.count(-1, 1) : away * dice.between(-1, 1);
      double y = straight && x != 0 ? 0 : away * dice.between(-1, 1);
      pieces.add(piece(setting, radius * dice.scaled(0.1, 0.8), x, y, turns, 0.2));
    }
    return new Part(pieces);
  }

  private static Piece piece(
      Setting setting, double radius, double x, double y, double turns, double shadowed) {
    Dice dice = setting.dice();
    Shape shape = dice.pick(ShapeKind.ALL).draw(setting, radius);
    Colour colour = setting.palette().colour(dice);
    Paint paint =
        dice.chance(0.5)
            ? Paint.plain(colour)
            : Paint.textured(colour, TextureKind.any(setting), setting, dice.scaled(0.02, 0.3));
    return new Piece(
        shape,
        x,
        y,
        turns,
        paint,
        Relief.draw(setting, radius),
        Edge.draw(setting, radius / 4, shadowed));
  }

  /** Draws the part about a point. */
  void place(Canvas canvas, double x, double y, double turns) {
    Frame turned = Frame.placed(0, 0, -turns);
    for (Piece piece : pieces) {
      Leaf.at(
              x + turned.across(piece.x, piece.y),
              y + turned.down(piece.x, piece.y),
              turns + piece.turns,
              piece.shape,
              piece.paint,
              piece.edge)
          .lit(piece.relief)
          .draw(canvas);
    }
  }
}
