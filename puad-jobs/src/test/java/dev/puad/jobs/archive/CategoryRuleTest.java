package dev.puad.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CategoryRuleTest {

  private static final String ROOT = "file:///archive/a%20b";

  @ParameterizedTest
  @CsvSource({
    "line3/{category}/**, line3/bottle/1.png, bottle",
    "line3/{category}/**, line3/bottle/deep/down/1.png, bottle",
    "line3/{category}/**, line4/bottle/1.png, ",
    "line3/{category}/**, line3/1.png, ",
    "{category}/*.png, bottle/1.png, bottle",
    "{category}/*.png, bottle/deep/1.png, ",
    "{category}/**/*.png, bottle/1.png, bottle",
    "{category}/**/*.png, bottle/deep/down/1.png, bottle",
    "**/{category}-??.png, a/b/bottle-07.png, bottle",
    "**/{category}-??.png, bottle-07.png, bottle",
    "**/{category}-??.png, bottle-7.png, ",
    "{category}/**, two%20words/1.png, two words",
    "{category}.v1/**, bottle.v1/1.png, bottle",
    "{category}.v1/**, bottlexv1/1.png, ",
    "night.tar/{category}/**, night.tar!/bottle/1.png, bottle",
    "{category}/**, bottle/night.tar!/1.png, bottle",
    "{category}/**, bottle%21/1.png, bottle!",
    "*/{category}/**, night.tar!/bottle%21/1.png, bottle!"
  })
  void aPathsCategoryIsWhatThePatternSays(String pattern, String path, String category) {
    assertThat(CategoryRule.pattern(pattern).category(ROOT, ROOT + "/" + path).orElse(null))
        .isEqualTo(category);
  }

  @ParameterizedTest
  @CsvSource({
    "*/line1/{category}/**, 2026-11-30/line1/cup/1.png",
    "*/*/{category}/**, 2026-11-30/line2/cup/1.png",
    "*/line1/{category}/**, 2026-11-30.tar!/line1/cup/1.png",
    "*.tar/line1/{category}/**, 2026-11-30.tar!/line1/cup/1.png",
    "**/{category}/*, 2026-11-30/line1/cup/1.png",
    "**/{category}/*, 2026-11-30/line1/late.tar!/cup/1.png",
    "*/{category}-*.tar/**, 2026-11-30/cup-night.tar!/1.png"
  })
  void theReadmesPatternsFitTheirFoldersAndShards(String pattern, String path) {
    assertThat(CategoryRule.pattern(pattern).category(ROOT, ROOT + "/" + path)).contains("cup");
  }

  @Test
  void oneCategoryIsThatOfEveryPath() {
    assertThat(CategoryRule.always("bottle").category(ROOT, ROOT + "/x/1.png")).contains("bottle");
  }

  @ParameterizedTest
  @ValueSource(strings = {"line3/**", "{category}/{category}/**", ""})
  void aPatternNamesTheCategoryOnce(String pattern) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> CategoryRule.pattern(pattern))
        .withMessage(
            "Cannot use pattern %s: it must have {category} once, as in line3/{category}/**.",
            pattern);
  }
}
