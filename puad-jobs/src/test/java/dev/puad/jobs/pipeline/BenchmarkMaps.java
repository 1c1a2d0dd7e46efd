package dev.puad.jobs.pipeline;

import dev.puad.model.image.FloatMap;
import dev.puad.model.image.GreyImage;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.TiffMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Draws maps with ground truth, in number and size those of MVTec LOCO AD's pushpins, for {@code
 * submit/benchmark-evaluation}. Of ten images four are good, three structural and three logical;
 * every other anomalous image has two regions.
 */
final class BenchmarkMaps {

  private static final int WIDTH = 1700;
  private static final int HEIGHT = 1000;

  /** Pixels between two random values of the smooth background. */
  private static final int GRID = 20;

  private static final String CONFIG =
      """
      [{"defect_name": "additional", "pixel_value": 255, "saturation_threshold": 6300, "relative_saturation": false},
       {"defect_name": "missing", "pixel_value": 254, "saturation_threshold": 6300, "relative_saturation": false},
       {"defect_name": "broken", "pixel_value": 253, "saturation_threshold": 1.0, "relative_saturation": true},
       {"defect_name": "bent", "pixel_value": 252, "saturation_threshold": 1.0, "relative_saturation": true}]
      """;

  private BenchmarkMaps() {}

  /**
   * Arguments: the folder to write {@code data/pushpins} and {@code maps/pushpins} to, how many.
   */
  public static void main(String... arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    Path data = folder.resolve("data/pushpins");
    Files.createDirectories(data);
    Files.writeString(data.resolve("defects_config.json"), CONFIG);
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      Random random = new Random(i);
      String kind = i % 10 < 4 ? "good" : i % 10 < 7 ? "structural_anomalies" : "logical_anomalies";
      float[] map = background(random);
      int regions = kind.equals("good") ? 0 : 1 + i % 2;
      for (int region = 0; region < regions; region++) {
        byte[] mask = new byte[WIDTH * HEIGHT];
        int type = (kind.startsWith("logical") ? 254 : 252) + random.nextInt(2);
        draw(map, mask, (byte) type, random);
        write(
            data.resolve("ground_truth/%s/%03d/%03d.png".formatted(kind, i, region)),
            PngEncoder.encode(new GreyImage(WIDTH, HEIGHT, mask)));
      }
      write(
          folder.resolve("maps/pushpins/test/%s/%03d.tiff".formatted(kind, i)),
          TiffMap.encode(new FloatMap(WIDTH, HEIGHT, map)));
    }
  }

  private static float[] background(Random random) {
    int columns = WIDTH / GRID + 2;
    float[] coarse = new float[columns * (HEIGHT / GRID + 2)];
    for (int i = 0; i < coarse.length; i++) {
      coarse[i] = (float) random.nextGaussian();
    }
    float[] map = new float[WIDTH * HEIGHT];
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int at = y / GRID * columns + x / GRID;
        float right = x % GRID / (float) GRID;
        float down = y % GRID / (float) GRID;
        float upper = coarse[at] * (1 - right) + coarse[at + 1] * right;
        float lower = coarse[at + columns] * (1 - right) + coarse[at + columns + 1] * right;
        map[y * WIDTH + x] = 0.1f * (upper * (1 - down) + lower * down);
      }
    }
    return map;
  }

  /** An ellipse, whose middle the map finds more or less. */
  private static void draw(float[] map, byte[] mask, byte type, Random random) {
    int radiusX = 40 + random.nextInt(160);
    int radiusY = 40 + random.nextInt(160);
    int centreX = radiusX + random.nextInt(WIDTH - 2 * radiusX);
    int centreY = radiusY + random.nextInt(HEIGHT - 2 * radiusY);
    float strength = 0.4f * random.nextFloat();
    for (int y = centreY - radiusY; y < centreY + radiusY; y++) {
      for (int x = centreX - radiusX; x < centreX + radiusX; x++) {
        double distance =
            Math.hypot((double) (x - centreX) / radiusX, (double) (y - centreY) / radiusY);
        if (distance < 1) {
          mask[y * WIDTH + x] = type;
          map[y * WIDTH + x] += (float) (strength * (1 - distance * distance));
        }
      }
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }
}
