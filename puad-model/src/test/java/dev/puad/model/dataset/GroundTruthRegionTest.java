package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import dev.puad.model.dataset.DefectType.Saturation;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.GreyImage;
import dev.puad.model.image.ImageDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GroundTruthRegionTest {

  private static final DefectsConfig CONFIG =
      new DefectsConfig("d.json", List.of(new DefectType("missing", 250, Saturation.ABSOLUTE, 2)));

  @Test
  void takesALocoMaskAsOneRegion() {
    GreyImage mask = mask(3, 250, 0, 250, 0, 0, 0, 250, 0, 0);

    GroundTruthRegion region = GroundTruthRegion.ofLocoMask("m.png", mask, CONFIG);

    assertThat(region.defect()).isEqualTo("missing");
    assertThat(region.runs()).containsExactly(0, 1, 2, 3, 6, 7);
    assertThat(region.area()).isEqualTo(3);
    assertThat(region.saturation()).isEqualTo(2);
  }

  @Test
  void readsEveryMaskOfTheOfficialEvaluation() throws IOException {
    Path category = Fixtures.path("spro/c3-breakfast-box/dataset/breakfast_box");
    DefectsConfig config;
    try (InputStream in = Files.newInputStream(category.resolve("defects_config.json"))) {
      config = DefectsConfig.parse("breakfast_box", in);
    }
    List<Path> masks;
    try (Stream<Path> files = Files.walk(category.resolve("ground_truth"))) {
      masks = files.filter(file -> file.toString().endsWith(".png")).toList();
    }

    assertThat(masks).isNotEmpty();
    for (Path file : masks) {
      GreyImage mask = ImageDecoder.decodeGrey(Files.readAllBytes(file), DecodeLimits.defaults());
      GroundTruthRegion region = GroundTruthRegion.ofLocoMask(file.toString(), mask, config);
      assertThat(region.saturation()).isBetween(1, region.area());
    }
  }

  @Test
  void refusesALocoMaskWithSeveralValues() {
    assertThatThrownBy(() -> GroundTruthRegion.ofLocoMask("m.png", mask(2, 0, 250, 0, 249), CONFIG))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read m.png: it holds the values 250 and 249. Draw each region into a mask of"
                + " its own.");
  }

  @Test
  void refusesAValueThatIsNoDefectType() {
    assertThatThrownBy(() -> GroundTruthRegion.ofLocoMask("m.png", mask(2, 0, 3), CONFIG))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read m.png: it holds the value 3, which is no pixel_value in %s. Add its defect"
                + " type there, or correct the mask.",
            CONFIG.source());
  }

  @Test
  void refusesAnEmptyMask() {
    assertThatThrownBy(() -> GroundTruthRegion.ofLocoMask("m.png", mask(2, 0, 0), CONFIG))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot read m.png: no pixel is marked. Draw the region or delete the mask.");
  }

  @Test
  void splitsAnMvtecMaskIntoWhatTouches() {
    GreyImage mask =
        mask(
            5, //
            255, 0, 0, 0, 255, //
            0, 255, 0, 0, 255, //
            0, 0, 0, 0, 0, //
            255, 255, 0, 0, 255);

    List<GroundTruthRegion> regions = GroundTruthRegion.ofMvtecMask("m.png", mask, "scratch");

    assertThat(regions)
        .extracting(region -> pixels(region).boxed().toList())
        .containsExactly(List.of(0, 6), List.of(4, 9), List.of(15, 16), List.of(19));
    assertThat(regions).extracting(GroundTruthRegion::saturation).containsExactly(2, 2, 2, 1);
    assertThat(regions).extracting(GroundTruthRegion::defect).containsOnly("scratch");
  }

  @Test
  void componentsEqualThoseOfRepeatedRelabelling() {
    int width = 23;
    int height = 17;
    Random random = new Random(5);
    int[] values = random.ints((long) width * height, 0, 10).map(i -> i < 3 ? 255 : 0).toArray();

    List<GroundTruthRegion> regions =
        GroundTruthRegion.ofMvtecMask("m.png", mask(width, values), "any");

    int[] labels = relabelUntilStable(values, width, height);
    int marked = 0;
    List<Integer> firsts = new ArrayList<>();
    for (GroundTruthRegion region : regions) {
      pixels(region).forEach(pixel -> assertThat(labels[pixel]).isEqualTo(region.runs()[0]));
      firsts.add(region.runs()[0]);
      marked += region.area();
    }
    assertThat(firsts).isSorted().doesNotHaveDuplicates();
    assertThat(marked).isEqualTo(IntStream.of(values).filter(value -> value > 0).count());
  }

  @Test
  void neighboursInARowMakeOneRun() {
    GroundTruthRegion region = GroundTruthRegion.ofPixels("cut", new int[] {0, 4, 5, 6, 8, 9}, 3);

    assertThat(region.runs()).containsExactly(0, 1, 4, 7, 8, 10);
    assertThat(region.area()).isEqualTo(6);
    assertThat(region.end()).isEqualTo(10);
  }

  @Test
  void refusesRunsThatDoNotAscend() {
    assertThatThrownBy(() -> new GroundTruthRegion("cut", new int[] {3, 5, 5, 6}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The run from 5 to 6 follows one to 5: runs must ascend and not touch.");
  }

  @Test
  void refusesASaturationBeyondTheRegion() {
    assertThatThrownBy(() -> new GroundTruthRegion("cut", new int[] {3, 5}, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot saturate a region of 2 pixels at 3: choose 1 to all of them.");
  }

  private static IntStream pixels(GroundTruthRegion region) {
    return IntStream.range(0, region.runs().length / 2)
        .flatMap(run -> IntStream.range(region.runs()[2 * run], region.runs()[2 * run + 1]));
  }

  /** Each marked pixel takes the least index among its neighbours until nothing changes. */
  private static int[] relabelUntilStable(int[] values, int width, int height) {
    int[] labels = IntStream.range(0, values.length).toArray();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int a = 0; a < values.length; a++) {
        for (int b = 0; b < values.length; b++) {
          boolean touch =
              Math.abs(a % width - b % width) <= 1 && Math.abs(a / width - b / width) <= 1;
          if (values[a] > 0 && values[b] > 0 && touch && labels[b] < labels[a]) {
            labels[a] = labels[b];
            changed = true;
          }
        }
      }
    }
    assertThat(labels).hasSize(width * height);
    return labels;
  }

  private static GreyImage mask(int width, int... values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new GreyImage(width, values.length / width, pixels);
  }
}
