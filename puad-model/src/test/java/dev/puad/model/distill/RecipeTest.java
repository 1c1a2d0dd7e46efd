package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.network.Architecture;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecipeTest {

  @Test
  void paperIsTheOfficialCodes() {
    Recipe paper = Recipe.PAPER;
    assertThat(paper.learningRate()).isEqualTo(1e-4);
    assertThat(paper.l2()).isEqualTo(1e-5);
    assertThat(paper.batchSize()).isEqualTo(16);
    assertThat(paper.steps()).isEqualTo(60_000);
    assertThat(paper.parts()).isZero();
    assertThat(paper.statisticsImages()).isEqualTo(10_000);
    assertThat(paper.crop(256)).isEqualTo(Crop.WHOLE);
  }

  @Test
  void paperPadsTheTeacherAndPoolsTheFeatures() {
    TargetGrid grid = Recipe.PAPER.grid(256, 512);
    assertThat(grid).isEqualTo(TargetGrid.padded(256, 512));
    assertThat(grid.side()).isEqualTo(64);
    assertThat(Recipe.PAPER.features(grid, List.of(), 384))
        .isEqualTo(new PatchFeatures(grid, List.of(), 384));
  }

  @Test
  void fastSeesPartsOfImagesFromTheTeachersOwnSize() {
    assertThat(Recipe.FAST.crop(128)).isEqualTo(new Crop(128, 288));
  }

  @Test
  void fastDoesNotPadTheTeacherAndStacksTheFeatures() {
    TargetGrid grid = Recipe.FAST.grid(128, 256);
    assertThat(grid).isEqualTo(TargetGrid.unpadded(128, 256));
    assertThat(grid.side()).isEqualTo(Architecture.TINY.outputSize());
    assertThat(Recipe.FAST.features(grid, List.of(7.0), 64))
        .isEqualTo(new StackedFeatures(grid, List.of(7.0)));
  }

  @Test
  void tinyIsDistilledFastAtAnySizeOthersByThePaper() {
    assertThat(Recipe.of(Architecture.TINY.withImageSize(256))).isEqualTo(Recipe.FAST);
    assertThat(Recipe.of(Architecture.SMALL)).isEqualTo(Recipe.PAPER);
    assertThat(Recipe.of(Architecture.MEDIUM)).isEqualTo(Recipe.PAPER);
  }

  @Test
  void everyRecipeIsFoundByItsName() {
    assertThat(Recipe.names()).containsExactly("paper", "fast");
    assertThat(Recipe.names().stream().map(Recipe::named)).containsExactly(Recipe.values());
  }
}
