package dev.puad.model.dataset;

import dev.puad.model.BadInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
 * absent, 15 % of it are held back as official PUAD does.
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

  private static final String GOOD = "good";
  private static final String STRUCTURAL = "structural_anomalies";
  private static final String LOGICAL = "logical_anomalies";
  private static final String MASK_SUFFIX = "_mask";
  private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "bmp");
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
    List<String> train = new ArrayList<>();
    List<String> validation = new ArrayList<>();
    Map<String, List<String>> testByDefect = new TreeMap<>();
    Map<String, List<String>> masksByImage = new TreeMap<>();
    for (String path : new TreeSet<>(relativePaths)) {
      if (!isImage(path)) {
        continue;
      }
      String[] parts = path.split("/", -1);
      if (path.startsWith("train/good/") && parts.length == 3) {
        train.add(path);
      } else if (path.startsWith("validation/good/") && parts.length == 3) {
        validation.add(path);
      } else if (parts[0].equals("test") && parts.length == 3) {
        testByDefect.computeIfAbsent(parts[1], defect -> new ArrayList<>()).add(path);
      } else if (parts[0].equals("ground_truth")) {
        masksByImage.computeIfAbsent(maskedImage(parts), image -> new ArrayList<>()).add(path);
      }
    }
    if (train.isEmpty()) {
      throw new BadInputException(
          "Cannot use category %s: it has no images in train/good. %s"
              .formatted(category, ACCEPTED));
    }
    Layout layout = layout(testByDefect.keySet(), validation);
    List<TestImage> test = new ArrayList<>();
    testByDefect.forEach(
        (defect, images) -> {
          AnomalyKind kind = kind(category, layout, defect);
          for (String image : images) {
            List<String> masks =
                kind == AnomalyKind.GOOD
                    ? List.of()
                    : masksByImage.getOrDefault(defect + "/" + stem(image), List.of());
            test.add(new TestImage(image, kind, defect, masks));
          }
        });
    return validation.isEmpty()
        ? holdBack(category, layout, train, test)
        : new CategoryLayout(category, layout, train, validation, test);
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

  private int count(AnomalyKind kind) {
    return Math.toIntExact(test.stream().filter(image -> image.kind() == kind).count());
  }

  private static CategoryLayout holdBack(
      String category, Layout layout, List<String> normal, List<TestImage> test) {
    if (normal.size() < 2) {
      throw new BadInputException(
          "Cannot train on category %s: it has no images in validation/good, and train/good holds only %d, too few to hold any back. %s"
              .formatted(category, normal.size(), ACCEPTED));
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

  /** Validation folders occur beside MVTec AD's defects too, so the test folders have the say. */
  private static Layout layout(Set<String> testFolders, List<String> validation) {
    if (testFolders.contains(STRUCTURAL) || testFolders.contains(LOGICAL)) {
      return Layout.LOCO;
    }
    return validation.isEmpty() || !Set.of(GOOD).containsAll(testFolders)
        ? Layout.MVTEC_AD
        : Layout.LOCO;
  }

  private static AnomalyKind kind(String category, Layout layout, String defect) {
    if (defect.equals(GOOD)) {
      return AnomalyKind.GOOD;
    }
    if (defect.equals(LOGICAL)) {
      return AnomalyKind.LOGICAL;
    }
    if (layout == Layout.LOCO && !defect.equals(STRUCTURAL)) {
      throw new BadInputException(
          "Cannot use test/%s of category %s: the kind of its anomalies is not known. Name the folder test/good, test/structural_anomalies or test/logical_anomalies."
              .formatted(defect, category));
    }
    return AnomalyKind.STRUCTURAL;
  }

  /** The {@code <defect>/<stem>} of the test image that a ground-truth path belongs to. */
  private static String maskedImage(String[] parts) {
    if (parts.length == 4) {
      return parts[1] + "/" + parts[2];
    }
    String stem = stem(parts[parts.length - 1]);
    String image =
        stem.endsWith(MASK_SUFFIX) ? stem.substring(0, stem.length() - MASK_SUFFIX.length()) : stem;
    return parts.length == 3 ? parts[1] + "/" + image : "";
  }

  private static boolean isImage(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot > 0
        && !name.startsWith(".")
        && EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  private static String stem(String path) {
    return path.substring(path.lastIndexOf('/') + 1, path.lastIndexOf('.'));
  }
}
