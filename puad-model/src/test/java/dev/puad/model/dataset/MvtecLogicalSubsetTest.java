package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MvtecLogicalSubsetTest {

  /** What MVTec AD holds of the three categories, by folder. */
  private static final Map<String, Map<String, Integer>> PUBLISHED =
      Map.of(
          "cable",
          Map.of(
              "bent_wire", 13,
              "cable_swap", 12,
              "combined", 11,
              "cut_inner_insulation", 14,
              "cut_outer_insulation", 10,
              "missing_cable", 12,
              "missing_wire", 10,
              "poke_insulation", 10,
              "good", 58),
          "capsule",
          Map.of(
              "crack", 23,
              "faulty_imprint", 22,
              "poke", 21,
              "scratch", 23,
              "squeeze", 20,
              "good", 23),
          "transistor",
          Map.of("bent_lead", 10, "cut_lead", 10, "damaged_case", 10, "misplaced", 10, "good", 60));

  @Test
  void holds37ImagesOfTheWholeDataSet() {
    Map<String, Integer> logical = new TreeMap<>();
    PUBLISHED.forEach(
        (category, folders) -> logical.put(category, layout(category, folders).counts().logical()));

    assertThat(logical).isEqualTo(Map.of("cable", 15, "capsule", 2, "transistor", 20));
    assertThat(logical.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(37);
  }

  @Test
  void holdsSingleImagesByTheirNumber() {
    List<String> logical =
        layout("cable", PUBLISHED.get("cable")).test().stream()
            .filter(image -> image.kind() == AnomalyKind.LOGICAL)
            .filter(image -> image.defect().equals("combined"))
            .map(TestImage::path)
            .toList();

    assertThat(logical)
        .containsExactly("test/combined/005.png", "test/combined/007.png", "test/combined/009.png");
  }

  @ParameterizedTest
  @CsvSource({
    "capsule, faulty_imprint, 004, true",
    "capsule, faulty_imprint, 4, true",
    "capsule, faulty_imprint, 014, false",
    "capsule, faulty_imprint, 004b, false",
    "capsule, faulty_imprint, 99999999999999999999, false",
    "transistor, misplaced, anything, true",
    "bottle, combined, 005, false",
    "my_cable, cable_swap, 000, false",
  })
  void knowsAnImageByCategoryFolderAndNumber(
      String category, String folder, String stem, boolean contained) {
    assertThat(MvtecLogicalSubset.contains(category, folder, stem)).isEqualTo(contained);
  }

  @Test
  void leavesACategoryOfTheSameFoldersAlone() {
    CategoryLayout layout = layout("own", PUBLISHED.get("transistor"));

    assertThat(layout.counts().logical()).isZero();
    assertThat(layout.counts().structural()).isEqualTo(40);
  }

  private static CategoryLayout layout(String category, Map<String, Integer> folders) {
    Stream<String> tests =
        folders.entrySet().stream()
            .flatMap(
                folder ->
                    IntStream.range(0, folder.getValue())
                        .mapToObj(id -> "test/%s/%03d.png".formatted(folder.getKey(), id)));
    Stream<String> normal = Stream.of("train/good/000.png", "train/good/001.png");
    return CategoryLayout.of(category, Stream.concat(normal, tests).toList());
  }
}
