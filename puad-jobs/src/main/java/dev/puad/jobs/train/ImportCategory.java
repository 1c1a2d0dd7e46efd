package dev.puad.jobs.train;

import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.jobs.table.Lake;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.MapVariant;
import java.util.function.LongConsumer;

/**
 * Makes a bundle of a model that the official code trained, and publishes it in {@code
 * puad.models}. Networks, teacher statistics and map quantiles are those of the model; the
 * Gaussian, the scores' statistics and the threshold are fitted to the category's images.
 */
public final class ImportCategory {

  /** Whose anomaly maps: the model's quantiles are of maps that PUAD's code resized before. */
  public static final MapVariant MAP_VARIANT = MapVariant.PUAD;

  /** An imported model is calibrated as the official code does, however few its images. */
  private static final int NO_CROSS_FITTING = 0;

  private final Lake lake;
  private final Plan plan;
  private final PublishBundle.Target target;

  /**
   * What to import, and how to calibrate it.
   *
   * @param model the model
   * @param falseAlarmRate the share of normal images that may lie above the threshold
   * @param scoring by which graph and where it is calibrated
   */
  public record Plan(OfficialModel model, double falseAlarmRate, ScoringPlan scoring) {}

  public ImportCategory(Lake lake, Plan plan, PublishBundle.Target target) {
    this.lake = lake;
    this.plan = plan;
    this.target = target;
  }

  /**
   * Imports, unless the same model was imported with the same images before.
   *
   * @param rejected hears the number of images that cannot be used, if there are any
   * @throws BadInputException if the images do not suffice
   */
  public PublishBundle.Result importModel(CategoryFolder folder, LongConsumer rejected) {
    OfficialModel model = plan.model();
    return new PublishBundle(lake, target)
        .publish(
            new PublishBundle.Origin(
                folder,
                model.networks().architecture().imageSize(),
                NO_CROSS_FITTING,
                model.fingerprint()),
            images ->
                new PublishBundle.Made(
                    model.networks(),
                    model.network(),
                    0,
                    Calibrating.calibrate(
                        model.networks(),
                        images,
                        new Calibrating.Choices(
                            MAP_VARIANT, plan.falseAlarmRate(), NO_CROSS_FITTING, plan.scoring()),
                        model.scaling())),
            rejected);
  }
}
