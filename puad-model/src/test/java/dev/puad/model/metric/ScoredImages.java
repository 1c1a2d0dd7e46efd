package dev.puad.model.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The scores of normal and of anomalous images, one by one. */
record ScoredImages(double[] normal, double[] anomalous) {

  /** Of labels, 1 for anomalous images, and scores. */
  static ScoredImages of(double[] labels, double[] scores) {
    return new ScoredImages(ofLabel(0, labels, scores), ofLabel(1, labels, scores));
  }

  /** Of a case of {@link #reference}. */
  static ScoredImages of(JsonNode images) {
    return of(numbers(images.get("labels")), numbers(images.get("scores")));
  }

  /** A JSON file of the fixtures for image-level metrics. */
  static JsonNode reference(String file) {
    try {
      return new ObjectMapper().readTree(Fixtures.path("auroc/" + file).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double[] numbers(JsonNode array) {
    return IntStream.range(0, array.size()).mapToDouble(i -> array.get(i).doubleValue()).toArray();
  }

  /** From 2 to 31 images of either kind, with overlapping scores that tie now and then. */
  static ScoredImages random(int seed) {
    Random random = new Random(seed);
    return new ScoredImages(gaussians(random, 0), gaussians(random, 0.5));
  }

  RocState state() {
    RocState state = new RocState();
    Arrays.stream(normal).forEach(state::addNormal);
    Arrays.stream(anomalous).forEach(state::addAnomalous);
    return state;
  }

  /** The images with other scores. */
  ScoredImages map(DoubleUnaryOperator map) {
    return new ScoredImages(
        Arrays.stream(normal).map(map).toArray(), Arrays.stream(anomalous).map(map).toArray());
  }

  /** Every score, in no order. */
  DoubleStream scores() {
    return DoubleStream.concat(Arrays.stream(normal), Arrays.stream(anomalous));
  }

  /** How many of the scores are at least the threshold. */
  static long atLeast(double threshold, double[] scores) {
    return Arrays.stream(scores).filter(score -> score >= threshold).count();
  }

  private static double[] gaussians(Random random, double mean) {
    return IntStream.range(0, 2 + random.nextInt(30))
        .mapToDouble(i -> Math.rint((random.nextGaussian() + mean) * 10) / 10)
        .toArray();
  }

  private static double[] ofLabel(double label, double[] labels, double[] scores) {
    return IntStream.range(0, labels.length)
        .filter(i -> labels[i] == label)
        .mapToDouble(i -> scores[i])
        .toArray();
  }
}
