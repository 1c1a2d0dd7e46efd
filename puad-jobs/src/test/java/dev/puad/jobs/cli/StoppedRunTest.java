package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.pipeline.UntrainedBundle;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Models;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in processes of their own, which are told to end, or killed. */
class StoppedRunTest {

  private static final int SIGINT = 2;
  private static final int INTERRUPT = 130;
  private static final int TERMINATE = 143;

  @TempDir static Path folder;

  private static Path warehouse;

  @BeforeAll
  static void makeWhatTakesLong() throws IOException {
    warehouse = folder.resolve("warehouse");
    Models models = new Models(Lake.open(LocalSpark.open(warehouse)));
    Path bundle = folder.resolve("bundle");
    models.publish(UntrainedBundle.row("cup", 1, bundle, UntrainedBundle.of("cup").write(bundle)));
    Path first = Files.createDirectory(folder.resolve("cup")).resolve("first.png");
    Files.write(
        first, PngEncoder.encode(new RgbImage(64, 64, new byte[64 * 64 * RgbImage.CHANNELS])));
    for (int i = 0; i < 3000; i++) {
      Files.createLink(folder.resolve("cup/%d.png".formatted(i)), first);
    }
    Ran.puad(
            "toy --train 6 --validation 4 --good 1 --structural 1 --logical 1 --size 128 --out "
                .concat(folder.resolve("toy").toString())
                .split(" "))
        .done();
  }

  @Test
  void ctrlCDuringATrainingIsOneLineAndARowThatSaysSo() throws Exception {
    // A shell without job control has what runs in its background ignore Ctrl-C.
    assumeFalse(ignoresInterrupts(), "these tests were started such that they ignore Ctrl-C");
    Running training = start("train");

    String after = training.signal("INT");

    assertThat(after).isEqualTo("puad: stopped by SIGINT\n");
    assertThat(training.process().exitValue()).isEqualTo(INTERRUPT);
    assertThat(status(training)).containsExactly("[train,stopped,true]");
  }

  @Test
  void aScoringThatIsToldToEndSaysSoInItsRowAndItsSummary() throws Exception {
    Path summary = folder.resolve("night.json");
    Running scoring = start("score", "--summary", summary.toString());

    String after = scoring.signal("TERM");

    assertThat(after).isEqualTo("puad: stopped by SIGTERM\n");
    assertThat(scoring.process().exitValue()).isEqualTo(TERMINATE);
    assertThat(status(scoring)).containsExactly("[score,stopped,true]");
    JsonNode told = new ObjectMapper().readTree(summary.toFile());
    assertThat(told.path("outcome").asText()).isEqualTo("stopped");
    assertThat(told.path("run").asText()).isEqualTo(scoring.run());
  }

  @Test
  void aRunThatWasKilledIsLostToTheNext() throws Exception {
    Running training = start("train");
    training.signal("KILL");
    assertThat(status(training)).containsExactly("[train,running,false]");

    Ran.in(
            warehouse,
            "score",
            "--dataset",
            "tests",
            "--category",
            "cup",
            "--images",
            folder.resolve("cup"),
            "--limit",
            1)
        .done();

    assertThat(status(training)).containsExactly("[train,lost,false]");
    assertThat(
            LocalSpark.rows(
                warehouse,
                "select error like 'process %d of % is gone' from puad.runs where run = '%s'"
                    .replace("%d", String.valueOf(training.process().pid()))
                    .replace("%s", training.run())))
        .containsExactly("[true]");
  }

  private static boolean ignoresInterrupts() throws IOException {
    String mask =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow()
            .replaceAll("SigIgn:\\s*", "");
    return new BigInteger(mask, 16).testBit(SIGINT - 1);
  }

  /** A run that goes on. */
  private record Running(Process process, Path err, String run) {

    /** Returns what it wrote on standard error from then on. */
    String signal(String name) throws Exception {
      String before = Files.readString(err);
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends in time").isTrue();
      return Files.readString(err).substring(before.length());
    }
  }

  private static Running start(String command, String... more) throws Exception {
    Path err = Files.createTempFile(folder, command, ".err");
    String line =
        command.equals("train")
            ? "train --network tiny --steps 1000000 --data " + folder.resolve("toy/black_circle")
            : "score --dataset tests --category cup --images " + folder.resolve("cup");
    List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--master", "local[2]", "--warehouse", warehouse.toString()));
    Process process = JavaProcess.start(folder, err, Puad.class, arguments);
    return new Running(process, err, awaitRun(process, command, err));
  }

  /** Waits until its row is there. */
  private static String awaitRun(Process process, String command, Path err) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (process.isAlive() && System.nanoTime() < deadline) {
      List<String> runs =
          LocalSpark.rows(
              warehouse,
              "select run from puad.runs where command = '%s' and pid = %d"
                  .formatted(command, process.pid()));
      if (!runs.isEmpty()) {
        return runs.get(0).substring(1, runs.get(0).length() - 1);
      }
      // The process that starts needs the cores more than the question.
      Thread.sleep(1000);
    }
    process.destroyForcibly();
    throw new AssertionError("no run began: " + Files.readString(err));
  }

  private static List<String> status(Running running) {
    return LocalSpark.rows(
        warehouse,
        "select command, status, coalesce(seconds > 0, false) from puad.run_status where run = '%s'"
            .formatted(running.run()));
  }
}
