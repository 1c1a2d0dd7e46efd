package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ImageDrawsTest {

  private static final int PURPOSE = RandomStreams.PENALTY_ORDER;
  private static final NaturalImages FOLDER =
      new NaturalImages(
          "file:/p", IntStream.range(0, 100).mapToObj(i -> "file:/p/" + i + ".png").toList(), "");

  @Test
  void anEpochHasEveryImageOnce() {
    assertThat(drawn(new ImageDraws(FOLDER, 1, PURPOSE), 0, 100))
        .containsExactlyInAnyOrderElementsOf(FOLDER.images());
  }

  @Test
  void theNextEpochHasAnOrderOfItsOwn() {
    ImageDraws draws = new ImageDraws(FOLDER, 1, PURPOSE);

    assertThat(drawn(draws, 100, 200))
        .containsExactlyInAnyOrderElementsOf(FOLDER.images())
        .isNotEqualTo(drawn(draws, 0, 100));
  }

  @Test
  void theSeedDecidesTheDraws() {
    List<String> drawn = drawn(new ImageDraws(FOLDER, 1, PURPOSE), 0, 20);

    assertThat(drawn(new ImageDraws(FOLDER, 1, PURPOSE), 0, 20)).isEqualTo(drawn);
    assertThat(drawn(new ImageDraws(FOLDER, 2, PURPOSE), 0, 20)).isNotEqualTo(drawn);
  }

  @Test
  void anotherPurposeDrawsOtherwise() {
    assertThat(drawn(new ImageDraws(FOLDER, 1, RandomStreams.ORDER), 0, 20))
        .isNotEqualTo(drawn(new ImageDraws(FOLDER, 1, PURPOSE), 0, 20));
  }

  @Test
  void theCandidatesOfAnImageAreTheNextThatAreDrawn() {
    ImageDraws draws = new ImageDraws(FOLDER, 1, PURPOSE);

    assertThat(draws.candidates(3)).hasSize(32).isEqualTo(drawn(draws, 3, 35));
  }

  @Test
  void aSmallFolderHasNoMoreCandidatesThanImages() {
    ImageDraws draws =
        new ImageDraws(new NaturalImages("file:/p", List.of("a", "b"), ""), 1, PURPOSE);

    assertThat(LongStream.range(0, 10).mapToObj(draws::candidates))
        .allSatisfy(candidates -> assertThat(candidates).containsExactlyInAnyOrder("a", "b"));
  }

  @Test
  void generatedImagesNeverComeTwice() {
    assertThat(drawn(new ImageDraws(NaturalImages.GENERATED, 1, PURPOSE), 0, 1000))
        .doesNotHaveDuplicates();
  }

  @Test
  void aGeneratedImageHasNoOtherCandidates() {
    ImageDraws draws = new ImageDraws(NaturalImages.GENERATED, 1, PURPOSE);

    assertThat(draws.candidates(7)).hasSize(1).isEqualTo(drawn(draws, 7, 8));
  }

  @Test
  void seedAndPurposeDecideTheGeneratedImages() {
    List<String> drawn = drawn(new ImageDraws(NaturalImages.GENERATED, 1, PURPOSE), 0, 5);

    assertThat(drawn(new ImageDraws(NaturalImages.GENERATED, 1, PURPOSE), 0, 5)).isEqualTo(drawn);
    assertThat(drawn(new ImageDraws(NaturalImages.GENERATED, 2, PURPOSE), 0, 5))
        .doesNotContainAnyElementsOf(drawn);
    assertThat(drawn(new ImageDraws(NaturalImages.GENERATED, 1, RandomStreams.ORDER), 0, 5))
        .doesNotContainAnyElementsOf(drawn);
  }

  private static List<String> drawn(ImageDraws draws, long from, long to) {
    return LongStream.range(from, to).mapToObj(draw -> draws.candidates(draw).get(0)).toList();
  }
}
