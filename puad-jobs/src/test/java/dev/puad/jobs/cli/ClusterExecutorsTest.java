package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.Tuple3;

/** A standalone cluster whose only worker has one core and 512 MB. */
class ClusterExecutorsTest {

  @TempDir private Path folder;

  @Test
  void aCommandThatGetsNoExecutorEndsWithOneLine() throws Exception {
    SparkConf conf = new SparkConf(false);
    Tuple3<RpcEnv, Object, Option<Object>> master =
        Master.startRpcEnvAndEndpoint("localhost", 0, 0, conf);
    String address = "spark://localhost:" + master._1().address().port();
    RpcEnv worker =
        Worker.startRpcEnvAndEndpoint(
            "localhost",
            0,
            0,
            1,
            512,
            new String[] {address},
            folder.resolve("work").toString(),
            Option.empty(),
            conf,
            Option.empty());
    try {
      Ended ended = pack(address, master._2().toString());

      assertThat(ended.err())
          .isEqualTo(
              ("puad: Cannot run on %s: it gave no executor within 2 s. An executor was asked for"
                      + " with 2 cores and 512 MB; of the cluster's workers, 1, the freest has 1 of"
                      + " 1 cores and 512 of 512 MB free. Ask for less or start larger workers"
                      + " (spark.executor.* in conf), or wait longer with"
                      + " cluster.executor-timeout-seconds.\n")
                  .formatted(address));
      assertThat(ended.code()).isEqualTo(ExitCode.BAD_INPUT);
    } finally {
      worker.shutdown();
      master._1().shutdown();
    }
  }

  @Test
  void anotherMastersWorkersAreNotKnown() {
    assertThat(ClusterOffer.of("yarn", new SparkConf(false))).isEmpty();
  }

  @Test
  void aMasterWithoutAPageLeavesItsWorkersUnknown() {
    SparkConf conf = new SparkConf(false).set("spark.master.ui.port", "1");

    assertThat(ClusterOffer.of("spark://localhost:7077", conf)).isEmpty();
  }

  @Test
  void aClusterOnThisMachineHasTheWorkersOfItsName() {
    assertThat(ClusterOffer.of("local-cluster[2, 1, 1024]", new SparkConf(false)))
        .contains("the cluster has 2 workers of 1 cores and 1024 MB");
  }

  private record Ended(int code, String err) {}

  private Ended pack(String master, String page) throws IOException, InterruptedException {
    Path images = Files.createDirectory(folder.resolve("images"));
    Path err = folder.resolve("err.txt");
    Process process =
        JavaProcess.start(
            folder,
            err,
            List.of(
                "-Xmx1g",
                "-Dspark.executor.cores=2",
                "-Dspark.executor.memory=512m",
                "-Dspark.ui.enabled=false",
                "-Dspark.driver.host=localhost",
                "-Dspark.master.ui.port=" + page),
            Puad.class,
            List.of(
                "pack",
                "--images=" + images,
                "--out=" + folder.resolve("shards"),
                "--master=" + master,
                "-Dcluster.executor-timeout-seconds=2"));
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(err));
  }
}
