package dev.puad.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The scripts in submit/, on the uber jar and the Spark that Maven resolved: the quickstart's
 * commands in an empty folder with a space in its name, and the paper's claim on their result.
 */
@Tag("slow")
class SubmitIT {

  private static final Path SUBMIT = Path.of("../submit").toAbsolutePath().normalize();
  private static final Path CONF = Path.of("../conf").toAbsolutePath().normalize();

  @TempDir private static Path temporary;

  private static Path folder;

  /** A command that was started. */
  private record Running(Process process, Path out, Path err) {

    Outcome end() throws Exception {
      try {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended in time").isTrue();
      } finally {
        process.destroyForcibly();
      }
      return new Outcome(process.exitValue(), Files.readAllLines(out), Files.readString(err));
    }
  }

  /** How a command ended, and what it printed to standard output and standard error. */
  private record Outcome(int code, List<String> out, String err) {

    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out.get(out.size() - 1));
    }
  }

  private static JsonNode evaluated;

  @BeforeAll
  static void runTheQuickstartsCommands() throws Exception {
    folder = Files.createDirectory(temporary.resolve("from nothing"));
    expectDone(puad("toy", "--out", "toy"));
    expectDone(puad("train --data toy/black_circle --network tiny".split(" ")));
    String[] score = "score --images toy/black_circle/test --category black_circle".split(" ");
    Running first = startPuad(score);
    Running second = startPuad(score);
    expectDone(first.end());
    expectDone(second.end());
    Outcome outcome = puad("evaluate", "--data", "toy/black_circle", "--json");
    expectDone(outcome);
    evaluated = outcome.json();
  }

  @Test
  void twoScoreRunsAtOnceLeaveEachImageOnce() throws Exception {
    Outcome counted =
        puad(
            "sql",
            "--json",
            "select (select count(*) from puad.scores), (select count(distinct image) from"
                + " puad.scores), (select count(*) from puad.anomaly_maps)");

    assertThat(counted.json().at("/rows/0"))
        .extracting(JsonNode::asInt)
        .containsExactly(180, 180, 180);
  }

  @Test
  void theUnpicturableScoreAddsWhatThePicturableOneCannotSee() {
    double picturable = evaluated.at("/auroc/picturable/logical").asDouble();

    assertThat(evaluated.at("/auroc/combined/logical").asDouble()).isGreaterThan(picturable + 0.08);
    assertThat(evaluated.at("/auroc/combined/all").asDouble()).isGreaterThan(0.90);
    assertThat(evaluated.at("/auroc/picturable/structural").asDouble()).isGreaterThan(0.93);
  }

  @Test
  void keepsStandardOutputForTheResult() throws Exception {
    assertThat(puad("sql", "--json", "select 1").out()).hasSize(1);
  }

  @Test
  void showsTheTablesToAPlainSparkSession() throws Exception {
    Path application = jarOf(PlainSession.class);

    Outcome counted =
        start(
                SUBMIT.resolve("spark-class").toString(),
                "org.apache.spark.deploy.SparkSubmit",
                "--properties-file",
                CONF.resolve("local.properties").toString(),
                "--jars",
                uberJar().toUri().toString(),
                "--class",
                PlainSession.class.getName(),
                application.toString(),
                "select category, images, (select count(*) from puad.latest_scores), (select count(*)"
                    + " from puad.worst where rank <= 10) from puad.daily")
            .end();

    assertThat(counted.out()).containsExactly("black_circle 180 180 10");
  }

  @Test
  void opensFilesWhoseNamesAreBeyondTheLocale() throws Exception {
    Path image = Files.createDirectory(folder.resolve("Prüfung")).resolve("Teil ä.png");
    Files.copy(folder.resolve("toy/black_circle/test/good/000.png"), image);

    Outcome packed = puad("pack", "--images", "Prüfung", "--out", "packed", "--json");

    expectDone(packed);
    assertThat(packed.json().path("images").asInt()).isEqualTo(1);
  }

  @Test
  void exitsWithTheCodeOfBadInput() throws Exception {
    assertThat(puad("score", "--images", "absent", "--category", "black_circle").code())
        .isEqualTo(3);
  }

  @Test
  void exitsWithTheCodeOfWrongUsage() throws Exception {
    assertThat(puad("score", "--no-such-option").code()).isEqualTo(2);
  }

  private static void expectDone(Outcome outcome) {
    assertThat(outcome.code())
        .as("exit code after %s and %s", outcome.out(), outcome.err())
        .isZero();
  }

  private static Outcome puad(String... arguments) throws Exception {
    return startPuad(arguments).end();
  }

  private static Running startPuad(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(SUBMIT.resolve("puad").toString()));
    command.addAll(List.of(arguments));
    return start(command.toArray(String[]::new));
  }

  private static Running start(String... command) throws IOException {
    Path out = Files.createTempFile(temporary, "out", ".txt");
    Path err = Files.createTempFile(temporary, "err", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().remove("SPARK_HOME");
    // As a service or a container has it.
    builder.environment().put("LC_ALL", "C");
    return new Running(builder.start(), out, err);
  }

  private static Path uberJar() throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(Path.of("target"), "puad-jobs-*-uber.jar")) {
      return jars.iterator().next().toAbsolutePath();
    }
  }

  private static Path jarOf(Class<?> application) throws IOException {
    Path jar = temporary.resolve("application.jar");
    String entry = application.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        InputStream in = application.getResourceAsStream("/" + entry)) {
      out.putNextEntry(new JarEntry(entry));
      in.transferTo(out);
    }
    return jar;
  }
}
