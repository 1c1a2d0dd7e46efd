package dev.puad.model.dataset;

import dev.puad.model.BadInputException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Anomaly maps of any method with the ground truth of a category, matched by folder and name:
 *
 * <pre>
 * maps                    MVTec LOCO AD                       MVTec AD
 * test/good/000.tiff
 * test/&lt;kind&gt;/000.tiff    ground_truth/&lt;kind&gt;/000/000.png …   ground_truth/&lt;kind&gt;/000_mask.png
 * </pre>
 *
 * <p>Maps end in tiff or tif, in any case; hidden files and all others are ignored. The data set
 * needs no image; where it has test images, there is one map for each.
 *
 * @param category the category's name
 * @param layout that of the data set
 * @param maps labelled, sorted by path; all that are anomalous have ground truth
 */
public record MapsLayout(String category, Layout layout, List<TestImage> maps) {

  private static final Set<String> EXTENSIONS = Set.of("tiff", "tif");

  public MapsLayout {
    maps = List.copyOf(maps);
  }

  /**
   * Matches maps with ground truth.
   *
   * @param datasetPaths the files below the category's folder in the data set, separated by {@code
   *     /}, in any order
   * @param mapPaths those below the category's folder of maps
   * @throws BadInputException if there are no maps, a map, an image or ground truth has no
   *     counterpart, two maps have the same name, or a folder of a LOCO category is not known
   */
  public static MapsLayout of(
      String category, Collection<String> datasetPaths, Collection<String> mapPaths) {
    CategoryFiles dataset = CategoryFiles.of(datasetPaths);
    Map<String, String> maps = mapsByImage(category, mapPaths);
    Map<String, String> images = imagesByName(dataset);
    requireMaps(category, images, maps);
    requireImages(category, images, maps);
    Set<String> folders = new TreeSet<>(dataset.testsByFolder().keySet());
    maps.keySet().forEach(image -> folders.add(folder(image)));
    dataset.masksByImage().keySet().forEach(image -> folders.add(folder(image)));
    Layout layout = dataset.layout(folders);
    List<TestImage> labelled =
        maps.values().stream()
            .sorted()
            .map(path -> dataset.testImage(category, layout, path))
            .toList();
    requireMapsOfGroundTruth(category, dataset, maps);
    requireGroundTruth(category, layout, labelled);
    return new MapsLayout(category, layout, labelled);
  }

  private static Map<String, String> mapsByImage(String category, Collection<String> paths) {
    Map<String, String> maps = new TreeMap<>();
    for (String path : new TreeSet<>(paths)) {
      String[] parts = path.split("/", -1);
      if (parts.length != 3
          || !parts[0].equals("test")
          || !CategoryFiles.endsIn(EXTENSIONS, path)) {
        continue;
      }
      String twin = maps.put(CategoryFiles.image(path), path);
      if (twin != null) {
        throw new BadInputException(
            "Cannot use the maps of category %s: %s and %s are of the same image. Delete one of them."
                .formatted(category, twin, path));
      }
    }
    if (maps.isEmpty()) {
      throw new BadInputException(
          "Cannot use the maps of category %s: there is none below test. Write them to test/<kind>/<id>.tiff, one for each test image of the data set."
              .formatted(category));
    }
    return maps;
  }

  private static Map<String, String> imagesByName(CategoryFiles dataset) {
    Map<String, String> images = new TreeMap<>();
    for (List<String> folder : dataset.testsByFolder().values()) {
      folder.forEach(path -> images.put(CategoryFiles.image(path), path));
    }
    return images;
  }

  private static void requireMaps(
      String category, Map<String, String> images, Map<String, String> maps) {
    List<String> missing =
        images.keySet().stream().filter(name -> !maps.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new BadInputException(
          "Cannot use the maps of category %s: %d of its %d test images have none, the first is %s. Write test/%s.tiff."
              .formatted(
                  category,
                  missing.size(),
                  images.size(),
                  images.get(missing.get(0)),
                  missing.get(0)));
    }
  }

  /** A map left over from elsewhere would count among the good ones and change every rate. */
  private static void requireImages(
      String category, Map<String, String> images, Map<String, String> maps) {
    maps.forEach(
        (name, path) -> {
          if (!images.isEmpty() && !images.containsKey(name)) {
            throw new BadInputException(
                "Cannot use map %s of category %s: no test image of the data set is named %s. Delete the map, or complete the data set."
                    .formatted(path, category, name));
          }
        });
  }

  private static void requireMapsOfGroundTruth(
      String category, CategoryFiles dataset, Map<String, String> maps) {
    dataset
        .masksByImage()
        .forEach(
            (image, masks) -> {
              if (!folder(image).equals(CategoryFiles.GOOD) && !maps.containsKey(image)) {
                throw new BadInputException(
                    "Cannot use the maps of category %s: there is none for ground truth %s. Write test/%s.tiff."
                        .formatted(category, masks.get(0), image));
              }
            });
  }

  private static void requireGroundTruth(String category, Layout layout, List<TestImage> maps) {
    for (TestImage map : maps) {
      if (map.unannotated()) {
        throw new BadInputException(
            "Cannot use map %s of category %s: its ground truth is missing. Add %s to the data set."
                .formatted(map.path(), category, map.groundTruthPath(layout)));
      }
    }
  }

  private static String folder(String image) {
    return image.substring(0, image.indexOf('/'));
  }
}
