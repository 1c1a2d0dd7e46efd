package dev.puad.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.dataformat.yaml.YAMLFactory;

/** The schedulers' files are well formed, and call {@code puad score} as it wants to be called. */
class SubmitExamplesTest {

  private static final Path EXAMPLES = Path.of("../submit/examples").toAbsolutePath().normalize();

  @Test
  void theTimerStartsTheServiceOfItsName() throws IOException {
    Map<String, Map<String, String>> timer = unit("puad-score.timer");

    assertThat(timer.get("Timer")).containsKeys("OnCalendar", "Persistent");
    assertThat(timer.get("Install")).containsEntry("WantedBy", "timers.target");
    assertThat(EXAMPLES.resolve("puad-score.service")).exists();
  }

  @Test
  void theServiceRunsScoreOnceANight() throws IOException {
    Map<String, String> service = unit("puad-score.service").get("Service");

    assertThat(service).containsEntry("Type", "oneshot");
    assertScores(List.of(service.get("ExecStart").split(" ")));
  }

  @Test
  void theCronJobRunsScoreWithoutOverlap() throws IOException {
    JsonNode job =
        new ObjectMapper(new YAMLFactory())
            .readTree(Files.readString(EXAMPLES.resolve("puad-score-cronjob.yaml")));

    assertThat(job.at("/apiVersion").asText()).isEqualTo("batch/v1");
    assertThat(job.at("/kind").asText()).isEqualTo("CronJob");
    assertThat(job.at("/spec/concurrencyPolicy").asText()).isEqualTo("Forbid");
    assertThat(job.at("/spec/schedule").asText().split(" ")).hasSize(5);
    JsonNode pod = job.at("/spec/jobTemplate/spec/template/spec");
    assertThat(pod.at("/restartPolicy").asText()).isEqualTo("Never");
    JsonNode container = pod.at("/containers/0");
    assertThat(container.at("/name"))
        .isEqualTo(
            job.at("/spec/jobTemplate/spec/podFailurePolicy/rules/0/onExitCodes/containerName"));
    assertThat(texts(container.at("/volumeMounts"), "name"))
        .isEqualTo(texts(pod.at("/volumes"), "name"));
    List<String> line = new ArrayList<>();
    container.at("/command").forEach(word -> line.add(word.asText()));
    container.at("/args").forEach(word -> line.addAll(List.of(word.asText().split("=", 2))));
    assertScores(line);
  }

  private static void assertScores(List<String> line) {
    assertThat(line).startsWith("/opt/puad/submit/puad", "score");
    assertThat(line)
        .contains("--images", "--categories", "--max-reject-rate", "--json", "--summary");
  }

  private static List<String> texts(JsonNode list, String field) {
    List<String> texts = new ArrayList<>();
    list.forEach(each -> texts.add(each.get(field).asText()));
    return texts;
  }

  /** A unit's settings by section. */
  private static Map<String, Map<String, String>> unit(String name) throws IOException {
    Map<String, Map<String, String>> sections = new LinkedHashMap<>();
    String section = null;
    for (String line : Files.readAllLines(EXAMPLES.resolve(name))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("[")) {
        section = line.substring(1, line.indexOf(']'));
        sections.put(section, new LinkedHashMap<>());
      } else {
        assertThat(line).as(name).matches("[A-Za-z]+=.+");
        assertThat(section).as("the section of %s", line).isNotNull();
        String[] setting = line.split("=", 2);
        sections.get(section).put(setting[0], setting[1]);
      }
    }
    return sections;
  }
}
