package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.Fixtures;
import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Golden maps and ground truth in the LOCO layout, with what the reference makes of them. */
record LocoCase(String name, String category) {

  private static final int STRIP_OFFSET_TAG = 273;
  private static final int STRIP_BYTES_TAG = 279;

  /** All test images. */
  List<LabelledMap> images() {
    List<LabelledMap> images = new ArrayList<>();
    images.addAll(images("good", AnomalyKind.GOOD));
    images.addAll(images("structural_anomalies", AnomalyKind.STRUCTURAL));
    images.addAll(images("logical_anomalies", AnomalyKind.LOGICAL));
    return images;
  }

  private List<LabelledMap> images(String folder, AnomalyKind kind) {
    List<LabelledMap> images = new ArrayList<>();
    for (Path map : list(Fixtures.path(root() + "maps/" + category + "/test/" + folder))) {
      String id = map.getFileName().toString().replace(".tiff", "");
      images.add(new LabelledMap(kind, map(map), regions(folder, id)));
    }
    return images;
  }

  /** The largest value of each map of one folder: what the official evaluation ranks images by. */
  List<Float> maxima(String kind) {
    List<Float> maxima = new ArrayList<>();
    for (Path file : list(Fixtures.path(root() + "maps/" + category + "/test/" + kind))) {
      float largest = Float.NEGATIVE_INFINITY;
      for (float value : map(file)) {
        largest = Math.max(largest, value);
      }
      maxima.add(largest);
    }
    return maxima;
  }

  JsonNode expected(String file) {
    return json(root() + file);
  }

  private String root() {
    return "spro/" + name + "/";
  }

  private List<GroundTruthRegion> regions(String kind, String id) {
    List<GroundTruthRegion> regions = new ArrayList<>();
    if (kind.equals("good")) {
      return regions;
    }
    Map<Integer, JsonNode> defects = new HashMap<>();
    for (JsonNode defect : json(root() + "dataset/" + category + "/defects_config.json")) {
      defects.put(defect.get("pixel_value").intValue(), defect);
    }
    String folder = root() + "dataset/" + category + "/ground_truth/" + kind + "/" + id;
    for (Path channel : list(Fixtures.path(folder))) {
      Raster raster = raster(channel);
      int[] grey = raster.getSamples(0, 0, raster.getWidth(), raster.getHeight(), 0, (int[]) null);
      int[] pixels = IntStream.range(0, grey.length).filter(i -> grey[i] != 0).toArray();
      JsonNode defect = defects.get(grey[pixels[0]]);
      double threshold = defect.get("saturation_threshold").doubleValue();
      double saturation =
          defect.get("relative_saturation").booleanValue()
              ? threshold * pixels.length
              : Math.min(threshold, pixels.length);
      regions.add(
          GroundTruthRegion.ofPixels(
              defect.get("defect_name").textValue(), pixels, (int) saturation));
    }
    return regions;
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(String file) {
    try {
      return new ObjectMapper().readTree(Fixtures.path(file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Raster raster(Path png) {
    try {
      return ImageIO.read(png.toFile()).getRaster();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A little-endian TIFF of one uncompressed strip of float32. */
  private static float[] map(Path tiff) {
    ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(Files.readAllBytes(tiff)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(bytes.getInt(0)).isEqualTo('I' | 'I' << 8 | 42 << 16);
    int directory = bytes.getInt(4);
    Map<Integer, Integer> tags = new HashMap<>();
    for (int i = 0; i < bytes.getShort(directory); i++) {
      int entry = directory + 2 + 12 * i;
      tags.put((int) bytes.getShort(entry), bytes.getInt(entry + 8));
    }
    float[] map = new float[tags.get(STRIP_BYTES_TAG) / Float.BYTES];
    bytes.position(tags.get(STRIP_OFFSET_TAG));
    bytes.asFloatBuffer().get(map);
    return map;
  }
}
