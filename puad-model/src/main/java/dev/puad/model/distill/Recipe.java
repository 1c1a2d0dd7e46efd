package dev.puad.model.distill;

import dev.puad.model.network.Architecture;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How a teacher is distilled unless a user says otherwise. */
public enum Recipe {

  /**
   * The official one (EfficientAD appendix): pooled patches of the backbone's features, whole
   * images, PyTorch's default weights, one rate.
   */
  PAPER(1e-4, 1e-5, 16, 60_000, 0, 10_000),

  /**
   * For minutes: every feature of the backbone, projected to the teacher's channels by a random
   * orthogonal matrix; parts of images at several scales, flipped; no padding; weights that draw
   * unit variance, and a rate that falls.
   */
  FAST(1e-3, 0, 8, 2000, 2048, 512);

  private static final double LARGEST_CROP = 2.25;

  private final double learningRate;
  private final double l2;
  private final int batchSize;
  private final int steps;
  private final int parts;
  private final int statisticsImages;

  Recipe(
      double learningRate, double l2, int batchSize, int steps, int parts, int statisticsImages) {
    this.learningRate = learningRate;
    this.l2 = l2;
    this.batchSize = batchSize;
    this.steps = steps;
    this.parts = parts;
    this.statisticsImages = statisticsImages;
  }

  /** The recipe that a user names. */
  public static Recipe named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** What users call them. */
  public static List<String> names() {
    return Arrays.stream(values()).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }

  /** An architecture's own. */
  public static Recipe of(Architecture architecture) {
    return architecture.name().equals(Architecture.TINY.name()) ? FAST : PAPER;
  }

  /** Adam's first learning rate. */
  public double learningRate() {
    return learningRate;
  }

  /** The weight decay added to every gradient. */
  public double l2() {
    return l2;
  }

  /** Images a minibatch. */
  public int batchSize() {
    return batchSize;
  }

  /** Minibatches over all workers. */
  public int steps() {
    return steps;
  }

  /**
   * How many parts of images are seen, again and again, so that a backbone has to describe each but
   * once; 0 for every image there is, whole.
   */
  public int parts() {
    return parts;
  }

  /** How many images the backbone's mean and deviation are taken over, where there are so many. */
  public int statisticsImages() {
    return statisticsImages;
  }

  /**
   * The part of an image that a step sees.
   *
   * @param imageSize the side of the teacher's input, in pixels
   */
  public Crop crop(int imageSize) {
    return switch (this) {
      case PAPER -> Crop.WHOLE;
      case FAST -> new Crop(imageSize, (int) (LARGEST_CROP * imageSize));
    };
  }

  /** Whether the backbone's features are projected to the teacher's channels, or pooled to them. */
  public boolean projects() {
    return this == FAST;
  }

  /** Where a teacher draws while it learns. */
  public TargetGrid grid(int imageSize, int backboneSize) {
    return switch (this) {
      case PAPER -> TargetGrid.padded(imageSize, backboneSize);
      case FAST -> TargetGrid.unpadded(imageSize, backboneSize);
    };
  }

  /**
   * What is taken of the backbone.
   *
   * @param centres as of {@link StackedFeatures}
   * @param channels of the teacher
   */
  public BackboneFeatures features(TargetGrid grid, List<Double> centres, int channels) {
    return switch (this) {
      case PAPER -> new PatchFeatures(grid, centres, channels);
      case FAST -> new StackedFeatures(grid, centres);
    };
  }
}
