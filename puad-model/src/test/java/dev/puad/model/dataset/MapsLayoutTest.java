package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapsLayoutTest {

  private static final List<String> LOCO_TRUTH =
      List.of(
          "defects_config.json",
          "ground_truth/logical_anomalies/000/000.png",
          "ground_truth/logical_anomalies/000/001.png",
          "ground_truth/structural_anomalies/000/000.png");

  private static final List<String> LOCO_MAPS =
      List.of(
          "test/good/000.tiff",
          "test/good/001.tiff",
          "test/logical_anomalies/000.tiff",
          "test/structural_anomalies/000.tiff");

  @Test
  void matchesMapsWithGroundTruthAlone() {
    MapsLayout layout = MapsLayout.of("pushpins", LOCO_TRUTH, LOCO_MAPS);

    assertThat(layout)
        .isEqualTo(
            new MapsLayout(
                "pushpins",
                Layout.LOCO,
                List.of(
                    new TestImage("test/good/000.tiff", AnomalyKind.GOOD, "good", List.of()),
                    new TestImage("test/good/001.tiff", AnomalyKind.GOOD, "good", List.of()),
                    new TestImage(
                        "test/logical_anomalies/000.tiff",
                        AnomalyKind.LOGICAL,
                        "logical_anomalies",
                        List.of(
                            "ground_truth/logical_anomalies/000/000.png",
                            "ground_truth/logical_anomalies/000/001.png")),
                    new TestImage(
                        "test/structural_anomalies/000.tiff",
                        AnomalyKind.STRUCTURAL,
                        "structural_anomalies",
                        List.of("ground_truth/structural_anomalies/000/000.png")))));
  }

  @ParameterizedTest
  @CsvSource({
    "c1-pushpins, pushpins",
    "c3-breakfast-box, breakfast_box",
    "c7-pushpins-coarse-ties, pushpins"
  })
  void matchesTheOfficialCases(String name, String category) throws IOException {
    Path root = Fixtures.path("spro/" + name);
    List<String> maps = relative(root.resolve("maps").resolve(category));

    MapsLayout layout =
        MapsLayout.of(category, relative(root.resolve("dataset").resolve(category)), maps);

    assertThat(layout.layout()).isEqualTo(Layout.LOCO);
    assertThat(layout.maps())
        .extracting(TestImage::path)
        .containsExactlyElementsOf(maps.stream().sorted().toList());
  }

  @Test
  void matchesMasksOfMvtec() {
    MapsLayout layout =
        MapsLayout.of(
            "screw",
            List.of("ground_truth/scratch/007_mask.png"),
            List.of("test/good/000.tiff", "test/scratch/007.tiff"));

    assertThat(layout.layout()).isEqualTo(Layout.MVTEC_AD);
    assertThat(layout.maps().get(1))
        .isEqualTo(
            new TestImage(
                "test/scratch/007.tiff",
                AnomalyKind.STRUCTURAL,
                "scratch",
                List.of("ground_truth/scratch/007_mask.png")));
  }

  @Test
  void knowsTheLogicalAnomaliesOfMvtec() {
    MapsLayout layout =
        MapsLayout.of(
            "capsule",
            List.of(
                "ground_truth/faulty_imprint/004_mask.png",
                "ground_truth/faulty_imprint/006_mask.png"),
            List.of("test/faulty_imprint/004.tiff", "test/faulty_imprint/006.tiff"));

    assertThat(layout.maps())
        .extracting(TestImage::kind)
        .containsExactly(AnomalyKind.LOGICAL, AnomalyKind.STRUCTURAL);
  }

  @Test
  void takesEitherEndingInAnyCaseAndIgnoresTheRest() {
    MapsLayout layout =
        MapsLayout.of(
            "new",
            List.of(),
            List.of(
                "test/good/0.TIFF",
                "test/good/1.tif",
                "test/good/._1.tif",
                "test/good/2.png",
                "test/good/deeper/3.tiff",
                "validation/good/4.tiff",
                "5.tiff",
                "readme"));

    assertThat(layout.maps())
        .extracting(TestImage::path)
        .containsExactly("test/good/0.TIFF", "test/good/1.tif");
  }

  @Test
  void doesNotDependOnTheOrderOfTheListings() {
    List<String> truth = new ArrayList<>(LOCO_TRUTH);
    List<String> maps = new ArrayList<>(LOCO_MAPS);
    Collections.shuffle(truth, new Random(1));
    Collections.shuffle(maps, new Random(2));

    assertThat(MapsLayout.of("pushpins", truth, maps))
        .isEqualTo(MapsLayout.of("pushpins", LOCO_TRUTH, LOCO_MAPS));
  }

  @Test
  void acceptsADataSetWithItsImages() {
    List<String> whole = new ArrayList<>(LOCO_TRUTH);
    whole.addAll(List.of("train/good/000.png", "validation/good/000.png"));
    LOCO_MAPS.forEach(map -> whole.add(map.replace(".tiff", ".png")));

    assertThat(MapsLayout.of("pushpins", whole, LOCO_MAPS))
        .isEqualTo(MapsLayout.of("pushpins", LOCO_TRUTH, LOCO_MAPS));
  }

  @Test
  void ignoresMasksOfGoodImages() {
    assertThat(
            MapsLayout.of(
                    "screw", List.of("ground_truth/good/000_mask.png"), List.of("test/good/1.tif"))
                .maps())
        .containsExactly(new TestImage("test/good/1.tif", AnomalyKind.GOOD, "good", List.of()));
  }

  @Test
  void refusesAFolderWithoutMaps() {
    assertRefused(
        LOCO_TRUTH,
        List.of("good/000.tiff", "test/good/000.png"),
        "Cannot use the maps of category pushpins: there is none below test. Write them to"
            + " test/<kind>/<id>.tiff, one for each test image of the data set.");
  }

  @Test
  void refusesAnAnomalousMapWithoutGroundTruth() {
    assertRefused(
        LOCO_TRUTH,
        with(LOCO_MAPS, "test/structural_anomalies/001.tiff"),
        "Cannot use map test/structural_anomalies/001.tiff of category pushpins: its ground truth"
            + " is missing. Add ground_truth/structural_anomalies/001/000.png to the data set.");
    assertRefused(
        List.of(),
        List.of("test/dent/3.tif"),
        "Cannot use map test/dent/3.tif of category pushpins: its ground truth is missing. Add"
            + " ground_truth/dent/3_mask.png to the data set.");
  }

  @Test
  void refusesGroundTruthWithoutAMap() {
    assertRefused(
        with(LOCO_TRUTH, "ground_truth/logical_anomalies/002/000.png"),
        LOCO_MAPS,
        "Cannot use the maps of category pushpins: there is none for ground truth"
            + " ground_truth/logical_anomalies/002/000.png. Write test/logical_anomalies/002.tiff.");
  }

  @Test
  void refusesTestImagesWithoutAMap() {
    List<String> whole = new ArrayList<>(LOCO_TRUTH);
    LOCO_MAPS.forEach(map -> whole.add(map.replace(".tiff", ".png")));

    assertRefused(
        with(with(whole, "test/good/007.png"), "test/good/003.png"),
        LOCO_MAPS,
        "Cannot use the maps of category pushpins: 2 of its 6 test images have none, the first is"
            + " test/good/003.png. Write test/good/003.tiff.");
  }

  @Test
  void refusesAMapWithoutItsTestImageWhereThereAreTestImages() {
    List<String> whole = new ArrayList<>(LOCO_TRUTH);
    LOCO_MAPS.forEach(map -> whole.add(map.replace(".tiff", ".png")));

    assertRefused(
        whole,
        with(LOCO_MAPS, "test/good/999.tif"),
        "Cannot use map test/good/999.tif of category pushpins: no test image of the data set is"
            + " named good/999. Delete the map, or complete the data set.");
  }

  @Test
  void refusesTwoMapsOfTheSameImage() {
    assertRefused(
        LOCO_TRUTH,
        with(LOCO_MAPS, "test/good/001.tif"),
        "Cannot use the maps of category pushpins: test/good/001.tif and test/good/001.tiff are of"
            + " the same image. Delete one of them.");
  }

  @Test
  void refusesAFolderThatLocoDoesNotKnow() {
    assertRefused(
        with(LOCO_TRUTH, "ground_truth/scratches/000/000.png"),
        with(LOCO_MAPS, "test/scratches/000.tiff"),
        "Cannot use test/scratches of category pushpins: the kind of its anomalies is not known."
            + " Name the folder test/good, test/structural_anomalies or test/logical_anomalies.");
  }

  private static void assertRefused(List<String> dataset, List<String> maps, String message) {
    assertThatThrownBy(() -> MapsLayout.of("pushpins", dataset, maps))
        .isInstanceOf(BadInputException.class)
        .hasMessage(message);
  }

  private static List<String> with(List<String> paths, String added) {
    return Stream.concat(paths.stream(), Stream.of(added)).toList();
  }

  private static List<String> relative(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .toList();
    }
  }
}
