package dev.puad.jobs.distill;

import dev.puad.jobs.train.NaturalImages;
import dev.puad.model.Sha256;
import dev.puad.model.distill.Recipe;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.network.Architecture;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How to distil.
 *
 * @param architecture the teacher's
 * @param recipe what is learned, and how
 * @param backbone from whom
 * @param images on what
 * @param limits what image files may be
 * @param imageSize the side of the teacher's input, in pixels: a multiple of 4
 * @param steps minibatches over all workers
 * @param batchSize images a minibatch
 * @param workers whose parameters are averaged
 * @param averagingFrequency minibatches of each worker between two averagings
 * @param parts how many parts of images are seen, again and again
 * @param statisticsImages how many images the backbone's mean and deviation are taken over, where
 *     there are so many
 * @param cacheBytes of each JVM, for parts that were seen, and their features
 * @param seed of every random choice
 */
public record DistillPlan(
    Architecture architecture,
    Recipe recipe,
    BackboneChoice backbone,
    NaturalImages images,
    DecodeLimits limits,
    int imageSize,
    int steps,
    int batchSize,
    int workers,
    int averagingFrequency,
    int parts,
    int statisticsImages,
    long cacheBytes,
    long seed) {

  /** How many different images the steps see. */
  public long imageCount() {
    long seen = Math.min(parts, (long) steps * batchSize);
    return images.isGenerated() ? seen : Math.min(seen, images.images().size());
  }

  /** Whether it is of use to keep what was seen. */
  boolean seesPartsAgain() {
    return (long) steps * batchSize > parts;
  }

  /** All that decides the teacher, by name; no path is among it. It reads the whole backbone. */
  Map<String, String> description() {
    Map<String, String> description = new LinkedHashMap<>();
    description.put("network", architecture.name());
    description.put("recipe", recipe.name().toLowerCase(Locale.ROOT));
    description.put("image-size", Integer.toString(imageSize));
    description.put("backbone-sha256", Sha256.of(backbone.onnx()));
    description.put("backbone-outputs", String.join(",", backbone.outputs()));
    description.put("backbone-size", Integer.toString(backbone.size()));
    description.put("backbone-centres", backbone.centres().toString());
    description.put("pixel-scaling", backbone.scaling().toString());
    description.put("image-source", images.fingerprint());
    description.put(
        "image-limits", limits.maxPixels() + " pixels, " + limits.maxBytes() + " bytes");
    description.put("learning-rate", Double.toString(recipe.learningRate()));
    description.put("weight-decay", Double.toString(recipe.l2()));
    description.put("steps", Integer.toString(steps));
    description.put("batch-size", Integer.toString(batchSize));
    description.put("workers", Integer.toString(workers));
    description.put("averaging-frequency", Integer.toString(averagingFrequency));
    description.put("parts", Integer.toString(parts));
    description.put("statistics-images", Integer.toString(statisticsImages));
    description.put("seed", Long.toString(seed));
    return description;
  }
}
