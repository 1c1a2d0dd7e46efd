package dev.puad.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.apache.spark.SparkConf;

/** What a cluster has, in words, where that can be known. */
final class ClusterOffer {

  private static final Pattern IN_PROCESS =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");

  private static final String STANDALONE = "spark://";
  private static final String PAGE_PORT = "spark.master.ui.port";
  private static final String USUAL_PAGE_PORT = "8080";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private ClusterOffer() {}

  /** Of a standalone master what its page says; of others nothing. */
  static Optional<String> of(String master, SparkConf conf) {
    Matcher inProcess = IN_PROCESS.matcher(master);
    if (inProcess.matches()) {
      return Optional.of(
          "the cluster has %s workers of %s cores and %s MB"
              .formatted(inProcess.group(1), inProcess.group(2), inProcess.group(3)));
    }
    if (!master.startsWith(STANDALONE)) {
      return Optional.empty();
    }
    return Arrays.stream(master.substring(STANDALONE.length()).split(","))
        .map(address -> address.replaceFirst(":\\d+$", ""))
        .map(host -> page(host, conf.get(PAGE_PORT, USUAL_PAGE_PORT)))
        .flatMap(Optional::stream)
        .filter(page -> page.path("status").asText().equals("ALIVE"))
        .map(ClusterOffer::words)
        .findFirst();
  }

  private static Optional<JsonNode> page(String host, String port) {
    try {
      HttpResponse<String> answer =
          HttpClient.newBuilder()
              .connectTimeout(PATIENCE)
              .build()
              .send(
                  HttpRequest.newBuilder(URI.create("http://%s:%s/json/".formatted(host, port)))
                      .timeout(PATIENCE)
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      return Optional.of(new ObjectMapper().readTree(answer.body()));
    } catch (IOException | IllegalArgumentException e) {
      // It has no such page, or not there: the master may have been told another port.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static String words(JsonNode page) {
    List<JsonNode> workers =
        StreamSupport.stream(page.path("workers").spliterator(), false)
            .filter(worker -> worker.path("state").asText().equals("ALIVE"))
            .toList();
    return workers.stream()
        .max(
            Comparator.comparingInt((JsonNode worker) -> worker.path("coresfree").asInt())
                .thenComparingLong(worker -> worker.path("memoryfree").asLong()))
        .map(
            freest ->
                "of the cluster's workers, %d, the freest has %d of %d cores and %d of %d MB free"
                    .formatted(
                        workers.size(),
                        freest.path("coresfree").asInt(),
                        freest.path("cores").asInt(),
                        freest.path("memoryfree").asLong(),
                        freest.path("memory").asLong()))
        .orElse("the cluster has no workers");
  }
}
