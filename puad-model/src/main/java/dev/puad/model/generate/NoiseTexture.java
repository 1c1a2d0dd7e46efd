package dev.puad.model.generate;

/** 1/f^a noise; a frame longer one way than the other makes it brushed, or grained as wood. */
record NoiseTexture(PinkNoise noise, Frame frame) implements Texture {

  /** Two deviations become 1. */
  private static final double SCALE = 0.5;

  @Override
  public double at(double x, double y) {
    return SCALE * noise.at(frame.across(x, y), frame.down(x, y));
  }
}
