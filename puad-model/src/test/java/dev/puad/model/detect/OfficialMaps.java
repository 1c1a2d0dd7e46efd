package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.Fixtures;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The golden maps of the official PUAD code, and what it makes of them. */
final class OfficialMaps {

  static final int IMAGE_SIZE = 256;
  static final int OUTPUT_SIZE = 56;

  private OfficialMaps() {}

  static JsonNode expected() {
    try {
      return new ObjectMapper().readTree(Fixtures.path("maps/expected.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MapScaling scaling() {
    JsonNode official = expected().get("official");
    return new MapScaling(
        official.get("q_a_student").doubleValue(),
        official.get("q_b_student").doubleValue(),
        official.get("q_a_autoencoder").doubleValue(),
        official.get("q_b_autoencoder").doubleValue());
  }

  /** The square maps of a file, one by one. */
  static List<float[]> each(String name) {
    Tensor array = Fixtures.npy("maps/" + name + ".npy");
    int side = array.shape()[array.shape().length - 1];
    float[] values = array.floats();
    List<float[]> maps = new ArrayList<>();
    for (int start = 0; start < values.length; start += side * side) {
      maps.add(Arrays.copyOfRange(values, start, start + side * side));
    }
    return maps;
  }

  /** The maps of a file at the image's size, resized by our own code. */
  static List<float[]> resized(String name) {
    return each(name).stream().map(map -> Scorer.resize(map, OUTPUT_SIZE, IMAGE_SIZE)).toList();
  }

  /** Compares normalised maps. */
  static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(2e-5f));
    }
  }
}
