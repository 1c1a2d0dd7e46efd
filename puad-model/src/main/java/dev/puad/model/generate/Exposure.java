package dev.puad.model.generate;

import dev.puad.model.image.RgbImage;

/** What a camera makes of a scene: uneven light, blur, exposure, gamma and noise. */
final class Exposure {

  private static final int STEPS = 4096;

  private static final double MOST_GAIN = 6;

  /** Faint textures are made visible without making their colours garish. */
  private static final double MOST_COLOUR_GAIN = 1.7;

  private Exposure() {}

  static RgbImage expose(Canvas canvas, Setting setting, double levelled) {
    Dice dice = setting.dice();
    if (dice.chance(0.4)) {
      light(canvas, setting);
    }
    if (dice.chance(levelled)) {
      level(canvas, dice);
    }
    if (dice.chance(0.35)) {
      double share = dice.between(0.2, 1);
      for (float[] plane : canvas.planes()) {
        BoxBlur.blur(plane, canvas.side(), 1, share);
      }
    }
    float[] curve = curve(dice);
    double noise = dice.chance(0.5) ? 255 * dice.scaled(0.003, 0.05) : 0;
    return develop(canvas, curve, noise, dice);
  }

  /** A lamp at one side, and a lens darker to its corners. */
  private static void light(Canvas canvas, Setting setting) {
    Dice dice = setting.dice();
    int side = canvas.side();
    double slope = dice.between(0, 0.8) / side;
    double corners = dice.between(0, 0.5) * 2 / ((double) side * side);
    double middle = (side - 1) / 2.0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double u = x - middle;
        double v = y - middle;
        double factor = 1 + slope * setting.sun().at(u, v) - corners * (u * u + v * v);
        canvas.light(y * side + x, Math.max(0.05, factor));
      }
    }
  }

  /** As photographers expose: a mean of middle grey, a contrast that fills the range. */
  private static void level(Canvas canvas, Dice dice) {
    float[][] planes = canvas.planes();
    double sum = 0;
    double squares = 0;
    int count = planes[0].length;
    for (int i = 0; i < count; i++) {
      double luma = luma(planes, i);
      sum += luma;
      squares += luma * luma;
    }
    double mean = sum / count;
    double deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
    double target = dice.between(0.3, 0.6);
    double gain = Math.min(MOST_GAIN, dice.between(0.17, 0.42) / (deviation + 0.001));
    double colour = Math.min(gain, MOST_COLOUR_GAIN);
    for (int i = 0; i < count; i++) {
      double luma = luma(planes, i);
      double levelled = target + gain * (luma - mean);
      for (float[] plane : planes) {
        plane[i] = (float) (levelled + colour * (plane[i] - luma));
      }
    }
  }

  private static double luma(float[][] planes, int pixel) {
    return new Colour(planes[0][pixel], planes[1][pixel], planes[2][pixel]).luma();
  }

  /** Byte values of light from 0 to 1, before rounding. */
  private static float[] curve(Dice dice) {
    double gamma = dice.scaled(0.5, 1.5);
    double black = dice.chance(0.5) ? 0 : dice.between(0, 0.2);
    double white = dice.chance(0.5) ? 1 : dice.between(0.7, 1);
    float[] curve = new float[STEPS + 1];
    for (int i = 0; i <= STEPS; i++) {
      double value = StrictMath.pow((double) i / STEPS, gamma);
      curve[i] = (float) (255 * (black + (white - black) * value));
    }
    return curve;
  }

  private static RgbImage develop(Canvas canvas, float[] curve, double noise, Dice dice) {
    byte[] pixels = new byte[canvas.side() * canvas.side() * RgbImage.CHANNELS];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      float[] plane = canvas.planes()[channel];
      for (int i = 0; i < plane.length; i++) {
        double value = curve[(int) (STEPS * Wave.clamp(plane[i], 0, 1) + 0.5)];
        if (noise > 0) {
          value += noise * dice.bell();
        }
        pixels[i * RgbImage.CHANNELS + channel] = (byte) (int) (Wave.clamp(value, 0, 255) + 0.5);
      }
    }
    return new RgbImage(canvas.side(), canvas.side(), pixels);
  }
}
