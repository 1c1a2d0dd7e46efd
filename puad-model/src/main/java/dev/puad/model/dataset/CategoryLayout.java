package dev.puad.model.dataset;

import dev.puad.model.BadInputException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The images of one category by their part in training and evaluation.
 *
 * <p>Two layouts are recognised by their folders:
 *
 * <pre>
 * MVTec LOCO AD                                 MVTec AD
 * train/good/000.png                            train/good/000.png
 * validation/good/000.png
 * test/good/000.png                             test/good/000.png
 * test/structural_anomalies/000.png             test/&lt;defect&gt;/000.png
 * test/logical_anomalies/000.png
 * ground_truth/&lt;kind&gt;/000/000.png, 001.png …    ground_truth/&lt;defect&gt;/000_mask.png
 * </pre>
 *
 * <p>Images end in png, jpg, jpeg or bmp, in any case; hidden files and all others are ignored. All
 * lists are sorted by path. Only {@code train/good} is required; where {@code validation/good} is
 * absent, 15 % of it are held back as official PUAD does. Anomalies of MVTec AD are structural, but
 * for the 37 that the LOCO paper's Table 4 lists.
 *
 * @param category the category's name
 * @param layout which of the two
 * @param train normal images to train on
 * @param validation normal images to calibrate on
 * @param test labelled images
 */
public record CategoryLayout(
    String category,
    Layout layout,
    List<String> train,
    List<String> validation,
    List<TestImage> test) {

  /** Where LOCO keeps its defect types, relative to the category. */
  public static final String DEFECTS_CONFIG = "defects_config.json";

  private static final String ACCEPTED =
      "Arrange it like MVTec LOCO AD (train/good, validation/good, test/good,"
          + " test/structural_anomalies, test/logical_anomalies) or MVTec AD (train/good, test/good,"
          + " test/<defect>).";

  public CategoryLayout {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
  }

  /**
   * Sorts a category's files into their parts.
   *
   * @param relativePaths the files below the category's folder, separated by {@code /}, in any
   *     order
   * @throws BadInputException if there is nothing to train or to calibrate on, or a test folder of
   *     a LOCO category is not known
   */
  public static CategoryLayout of(String category, Collection<String> relativePaths) {
    CategoryFiles files = CategoryFiles.of(relativePaths);
    if (files.train().isEmpty()) {
      throw new BadInputException(
          "Cannot use category %s: it has no images in train/good. %s"
              .formatted(category, ACCEPTED));
    }
    Layout layout = files.layout(files.testsByFolder().keySet());
    List<TestImage> test =
        files.testsByFolder().values().stream()
            .flatMap(List::stream)
            .map(path -> files.testImage(category, layout, path))
            .toList();
    return files.validation().isEmpty()
        ? holdBack(category, layout, files.train(), test)
        : new CategoryLayout(category, layout, files.train(), files.validation(), test);
  }

  /**
   * How many normal images it takes, where there is no validation folder, so that so many are held
   * back from training.
   */
  public static int normalImagesToHoldBack(int validation) {
    int images = 2;
    while (HeldBack.count(images) < validation) {
      images++;
    }
    return images;
  }

  /** The number of images in each part. */
  public SplitCounts counts() {
    return new SplitCounts(
        train.size(),
        validation.size(),
        count(AnomalyKind.GOOD),
        count(AnomalyKind.STRUCTURAL),
        count(AnomalyKind.LOGICAL));
  }

  /** Whether any test image has ground truth; without, only whole images can be judged. */
  public boolean annotated() {
    return test.stream().anyMatch(image -> !image.groundTruths().isEmpty());
  }

  /** The first anomalous test image without ground truth. */
  public Optional<TestImage> firstUnannotated() {
    return test.stream().filter(TestImage::unannotated).findFirst();
  }

  private int count(AnomalyKind kind) {
    return Math.toIntExact(test.stream().filter(image -> image.kind() == kind).count());
  }

  private static CategoryLayout holdBack(
      String category, Layout layout, List<String> normal, List<TestImage> test) {
    if (normal.size() < 2) {
      throw new BadInputException(
          "Cannot train on category %s: it has no images in validation/good, and train/good holds only %d, too few to hold any back. %s 2 images would do, %d hold back 30 for validation."
              .formatted(category, normal.size(), ACCEPTED, normalImagesToHoldBack(30)));
    }
    int kept = normal.size() - HeldBack.count(normal.size());
    List<Integer> order = HeldBack.permutation(normal.size());
    return new CategoryLayout(
        category,
        layout,
        order.subList(0, kept).stream().map(normal::get).sorted().toList(),
        order.subList(kept, order.size()).stream().map(normal::get).sorted().toList(),
        test);
  }
}
