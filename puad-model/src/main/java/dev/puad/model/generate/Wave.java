package dev.puad.model.generate;

/** Periodic functions of turns, from plain arithmetic. */
final class Wave {

  private Wave() {}

  /** sin(2π turns) within 0.002: two parabolas, and a fifth of their squares. */
  static double sine(double turns) {
    double phase = turns - Math.floor(turns) - 0.5;
    double parabola = 16 * phase * (Math.abs(phase) - 0.5);
    return parabola * (0.775 + 0.225 * Math.abs(parabola));
  }

  static double clamp(double value, double least, double most) {
    return Math.min(most, Math.max(least, value));
  }
}
