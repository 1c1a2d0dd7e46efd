package dev.puad.model.dataset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.DefectType.Saturation;
import dev.puad.model.image.PngEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Writes the black-circle toy set (LOCO paper, Appendix A) as a category in LOCO's layout.
 *
 * <p>Each image has a random stream of its own, derived from the seed, its folder and its index. So
 * the same seed gives the same bytes, and asking for more images leaves the others as they were.
 */
public final class ToyDataset {

  /** The category's name and folder. */
  public static final String CATEGORY = "black_circle";

  /** Enough to see every station of the pipeline work within minutes. */
  public static final SplitCounts DEFAULT_COUNTS = new SplitCounts(200, 50, 60, 60, 60);

  /** The width and height of the paper's images. */
  public static final int DEFAULT_SIZE = 256;

  private static final String PARTIAL = "." + CATEGORY + ".partial";

  /** How LOCO's files are spelled: each value in a mask stands for one of these. */
  static final List<DefectType> DEFECTS =
      List.of(
          new DefectType(
              "additional_circle",
              BlackCircle.SECOND_CIRCLE,
              Saturation.ABSOLUTE,
              Disc.area(BlackCircle.RADIUS)),
          new DefectType("color", BlackCircle.COLOURED_REGION, Saturation.RELATIVE, 1));

  private ToyDataset() {}

  /**
   * Writes {@code out/black_circle}. The folder appears under its name only when it is complete.
   *
   * @param counts images in each part
   * @param size width and height in pixels, at least 96
   * @return the category's folder
   * @throws BadInputException if the size is too small or the folder already holds something
   */
  public static Path write(Path out, SplitCounts counts, int size, long seed) throws IOException {
    if (size < BlackCircle.SMALLEST_SIZE) {
      throw new BadInputException(
          "Cannot draw images of size %d: two circles need %d pixels. Choose a larger size."
              .formatted(size, BlackCircle.SMALLEST_SIZE));
    }
    Path category = out.resolve(CATEGORY);
    if (Files.exists(category) && !isEmptyDirectory(category)) {
      throw new BadInputException(
          "Cannot write %s: it already exists. Remove it or choose another folder."
              .formatted(category));
    }
    Path partial = out.resolve(PARTIAL);
    deleteRecursively(partial);
    Files.createDirectories(partial);
    Files.write(partial.resolve(CategoryLayout.DEFECTS_CONFIG), defectsConfig());
    writeImages(partial, "train/good", AnomalyKind.GOOD, counts.train(), size, seed);
    writeImages(partial, "validation/good", AnomalyKind.GOOD, counts.validation(), size, seed);
    writeImages(partial, "test/good", AnomalyKind.GOOD, counts.good(), size, seed);
    writeImages(
        partial,
        "test/structural_anomalies",
        AnomalyKind.STRUCTURAL,
        counts.structural(),
        size,
        seed);
    writeImages(
        partial, "test/logical_anomalies", AnomalyKind.LOGICAL, counts.logical(), size, seed);
    Files.deleteIfExists(category);
    return Files.move(partial, category);
  }

  private static void writeImages(
      Path category, String folder, AnomalyKind kind, int count, int size, long seed)
      throws IOException {
    Path images = Files.createDirectories(category.resolve(folder));
    Path truths = category.resolve("ground_truth").resolve(images.getFileName());
    for (int index = 0; index < count; index++) {
      String id = "%03d".formatted(index);
      BlackCircle drawn = BlackCircle.draw(kind, size, new Random(stream(seed, folder, index)));
      Files.write(images.resolve(id + ".png"), PngEncoder.encode(drawn.image()));
      if (kind != AnomalyKind.GOOD) {
        Path truth = Files.createDirectories(truths.resolve(id));
        Files.write(truth.resolve("000.png"), PngEncoder.encode(drawn.groundTruth()));
      }
    }
  }

  /** A seed for one image; java.util.Random and String.hashCode are specified to the bit. */
  private static long stream(long seed, String folder, int index) {
    return mix(mix(mix(seed) + folder.hashCode()) + index);
  }

  /** Spreads neighbouring numbers over all 64 bits (the finaliser of SplitMix64). */
  private static long mix(long number) {
    long mixed = number + 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  private static byte[] defectsConfig() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ArrayNode entries = json.createArrayNode();
    for (DefectType defect : DEFECTS) {
      boolean relative = defect.saturation() == Saturation.RELATIVE;
      entries
          .addObject()
          .put("defect_name", defect.name())
          .put("pixel_value", defect.pixelValue())
          .put("saturation_threshold", defect.threshold())
          .put("relative_saturation", relative);
    }
    return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(entries);
  }

  private static boolean isEmptyDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> children = Files.list(path)) {
      return children.findAny().isEmpty();
    }
  }

  private static void deleteRecursively(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : deepestFirst) {
      Files.delete(each);
    }
  }
}
