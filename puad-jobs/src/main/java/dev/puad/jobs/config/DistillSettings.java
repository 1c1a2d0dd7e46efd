package dev.puad.jobs.config;

import dev.puad.model.distill.PixelScaling;
import dev.puad.model.distill.Recipe;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.Architecture;
import java.util.List;

/**
 * How a teacher is distilled.
 *
 * @param network small, medium or tiny
 * @param recipe paper or fast; empty for the network's own
 * @param imageSize the side of the teacher's input in pixels; 0 for the network's own
 * @param backboneOutputs names of the backbone's outputs to learn; all of them where none is named
 * @param backboneSize the side of the backbone's input in pixels; 0 for twice the teacher's
 * @param backboneCentres the pixel on which each output's first cell is centred; none where cells
 *     tile the image
 * @param pixelScaling as {@link PixelScaling#parse} reads it
 * @param steps minibatches over all workers; 0 for the recipe's own
 * @param batchSize images in one minibatch; 0 for the recipe's own
 * @param workers whose parameters are averaged
 * @param averagingFrequency minibatches of each worker between two averagings
 * @param parts how many parts of images are seen, again and again; 0 for the recipe's own
 * @param statisticsImages over which the backbone's mean and deviation are taken; 0 for the
 *     recipe's own
 * @param featureCacheBytes of each JVM, for parts that were seen, and their features
 * @param precision float32 or int8
 * @param checkpointSeconds at least so many seconds between two checkpoints
 * @param licence a note in the teacher's file
 */
public record DistillSettings(
    String network,
    String recipe,
    int imageSize,
    List<String> backboneOutputs,
    int backboneSize,
    List<Double> backboneCentres,
    String pixelScaling,
    int steps,
    int batchSize,
    int workers,
    int averagingFrequency,
    int parts,
    int statisticsImages,
    long featureCacheBytes,
    String precision,
    long checkpointSeconds,
    String licence) {

  /** A padded PDN has a position in every fourth pixel. */
  private static final int SIZE_STEP = 4;

  /** Beyond, the features of one image fill the memory. */
  private static final int LARGEST = 4096;

  public DistillSettings {
    backboneOutputs = List.copyOf(backboneOutputs);
    backboneCentres = List.copyOf(backboneCentres);
    Check.oneOf("distill.network", network, Architecture.names());
    if (!recipe.isEmpty()) {
      Check.oneOf("distill.recipe", recipe, Recipe.names());
    }
    Check.between("distill.image-size", imageSize, 0, LARGEST);
    Check.demand(
        imageSize % SIZE_STEP == 0, "distill.image-size", imageSize, "must be a multiple of 4");
    Check.between("distill.backbone-size", backboneSize, 0, LARGEST);
    Check.demand(
        PixelScaling.parse(pixelScaling).isPresent(),
        "distill.pixel-scaling",
        pixelScaling,
        "must be %s, or mean and deviation of pixels from 0 to 1 as R,G,B/R,G,B"
            .formatted(String.join(", ", PixelScaling.names())));
    Check.notNegative("distill.steps", steps);
    Check.notNegative("distill.batch-size", batchSize);
    Check.positive("distill.workers", workers);
    Check.positive("distill.averaging-frequency", averagingFrequency);
    Check.notNegative("distill.parts", parts);
    Check.notNegative("distill.statistics-images", statisticsImages);
    Check.notNegative("distill.feature-cache-bytes", featureCacheBytes);
    Check.oneOf("distill.precision", precision, TeacherFile.Precision.names());
    Check.notNegative("distill.checkpoint-seconds", checkpointSeconds);
  }
}
