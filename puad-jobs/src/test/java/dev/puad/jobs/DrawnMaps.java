package dev.puad.jobs;

import dev.puad.model.image.FloatMap;
import dev.puad.model.image.GreyImage;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.TiffMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A category of small anomaly maps and ground truth, as files; it has no images.
 *
 * @param data the category's folder in the data set
 * @param maps the category's folder of maps, in a folder of maps
 */
public record DrawnMaps(Path data, Path maps) {

  public static final int WIDTH = 16;
  public static final int HEIGHT = 12;

  /** One defect type with either kind of saturation. */
  public static final String CONFIG =
      """
      [{"defect_name": "scratch", "pixel_value": 255,
        "saturation_threshold": 1.0, "relative_saturation": true},
       {"defect_name": "missing part", "pixel_value": 254,
        "saturation_threshold": 6, "relative_saturation": false}]
      """;

  /** A category without anything, in {@code data} and {@code maps} of a folder. */
  public static DrawnMaps empty(Path folder, String category) {
    return new DrawnMaps(
        folder.resolve("data").resolve(category), folder.resolve("maps").resolve(category));
  }

  /**
   * A category in LOCO's layout: two good, two structural and two logical images, the last of which
   * has two regions.
   */
  public static DrawnMaps loco(Path folder, String category) throws IOException {
    DrawnMaps drawn = empty(folder, category);
    Random random = new Random(category.hashCode());
    for (String image :
        new String[] {
          "good/000",
          "good/001",
          "structural_anomalies/000",
          "structural_anomalies/001",
          "logical_anomalies/000",
          "logical_anomalies/001"
        }) {
      drawn.map(image, noise(random));
    }
    drawn.mask("structural_anomalies/000/000", rectangle(255, 2, 2, 5, 1));
    drawn.mask("structural_anomalies/001/000", rectangle(255, 0, 0, 2, 12));
    drawn.mask("logical_anomalies/000/000", rectangle(254, 6, 4, 4, 4));
    drawn.mask("logical_anomalies/001/000", rectangle(254, 1, 1, 3, 3));
    drawn.mask("logical_anomalies/001/001", rectangle(254, 10, 7, 5, 4));
    write(drawn.data.resolve("defects_config.json"), CONFIG.getBytes(StandardCharsets.UTF_8));
    return drawn;
  }

  /** Writes the map of {@code <folder>/<id>}. */
  public void map(String image, float[] values) throws IOException {
    write(mapFile(image), TiffMap.encode(new FloatMap(WIDTH, HEIGHT, values)));
  }

  /**
   * Writes the mask {@code <folder>/<id>/<number>}, or in MVTec AD's {@code <folder>/<id>_mask}.
   */
  public void mask(String name, byte[] values) throws IOException {
    write(maskFile(name), PngEncoder.encode(new GreyImage(WIDTH, HEIGHT, values)));
  }

  /** Where the map of {@code <folder>/<id>} is. */
  public Path mapFile(String image) {
    return maps.resolve("test").resolve(image + ".tiff");
  }

  /** Where a mask is. */
  public Path maskFile(String name) {
    return data.resolve("ground_truth").resolve(name + ".png");
  }

  /** Anomaly values of which some tie. */
  public static float[] noise(Random random) {
    float[] values = new float[WIDTH * HEIGHT];
    for (int i = 0; i < values.length; i++) {
      float value = (float) random.nextGaussian();
      values[i] = random.nextInt(3) == 0 ? Math.round(2 * value) / 2f : value;
    }
    return values;
  }

  /** A mask with one value in a rectangle. */
  public static byte[] rectangle(int value, int left, int top, int width, int height) {
    byte[] mask = new byte[WIDTH * HEIGHT];
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        mask[y * WIDTH + x] = (byte) value;
      }
    }
    return mask;
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }
}
