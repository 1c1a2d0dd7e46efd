package dev.puad.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.jobs.cli.JavaProcess;
import dev.puad.jobs.cli.Puad;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import dev.puad.model.detect.Bundle;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TrainingNetwork;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands on a cluster of two executors, each a JVM of its own: what they need must travel to
 * them, and what they find must be what one JVM finds.
 */
@Tag("slow")
class LocalClusterTest {

  @TempDir static Path temporary;

  private static Path category;
  private static List<JsonNode> results;

  @BeforeAll
  static void trainScoreAndEvaluateOnACluster() throws Exception {
    category = ToyDataset.write(temporary, new SplitCounts(4, 3, 2, 2, 2), 128, 1);
    Path out = temporary.resolve("out.txt");
    Path err = temporary.resolve("err.txt");
    Process driver = start(out, err);
    try {
      assertThat(driver.waitFor(5, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      driver.destroyForcibly();
    }
    assertThat(driver.exitValue()).as("exit code after %s", Files.readString(err)).isZero();
    results = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      results.add(new ObjectMapper().readTree(line));
    }
  }

  @Test
  void executorsAreJvmsOfTheirOwn() {
    JsonNode processes = results.get(3);

    List<Long> executors = new ArrayList<>();
    processes.get("executors").forEach(id -> executors.add(id.asLong()));
    assertThat(executors)
        .hasSize(2)
        .doesNotHaveDuplicates()
        .doesNotContain(processes.get("driver").asLong());
  }

  @Test
  void everyStepIsTrained() {
    assertThat(results.get(0).get("steps").asInt()).isEqualTo(5);
  }

  @Test
  void everyImageIsScored() {
    assertThat(results.get(1).get("scored").asInt()).isEqualTo(6);
    assertThat(results.get(1).get("rejected").asInt()).isZero();
  }

  @Test
  void everyImageIsEvaluated() {
    JsonNode evaluated = results.get(2);

    assertThat(evaluated.at("/images/good").asInt()).isEqualTo(2);
    assertThat(evaluated.at("/images/structural").asInt()).isEqualTo(2);
    assertThat(evaluated.at("/images/logical").asInt()).isEqualTo(2);
    assertThat(evaluated.at("/auroc/combined/all").asDouble()).isBetween(0.0, 1.0);
  }

  @Test
  void trainingHasTheBitsOfOneJvmWithAsManyThreads(@TempDir Path other) throws IOException {
    LocalSpark.open(other);
    Path out = other.resolve("out.txt");
    try (PrintStream to = new PrintStream(out.toFile(), StandardCharsets.UTF_8)) {
      assertThat(Puad.run(to, to, train(category, other))).isZero();
    }
    List<String> lines = Files.readAllLines(out);
    JsonNode alone = new ObjectMapper().readTree(lines.get(lines.size() - 1));

    assertThat(Arrays.mismatch(parameters(results.get(0)), parameters(alone))).isEqualTo(-1);
    assertThat(bundle(results.get(0)).manifest().variants())
        .isEqualTo(bundle(alone).manifest().variants());
  }

  private static Bundle bundle(JsonNode trained) {
    return Bundle.open(Path.of(trained.get("bundle").asText()));
  }

  private static float[] parameters(JsonNode trained) {
    try (TrainingNetwork network =
        TrainingNetwork.read(Architecture.TINY, bundle(trained).network())) {
      return network.parameters();
    }
  }

  private static String[] train(Path category, Path warehouse) {
    // The toy's own test images do as penalty images.
    return ("train --network tiny --steps 5 --workers 2 --averaging-frequency 2 --json"
            + " --data %s --penalty-images %s --warehouse %s")
        .formatted(category, category.resolve("test"), warehouse)
        .split(" ");
  }

  /** Starts the driver, whose executors find Spark and our classes on the tests' own class path. */
  private static Process start(Path out, Path err) throws IOException {
    // Spark starts executors only from a home with a folder of jars.
    Path home = temporary.resolve("spark-home");
    Files.createDirectories(home.resolve("jars"));
    String classPath = System.getProperty("java.class.path");
    List<String> flags = JavaProcess.ownFlags();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dspark.master=local-cluster[2,1,1536]",
            "-Dspark.executor.memory=1g",
            "-Dspark.executor.extraClassPath=" + classPath,
            "-Dspark.executor.extraJavaOptions=" + String.join(" ", flags),
            "-Dspark.executorEnv.OMP_NUM_THREADS=" + threads(),
            "-cp",
            classPath,
            Driver.class.getName(),
            category.toString(),
            temporary.resolve("warehouse").toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(temporary.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }

  /**
   * As many threads as this JVM's networks have: how a convolution's gradient is summed depends on
   * their number, and Spark would give an executor one a core.
   */
  private static String threads() {
    String set = System.getenv("OMP_NUM_THREADS");
    return set == null ? Integer.toString(Runtime.getRuntime().availableProcessors()) : set;
  }

  /** The commands one after the other in one driver; each prints its result in one line. */
  static final class Driver {

    private Driver() {}

    public static void main(String[] args) {
      Path category = Path.of(args[0]);
      Path warehouse = Path.of(args[1]);
      String of = " --json --warehouse " + warehouse;
      run(train(category, warehouse));
      run(("score --category black_circle --images " + category.resolve("test") + of).split(" "));
      run(("evaluate --data " + category + of).split(" "));
      PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
      out.printf("{\"driver\":%d,\"executors\":%s}%n", ProcessHandle.current().pid(), executors());
      SparkSession.active().stop();
      System.exit(0);
    }

    private static void run(String... command) {
      int code = Puad.run(System.out, System.err, command);
      if (code != 0) {
        System.exit(code);
      }
    }

    /** The process of each of many tasks that take a while, so that no executor is left out. */
    private static List<Long> executors() {
      return JavaSparkContext.fromSparkContext(SparkSession.active().sparkContext())
          .parallelize(List.of(1, 2, 3, 4, 5, 6, 7, 8), 8)
          .map(
              task -> {
                Thread.sleep(200);
                return ProcessHandle.current().pid();
              })
          .distinct()
          .collect();
    }
  }
}
