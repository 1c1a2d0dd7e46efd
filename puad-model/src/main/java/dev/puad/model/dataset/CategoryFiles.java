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
 * The images in a category's folder by what their paths say, in either {@link Layout}. All lists
 * are sorted by path.
 *
 * @param train in {@code train/good}
 * @param validation in {@code validation/good}
 * @param testsByFolder by their folder in {@code test}
 * @param masksByImage by the {@code <folder>/<stem>} of the test image that they belong to
 */
record CategoryFiles(
    List<String> train,
    List<String> validation,
    Map<String, List<String>> testsByFolder,
    Map<String, List<String>> masksByImage) {

  static final String GOOD = "good";
  private static final String STRUCTURAL = "structural_anomalies";
  private static final String LOGICAL = "logical_anomalies";
  private static final String MASK_SUFFIX = "_mask";
  private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "bmp");

  /**
   * Sorts the files below a category's folder; what is no image, or elsewhere, is left out.
   *
   * @param relativePaths separated by {@code /}, in any order
   */
  static CategoryFiles of(Collection<String> relativePaths) {
    CategoryFiles files =
        new CategoryFiles(new ArrayList<>(), new ArrayList<>(), new TreeMap<>(), new TreeMap<>());
    for (String path : new TreeSet<>(relativePaths)) {
      if (!endsIn(EXTENSIONS, path)) {
        continue;
      }
      String[] parts = path.split("/", -1);
      if (path.startsWith("train/good/") && parts.length == 3) {
        files.train.add(path);
      } else if (path.startsWith("validation/good/") && parts.length == 3) {
        files.validation.add(path);
      } else if (parts[0].equals("test") && parts.length == 3) {
        files.testsByFolder.computeIfAbsent(parts[1], folder -> new ArrayList<>()).add(path);
      } else if (parts[0].equals("ground_truth") && (parts.length == 3 || parts.length == 4)) {
        files
            .masksByImage
            .computeIfAbsent(maskedImage(parts), image -> new ArrayList<>())
            .add(path);
      }
    }
    return files;
  }

  /**
   * The layout of a category with some test folders. Validation folders occur beside MVTec AD's
   * defects too, so the test folders have the say.
   */
  Layout layout(Set<String> testFolders) {
    if (testFolders.contains(STRUCTURAL) || testFolders.contains(LOGICAL)) {
      return Layout.LOCO;
    }
    return validation.isEmpty() || !Set.of(GOOD).containsAll(testFolders)
        ? Layout.MVTEC_AD
        : Layout.LOCO;
  }

  /**
   * The label of a test image, or of a map in its place.
   *
   * @param path {@code test/<folder>/<file>}
   * @throws BadInputException if the folder is not one of LOCO's, in its layout
   */
  TestImage testImage(String category, Layout layout, String path) {
    String folder = path.split("/", -1)[1];
    AnomalyKind kind = kind(category, layout, folder, stem(path));
    List<String> groundTruths =
        kind == AnomalyKind.GOOD ? List.of() : masksByImage.getOrDefault(image(path), List.of());
    return new TestImage(path, kind, folder, groundTruths);
  }

  /**
   * The {@code <folder>/<stem>} of {@code test/<folder>/<file>}, which a map and its image share.
   */
  static String image(String path) {
    return path.split("/", -1)[1] + "/" + stem(path);
  }

  static String stem(String path) {
    return path.substring(path.lastIndexOf('/') + 1, path.lastIndexOf('.'));
  }

  /** Whether a path has one of some extensions, in any case, and is not hidden. */
  static boolean endsIn(Set<String> extensions, String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return dot > 0
        && !name.startsWith(".")
        && extensions.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  private static AnomalyKind kind(String category, Layout layout, String folder, String stem) {
    if (folder.equals(GOOD)) {
      return AnomalyKind.GOOD;
    }
    if (folder.equals(LOGICAL)) {
      return AnomalyKind.LOGICAL;
    }
    if (layout == Layout.LOCO && !folder.equals(STRUCTURAL)) {
      throw new BadInputException(
          "Cannot use test/%s of category %s: the kind of its anomalies is not known. Name the folder test/good, test/structural_anomalies or test/logical_anomalies."
              .formatted(folder, category));
    }
    return layout == Layout.MVTEC_AD && MvtecLogicalSubset.contains(category, folder, stem)
        ? AnomalyKind.LOGICAL
        : AnomalyKind.STRUCTURAL;
  }

  /** The {@code <folder>/<stem>} of the test image that a ground-truth path belongs to. */
  private static String maskedImage(String[] parts) {
    if (parts.length == 4) {
      return parts[1] + "/" + parts[2];
    }
    String stem = stem(parts[2]);
    return parts[1]
        + "/"
        + (stem.endsWith(MASK_SUFFIX)
            ? stem.substring(0, stem.length() - MASK_SUFFIX.length())
            : stem);
  }
}
