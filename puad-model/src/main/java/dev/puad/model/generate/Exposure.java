package dev.puad.model.generate;

import dev.puad.model.image.RgbImage;

/** What a camera makes of a scene: uneven light, blur, exposure, gamma and noise. */
final class Exposure {

  private static final int STEPS = 4096;

  private static final double MOST_GAIN = 4;

  private Exposure() {}

  static RgbImage expose(Canvas canvas, Setting setting, double levelled) {
    Dice dice = setting.dice();
    if (dice.chance(0.4)) {
      light(canvas, setting);
    }
    if (dice.chance(levelled)) {
      level(canvas, dice);
    }
    if (dice.chance(0.5)) {
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
      double luma = 0.299 * planes[0][i] + 0.587 * planes[1][i] + 0.114 * planes[2][i];
      sum += luma;
      squares += luma * luma;
    }
    double mean = sum / count;
    double deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
    double target = dice.between(0.3, 0.6);
    double gain = Math.min(MOST_GAIN, dice.between(0.14, 0.38) / (deviation + 0.001));
    for (float[] plane : planes) {
      for (int i = 0; i < count; i++) {
        plane[i] = (float) (target + gain * (plane[i] - mean));
      }
    }
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
        pixels[i * RgbImage.CHANNELS + channel] = (byte) Math.round(Wave.clamp(value, 0, 255));
      }
    }
    return new RgbImage(canvas.side(), canvas.side(), pixels);
  }
}
