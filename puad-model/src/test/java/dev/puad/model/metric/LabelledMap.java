package dev.puad.model.metric;

import dev.puad.model.dataset.AnomalyKind;
import dev.puad.model.dataset.GroundTruthRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A test image's anomaly map with its ground truth. */
record LabelledMap(AnomalyKind kind, float[] map, List<GroundTruthRegion> regions) {

  private static final int PIXELS = 40;
  private static final List<AnomalyKind> KINDS = List.of(AnomalyKind.values());
  private static final List<String> DEFECTS = List.of("bent", "cut", "missing");

  boolean isGood() {
    return kind == AnomalyKind.GOOD;
  }

  boolean shows(String defect) {
    return regions.stream().anyMatch(region -> region.defect().equals(defect));
  }

  /**
   * Small maps of both signs with ties, of every kind in turn; regions overlap, images may show
   * several defect types, and defect types may be both structural and logical.
   */
  static List<LabelledMap> random(int seed, int count) {
    Random random = new Random(seed);
    List<LabelledMap> images = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      AnomalyKind kind = KINDS.get(k % 3);
      float[] map = new float[PIXELS];
      for (int i = 0; i < map.length; i++) {
        float value = (float) random.nextGaussian();
        map[i] = random.nextInt(3) == 0 ? Math.round(2 * value) / 2f : value;
      }
      List<GroundTruthRegion> regions = new ArrayList<>();
      for (int r = kind == AnomalyKind.GOOD ? 0 : 1 + random.nextInt(3); r > 0; r--) {
        regions.add(region(map, random));
      }
      images.add(new LabelledMap(kind, map, regions));
    }
    return images;
  }

  private static GroundTruthRegion region(float[] map, Random random) {
    int start = random.nextInt(PIXELS - 10);
    int[] pixels =
        IntStream.rangeClosed(start, start + random.nextInt(10))
            .filter(pixel -> pixel == start || random.nextInt(4) > 0)
            .toArray();
    for (int pixel : pixels) {
      map[pixel] += 0.7f;
    }
    return GroundTruthRegion.ofPixels(
        DEFECTS.get(random.nextInt(DEFECTS.size())), pixels, 1 + random.nextInt(pixels.length));
  }
}
