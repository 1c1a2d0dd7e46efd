package dev.puad.model.generate;

/**
 * A colour with a texture: middle + t along + u across, where t and u are values of two textures.
 *
 * @param along what the texture does to the colour, mostly its lightness
 * @param across what the tint does, mostly its hue
 */
record Paint(Colour middle, Texture texture, Colour along, Texture tint, Colour across) {

  static Paint plain(Colour colour) {
    return new Paint(colour, Plain.PLAIN, Colour.NONE, Plain.PLAIN, Colour.NONE);
  }

  /** A colour varied by a texture of a contrast drawn from faint to strong. */
  static Paint textured(Colour colour, Texture texture, Setting setting, double contrast) {
    Dice dice = setting.dice();
    Colour along;
    if (dice.chance(0.3)) {
      along = setting.palette().colour(dice).minus(colour).times(Math.min(1, 2 * contrast));
    } else {
      along = Colour.grey(0.15).plus(colour).times(contrast);
    }
    if (dice.chance(0.6)) {
      return new Paint(colour, texture, along, Plain.PLAIN, Colour.NONE);
    }
    Texture tint = TextureKind.NOISE.draw(setting);
    Colour across = setting.palette().tint(dice).times(colour.luma() * dice.between(0.1, 0.7));
    return new Paint(colour, texture, along, tint, across);
  }

  /** Any texture. */
  static Paint draw(Setting setting, double contrast) {
    Dice dice = setting.dice();
    return textured(setting.palette().colour(dice), TextureKind.any(setting), setting, contrast);
  }

  /** Covers a pixel, the textures seen at (x, y), under so much light. */
  void lay(Canvas canvas, int pixel, double x, double y, double light, double cover) {
    double t = texture.at(x, y);
    double u = tint.at(x, y);
    canvas.blend(
        pixel,
        light * (middle.red() + t * along.red() + u * across.red()),
        light * (middle.green() + t * along.green() + u * across.green()),
        light * (middle.blue() + t * along.blue() + u * across.blue()),
        cover);
  }
}
