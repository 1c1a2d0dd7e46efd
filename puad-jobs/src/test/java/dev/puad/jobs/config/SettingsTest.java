package dev.puad.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

  @TempDir Path directory;

  @Test
  void rendersEveryKeyInOrder() {
    String json = Settings.sources().override("warehouse", "/w").resolve().render();

    assertThat(json)
        .isEqualTo(
            """
            {"archive":{"max-entries":1000000,"max-ratio":200,"timeout-seconds":60},"cluster":{"executor-timeout-seconds":60},"dataset":"default",\
            "distill":{"averaging-frequency":10,"backbone-centres":[],"backbone-outputs":[],"backbone-size":0,\
            "batch-size":0,"checkpoint-seconds":60,"feature-cache-bytes":1073741824,"image-size":0,\
            "licence":"Derived from the backbone's weights, and from the images unless these were generated: their terms apply.",\
            "network":"small","parts":0,"pixel-scaling":"imagenet","precision":"float32","recipe":"",\
            "statistics-images":0,"steps":0,"workers":1},\
            "evaluate":{"error-bound":1.0E-5,"fpr-limits":[0.01,0.05,0.1,0.3,1.0],"state-bytes":67108864},\
            "image":{"max-bytes":268435456,"max-pixels":67108864},\
            "master":"",\
            "pack":{"shard-bytes":1073741824,"shard-images":10000},\
            "score":{"batch":2000,"batch-bytes":4294967296,"device":"auto","graph":"auto","graph-batch":0,"max-reject-rate":1.0,\
            "max-unmatched-rate":0.0,"models-bytes":3221225472},\
            "seed":1,\
            "train":{"augmentation":"none","averaging-frequency":10,"batch-size":1,\
            "cross-fit-below":30,"false-alarm-rate":0.01,"image-size":0,"map-variant":"puad","network":"small","penalty-images":"",\
            "steps":0,"teacher":"builtin","teacher-cache-bytes":1073741824,\
            "unpicturable-features":"student","workers":1},\
            "warehouse":"/w"}""");
  }

  @Test
  void rendersTheSameHoweverAValueIsWritten() throws IOException {
    Path file = Files.writeString(directory.resolve("a.conf"), "puad.train.false-alarm-rate=2e-2");

    assertThat(Settings.sources().file(file).resolve().render())
        .isEqualTo(
            Settings.sources().override("train.false-alarm-rate", "0.020").resolve().render());
  }

  @Test
  void rendersSomeKeysOnly() throws JsonProcessingException {
    JsonNode tree =
        new ObjectMapper().readTree(Settings.sources().resolve().renderOnly("train", "seed"));

    assertThat(tree.fieldNames()).toIterable().containsExactly("seed", "train");
  }

  @Test
  void rendersSomeKeysWithinAKey() {
    assertThat(
            Settings.sources()
                .resolve()
                .renderOnly("train.map-variant", "seed", "train.image-size"))
        .isEqualTo("{\"seed\":1,\"train\":{\"image-size\":0,\"map-variant\":\"puad\"}}");
  }

  @Test
  void refusesToRenderAKeyThatItDoesNotHave() {
    Settings settings = Settings.sources().resolve();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.renderOnly("train.stops"))
        .withMessage("unknown key stops");
  }

  @Test
  void leavesOutWhatItIsTold() {
    assertThat(
            Settings.sources()
                .resolve()
                .renderOnly(List.of("seed", "pack"), List.of("pack.shard-bytes")))
        .isEqualTo("{\"pack\":{\"shard-images\":10000},\"seed\":1}");
  }

  @Test
  void refusesToLeaveOutAKeyThatItDoesNotHave() {
    Settings settings = Settings.sources().resolve();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.renderOnly(List.of("image"), List.of("image.bytes")))
        .withMessage("unknown key bytes");
  }

  @Test
  void whatItRendersResolvesToItself() throws IOException {
    Settings settings = Settings.sources().override("train.steps", "5").resolve();
    Path file =
        Files.writeString(directory.resolve("b.conf"), "{\"puad\":" + settings.render() + "}");

    assertThat(Settings.sources().file(file).resolve()).isEqualTo(settings);
  }
}
