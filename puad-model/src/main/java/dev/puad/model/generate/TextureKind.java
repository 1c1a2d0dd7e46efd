package dev.puad.model.generate;

import java.util.List;

/** The textures of leaves, grounds and whole images. */
enum TextureKind {
  NOISE,
  BRUSHED,
  PATCHES,
  VEINS,
  GRATING,
  PLAID,
  RINGS,
  MARBLE,
  CELLS,
  LEATHER,
  MOTIF,
  SPECKLES,
  UNEVEN;

  private static final List<TextureKind> ALL = List.of(values());

  /** Noise most often: most of the surfaces of photographs have no more order than that. */
  private static final double NOISE_SHARE = 0.25;

  static Texture any(Setting setting) {
    return anyKind(setting.dice()).draw(setting);
  }

  static TextureKind anyKind(Dice dice) {
    return dice.chance(NOISE_SHARE) ? NOISE : dice.pick(ALL);
  }

  Texture draw(Setting setting) {
    Dice dice = setting.dice();
    return switch (this) {
      case NOISE -> noise(setting, 1);
      case BRUSHED -> noise(setting, dice.scaled(3, 30));
      case PATCHES -> new Patches(noise(setting, 1), dice.between(-0.6, 0.6), dice.scaled(1.5, 20));
      case VEINS -> new Veins(noise(setting, 1), dice.scaled(1, 12));
      case GRATING -> grating(setting);
      case PLAID ->
          dice.chance(0.5)
              ? new Sum(grating(setting), grating(setting), 0.5)
              : new Product(grating(setting), grating(setting));
      case RINGS -> {
        double period = setting.period();
        double stretched = period * dice.scaled(1, 4);
        Frame frame = Frame.placed(setting.place(), setting.place(), dice.between(0, 1));
        yield new Rings(frame.shrunk(period, stretched), dice.scaled(1, 10));
      }
      case MARBLE -> warped(setting, grating(setting));
      case CELLS -> cells(setting);
      case LEATHER -> warped(setting, cells(setting));
      case MOTIF -> motif(setting);
      case SPECKLES -> {
        double grain = dice.scaled(0.8, 3);
        Frame frame = Frame.random(dice, grain, grain);
        yield new Speckles(frame, dice.salt(), dice.chance(0.4) ? 1 : dice.scaled(0.003, 0.5));
      }
      case UNEVEN -> new Product(anyKind(dice).drawPlainly(setting), noise(setting, 1));
    };
  }

  /** Not made of others, so that textures of textures end. */
  private Texture drawPlainly(Setting setting) {
    return this == UNEVEN ? GRATING.draw(setting) : draw(setting);
  }

  private static Texture noise(Setting setting, double stretch) {
    Dice dice = setting.dice();
    double pixels = dice.chance(0.5) ? 1 : dice.scaled(0.6, 3);
    PinkNoise noise = dice.pick(setting.noises());
    return new NoiseTexture(noise, Frame.random(dice, pixels * stretch, pixels));
  }

  private static Texture grating(Setting setting) {
    Dice dice = setting.dice();
    double period = setting.period();
    double sharpness = dice.chance(0.5) ? 1 : dice.scaled(1.5, 12);
    double level = dice.chance(0.6) ? 0 : dice.between(-0.8, 0.8);
    return new Grating(Frame.random(dice, period, period), sharpness, level);
  }

  private static Texture cells(Setting setting) {
    Dice dice = setting.dice();
    double width = setting.period();
    Frame frame = Frame.random(dice, width * dice.scaled(0.5, 2), width);
    Cells.Look look = dice.pick(List.of(Cells.Look.values()));
    return new Cells(frame, setting.points(), dice.chance(0.3) ? dice.between(0, 1) : 1, look);
  }

  private static Texture motif(Setting setting) {
    Dice dice = setting.dice();
    double height = setting.period() + 2;
    double width = height * dice.scaled(0.6, 3);
    double radius = Math.min(width, height) * dice.between(0.25, 0.55);
    Shape shape =
        dice.chance(0.4)
            ? new Bar(width * dice.between(0.3, 0.48), height * dice.between(0.3, 0.48), 0)
            : dice.pick(ShapeKind.ALL).draw(setting, radius);
    double shift = dice.chance(0.5) ? 0.5 : dice.between(0, 1);
    return new Motif(Frame.random(dice, 1, 1), shape, width, height, shift);
  }

  private static Texture warped(Setting setting, Texture texture) {
    Dice dice = setting.dice();
    return new Warped(
        texture, noise(setting, 1), noise(setting, 1), setting.period() * dice.between(0.2, 1.5));
  }
}
