package dev.puad.model.dataset;

import dev.puad.model.BadInputException;
import dev.puad.model.image.Enhancement;
import dev.puad.model.image.Flip;
import dev.puad.model.image.RgbImage;
import dev.puad.model.image.Rotation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * How training images are varied before anything sees them (LOCO paper section 5.1).
 *
 * @param steps which variations are applied, in this order; none leaves images as they are
 */
public record Augmentation(List<Step> steps) implements Serializable {

  /** What training images are varied by. */
  public enum Step {
    /** Top becomes bottom, with probability 1/2. */
    VERTICAL_FLIP,
    /** Left becomes right, with probability 1/2. */
    HORIZONTAL_FLIP,
    /** About the centre, by an angle that is uniform in [-3°, 3°). */
    ROTATION,
    /**
     * Brightness, then contrast, then saturation, each by a factor that is uniform in [0.9, 1.1).
     * The paper gives no strength; this is half of what EfficientAD's own jitter goes to, which is
     * applied after it.
     */
    COLOR_JITTER;

    /** As a user writes it: vertical-flip. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Images as they are: what PUAD trains on. */
  public static final Augmentation NONE = new Augmentation(List.of());

  /** The steps that the LOCO paper takes for the category at hand. */
  public static final String LOCO = "loco";

  private static final String NO_STEP = "none";
  private static final double MOST_DEGREES = 3;
  private static final double JITTER = 0.1;

  public Augmentation {
    steps = steps.stream().sorted().distinct().toList();
  }

  /** Whether a text is {@code none}, {@code loco}, or steps with commas between. */
  public static boolean isKnown(String text) {
    return text.equals(LOCO) || text.equals(NO_STEP) || labels().containsAll(split(text));
  }

  /** What {@link #isKnown} demands, for messages. */
  public static String known() {
    return "none, loco, or some of %s with commas between".formatted(String.join(", ", labels()));
  }

  /**
   * Reads {@code none}, {@code loco}, or steps with commas between.
   *
   * @param category whose steps {@code loco} stands for
   * @throws BadInputException if the text is none of these, or the LOCO paper names no steps for
   *     the category
   */
  public static Augmentation parse(String text, String category) {
    if (!isKnown(text)) {
      throw new BadInputException(
          "Cannot augment images by %s: it is not %s.".formatted(text, known()));
    }
    return switch (text) {
      case NO_STEP -> NONE;
      case LOCO -> LocoAugmentations.of(category);
      default ->
          new Augmentation(
              Arrays.stream(Step.values())
                  .filter(step -> split(text).contains(step.label()))
                  .toList());
    };
  }

  /** Whether images stay as they are. */
  public boolean isNone() {
    return steps.isEmpty();
  }

  /** A varied copy of an image; the same stream varies it in the same way. */
  public RgbImage apply(RgbImage image, RandomGenerator random) {
    RgbImage varied = image;
    for (Step step : steps) {
      varied =
          switch (step) {
            case VERTICAL_FLIP -> random.nextBoolean() ? Flip.vertical(varied) : varied;
            case HORIZONTAL_FLIP -> random.nextBoolean() ? Flip.horizontal(varied) : varied;
            case ROTATION -> Rotation.rotate(varied, MOST_DEGREES * (2 * random.nextDouble() - 1));
            case COLOR_JITTER -> jitter(varied, random);
          };
    }
    return varied;
  }

  private static RgbImage jitter(RgbImage image, RandomGenerator random) {
    RgbImage brighter = Enhancement.brightness(image, factor(random));
    RgbImage contrasted = Enhancement.contrast(brighter, factor(random));
    return Enhancement.saturation(contrasted, factor(random));
  }

  private static float factor(RandomGenerator random) {
    return (float) (1 + JITTER * (2 * random.nextDouble() - 1));
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (Step step : Step.values()) {
      labels.add(step.label());
    }
    return labels;
  }
}
