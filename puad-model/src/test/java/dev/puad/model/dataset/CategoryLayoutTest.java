package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CategoryLayoutTest {

  private static final List<String> LOCO =
      List.of(
          "defects_config.json",
          "ground_truth/logical_anomalies/000/000.png",
          "ground_truth/structural_anomalies/000/001.png",
          "ground_truth/structural_anomalies/000/000.png",
          "test/good/000.png",
          "test/logical_anomalies/000.png",
          "test/structural_anomalies/001.png",
          "test/structural_anomalies/000.png",
          "train/good/001.png",
          "train/good/000.png",
          "validation/good/000.png");

  @Test
  void sortsLocoIntoItsParts() {
    CategoryLayout layout = CategoryLayout.of("pushpins", LOCO);

    assertThat(layout)
        .isEqualTo(
            new CategoryLayout(
                "pushpins",
                Layout.LOCO,
                List.of("train/good/000.png", "train/good/001.png"),
                List.of("validation/good/000.png"),
                List.of(
                    new TestImage("test/good/000.png", AnomalyKind.GOOD, "good", List.of()),
                    new TestImage(
                        "test/logical_anomalies/000.png",
                        AnomalyKind.LOGICAL,
                        "logical_anomalies",
                        List.of("ground_truth/logical_anomalies/000/000.png")),
                    new TestImage(
                        "test/structural_anomalies/000.png",
                        AnomalyKind.STRUCTURAL,
                        "structural_anomalies",
                        List.of(
                            "ground_truth/structural_anomalies/000/000.png",
                            "ground_truth/structural_anomalies/000/001.png")),
                    new TestImage(
                        "test/structural_anomalies/001.png",
                        AnomalyKind.STRUCTURAL,
                        "structural_anomalies",
                        List.of()))));
  }

  @Test
  void sortsMvtecIntoItsParts() {
    List<String> paths = new ArrayList<>(normal(20));
    paths.add("test/good/000.png");
    paths.add("test/scratch/007.png");
    paths.add("ground_truth/scratch/007_mask.png");

    CategoryLayout layout = CategoryLayout.of("screw", paths);

    assertThat(layout.layout()).isEqualTo(Layout.MVTEC_AD);
    assertThat(layout.test())
        .containsExactly(
            new TestImage("test/good/000.png", AnomalyKind.GOOD, "good", List.of()),
            new TestImage(
                "test/scratch/007.png",
                AnomalyKind.STRUCTURAL,
                "scratch",
                List.of("ground_truth/scratch/007_mask.png")));
  }

  @Test
  void holdsBackTheLastOfThePermutationWhereNoValidationIs() {
    CategoryLayout layout = CategoryLayout.of("screw", normal(20));

    List<String> expected =
        HeldBack.permutation(20).subList(17, 20).stream().map(normal(20)::get).sorted().toList();
    assertThat(layout.validation()).isEqualTo(expected);
    assertThat(new TreeSet<>(layout.train())).hasSize(17).doesNotContainAnyElementsOf(expected);
    assertThat(layout.train()).isSorted();
  }

  @Test
  void doesNotDependOnTheOrderOfTheListing() {
    List<String> shuffled = new ArrayList<>(LOCO);
    Collections.shuffle(shuffled, new Random(1));

    assertThat(CategoryLayout.of("pushpins", shuffled))
        .isEqualTo(CategoryLayout.of("pushpins", LOCO));
  }

  @Test
  void keepsAValidationFolderBesideNamedDefects() {
    CategoryLayout layout =
        CategoryLayout.of(
            "can", List.of("train/good/0.png", "validation/good/0.png", "test/dent/0.png"));

    assertThat(layout.layout()).isEqualTo(Layout.MVTEC_AD);
    assertThat(layout.counts()).isEqualTo(new SplitCounts(1, 1, 0, 1, 0));
  }

  @Test
  void needsNeitherTestImagesNorGroundTruth() {
    CategoryLayout layout =
        CategoryLayout.of("new", List.of("train/good/0.png", "validation/good/0.png"));

    assertThat(layout.counts()).isEqualTo(new SplitCounts(1, 1, 0, 0, 0));
  }

  @Test
  void namesTheFirstAnomalousImageWithoutGroundTruth() {
    CategoryLayout layout = CategoryLayout.of("pushpins", LOCO);

    assertThat(layout.annotated()).isTrue();
    assertThat(layout.firstUnannotated())
        .map(TestImage::path)
        .hasValue("test/structural_anomalies/001.png");
  }

  @Test
  void namesNoImageWhereAllAnomaliesHaveGroundTruth() {
    List<String> paths = new ArrayList<>(LOCO);
    paths.add("ground_truth/structural_anomalies/001/000.png");

    assertThat(CategoryLayout.of("pushpins", paths).firstUnannotated()).isEmpty();
  }

  @Test
  void saysThatACategoryHasNoGroundTruth() {
    List<String> paths = LOCO.stream().filter(path -> !path.startsWith("ground_truth")).toList();

    assertThat(CategoryLayout.of("pushpins", paths).annotated()).isFalse();
  }

  @Test
  void ignoresWhatIsNoImage() {
    CategoryLayout layout =
        CategoryLayout.of(
            "new",
            List.of(
                "train/good/0.PNG",
                "train/good/1.Jpeg",
                "train/good/2.bmp",
                "train/good/._0.png",
                "train/good/.png",
                "train/good/notes.txt",
                "train/good/deeper/3.png",
                "train/bad/4.png",
                "readme",
                "validation/good/0.jpg"));

    assertThat(layout.train())
        .containsExactly("train/good/0.PNG", "train/good/1.Jpeg", "train/good/2.bmp");
  }

  @Test
  void refusesACategoryWithoutNormalImages() {
    assertThatThrownBy(() -> CategoryLayout.of("empty", List.of("test/good/0.png")))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot use category empty: it has no images in train/good. Arrange it like MVTec"
                + " LOCO AD (train/good, validation/good, test/good, test/structural_anomalies,"
                + " test/logical_anomalies) or MVTec AD (train/good, test/good, test/<defect>).");
  }

  @Test
  void refusesASingleNormalImageWithoutValidation() {
    assertThatThrownBy(() -> CategoryLayout.of("one", List.of("train/good/0.png")))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(
            "Cannot train on category one: it has no images in validation/good, and train/good"
                + " holds only 1, too few to hold any back. Arrange it like")
        .hasMessageEndingWith(" 2 images would do, 200 hold back 30 for validation.");
  }

  @Test
  void soManyImagesHoldThatManyBack() {
    for (int validation : new int[] {1, 2, 30}) {
      int images = CategoryLayout.normalImagesToHoldBack(validation);
      assertThat(CategoryLayout.of("few", normal(images)).validation()).hasSize(validation);
      if (images > 2) {
        assertThat(CategoryLayout.of("few", normal(images - 1)).validation().size())
            .isLessThan(validation);
      }
    }
    assertThat(CategoryLayout.normalImagesToHoldBack(30)).isEqualTo(200);
  }

  @Test
  void refusesAnomaliesOfUnknownKindInLoco() {
    List<String> paths = new ArrayList<>(LOCO);
    paths.add("test/scratches/000.png");

    assertThatThrownBy(() -> CategoryLayout.of("pushpins", paths))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot use test/scratches of category pushpins: the kind of its anomalies is not"
                + " known. Name the folder test/good, test/structural_anomalies or"
                + " test/logical_anomalies.");
  }

  private static List<String> normal(int count) {
    return IntStream.range(0, count).mapToObj("train/good/%03d.png"::formatted).toList();
  }
}
