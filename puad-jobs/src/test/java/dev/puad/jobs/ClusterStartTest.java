package dev.puad.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code submit/cluster-start} makes of two cores; a script stands in for Spark's daemons. */
class ClusterStartTest {

  private static final Path SUBMIT = Path.of("../submit").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @BeforeEach
  void putADaemonInSparksPlace() throws IOException {
    Path daemon = Files.createDirectories(folder.resolve("spark/bin")).resolve("spark-class");
    Files.writeString(
        daemon,
        """
        #!/bin/bash
        echo "$*"; echo "New state: ALIVE"; echo "Successfully registered with master"
        for ((i = 0; i < 100; i++)); do sleep 0.2; done
        """);
    assertThat(daemon.toFile().setExecutable(true)).isTrue();
  }

  @AfterEach
  void stopTheCluster() throws Exception {
    run("cluster-stop", Map.of());
  }

  @ParameterizedTest
  @CsvSource({
    "cluster, 1, 2, 3g",
    "cluster, 2, 2, 3g",
    "gpu, 1, 2, 6g",
  })
  void everyWorkerHasRoomForAnExecutor(String situation, int workers, String cores, String memory)
      throws Exception {
    Ended started =
        run(
            "cluster-start",
            Map.of("PUAD_CONF", situation, "PUAD_WORKERS", Integer.toString(workers)));

    assertThat(started.code()).as(started.err()).isZero();
    for (int worker = 1; worker <= workers; worker++) {
      assertThat(Files.readString(folder.resolve("cluster/worker-%d.log".formatted(worker))))
          .contains("--cores %s --memory %s ".formatted(cores, memory));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUAD_WORKER_CORES=1 | Cannot start workers of PUAD_WORKER_CORES=1: an executor asks for"
            + " spark.executor.cores 2.",
        "PUAD_WORKER_MEMORY=2048m | Cannot start workers of PUAD_WORKER_MEMORY=2048m: an executor"
            + " asks for spark.executor.memory 3g.",
        "PUAD_WORKER_MEMORY=much | Cannot use much as a size of memory: write it as 3g or 3072m.",
        "PUAD_WORKERS=none | Cannot start PUAD_WORKERS=none workers: it must be a positive number.",
      })
  void workersThatNoExecutorFitsIntoAreRefused(String variable, String message) throws Exception {
    List<String> parts = Arrays.asList(variable.split("=", 2));

    Ended started = run("cluster-start", Map.of(parts.get(0), parts.get(1)));

    assertThat(started.err()).startsWith("puad: " + message);
    assertThat(started.err().lines()).hasSize(1);
    assertThat(started.code()).isEqualTo(2);
  }

  private record Ended(int code, String err) {}

  private Ended run(String script, Map<String, String> more) throws Exception {
    Path err = folder.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(SUBMIT.resolve(script).toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile());
    Map<String, String> environment = new HashMap<>(more);
    // nproc counts as many.
    environment.put("OMP_NUM_THREADS", "2");
    environment.put("SPARK_HOME", folder.resolve("spark").toString());
    environment.put("PUAD_CLUSTER_DIR", folder.resolve("cluster").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(err, StandardCharsets.UTF_8));
  }
}
