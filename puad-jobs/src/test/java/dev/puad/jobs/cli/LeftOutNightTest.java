package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.pipeline.UntrainedBundle;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Models;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A night in which a second line has come, which the pattern does not name. */
class LeftOutNightTest {

  @TempDir static Path folder;

  private static Path warehouse;
  private static Path archive;

  @BeforeAll
  static void addASecondLine() throws IOException {
    warehouse = folder.resolve("warehouse");
    Models models = new Models(Lake.open(LocalSpark.open(warehouse)));
    Path bundle = folder.resolve("bundle");
    models.publish(UntrainedBundle.row("cup", 1, bundle, UntrainedBundle.of("cup").write(bundle)));
    archive = folder.resolve("archive");
    images("2026-11-30/line1/cup", 2);
    images("2026-11-30/line2/cup", 3);
  }

  @Test
  void anyImageLeftOutIsCodeFourOnceTheOthersAreScored() throws IOException {
    Path summary = folder.resolve("night.json");

    Ran ran = score("*/line1/{category}/**", "--summary", summary);

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.TOO_MANY_REJECTS);
    assertThat(ran.err())
        .contains(
            "puad: 3 images fit no category\n",
            "puad: images of no category with a bundle are in 2026-11-30/line2 (3 images)."
                + " --categories '*/*/{category}/**' would fit all of them.\n",
            "puad: 3 of 5 images are of no category with a bundle, more than"
                + " score.max-unmatched-rate 0.0 allows; ");
    assertThat(
            LocalSpark.rows(
                warehouse, "select count(*) from puad.scores where image like '%line1%'"))
        .containsExactly("[2]");
    JsonNode told = new ObjectMapper().readTree(summary.toFile());
    assertThat(told.path("unmatchedIn").toString()).isEqualTo("{\"2026-11-30/line2\":3}");
    assertThat(told.path("fittingPattern").asText()).isEqualTo("*/*/{category}/**");
  }

  @Test
  void imagesLeftOutThatAreAllowedAreCodeZeroAndNamedAllTheSame() {
    Ran ran = score("*/line1/{category}/**", "--max-unmatched-rate", "0.6");

    assertThat(ran.code()).as(ran.err()).isEqualTo(ExitCode.DONE);
    assertThat(ran.err()).contains("are in 2026-11-30/line2 (3 images).");
  }

  @Test
  void whereNothingFitsAPatternThatWouldIsNamed() {
    Ran ran = score("line1/{category}/**");

    ran.assertMistake(
        ExitCode.BAD_INPUT,
        "Cannot score %s: none of its 5 images fits --categories. Correct the pattern. --categories '*/*/{category}/**' would fit all of them."
            .formatted(archive));
  }

  @Test
  void aRateBeyondOneIsRefused() {
    score("{category}/**", "--max-unmatched-rate", "2")
        .assertMistake(
            ExitCode.USAGE,
            "Cannot set puad.score.max-unmatched-rate to 2.0, the value must be 0 to 1.");
  }

  private static Ran score(String pattern, Object... more) {
    List<Object> line =
        new ArrayList<>(
            List.of("score", "--dataset", "tests", "--images", archive, "--categories", pattern));
    line.addAll(List.of(more));
    return Ran.in(warehouse, line.toArray());
  }

  private static void images(String path, int count) throws IOException {
    Path parent = Files.createDirectories(archive.resolve(path));
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[32 * 32 * RgbImage.CHANNELS];
      pixels[0] = (byte) i;
      Files.write(parent.resolve(i + ".png"), PngEncoder.encode(new RgbImage(32, 32, pixels)));
    }
  }
}
