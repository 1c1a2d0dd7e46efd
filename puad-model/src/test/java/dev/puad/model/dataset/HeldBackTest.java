package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.random.MersenneTwister;
import org.junit.jupiter.api.Test;

class HeldBackTest {

  @Test
  void permutesAsPyTorchDoes() throws IOException {
    for (Map.Entry<String, JsonNode> size : sizes().properties()) {
      List<Integer> expected = new ArrayList<>();
      size.getValue().get("permutation").forEach(index -> expected.add(index.intValue()));

      assertThat(HeldBack.permutation(Integer.parseInt(size.getKey()))).isEqualTo(expected);
    }
  }

  @Test
  void holdsBackAsManyAsOfficialPuadButNeverNone() throws IOException {
    for (Map.Entry<String, JsonNode> size : sizes().properties()) {
      int official = size.getValue().get("puad_validation_count").intValue();

      assertThat(HeldBack.count(Integer.parseInt(size.getKey()))).isEqualTo(Math.max(1, official));
    }
  }

  /** The generator's outputs, before any is made an index. */
  @Test
  void drawsWhatPyTorchDraws() throws IOException {
    MersenneTwister random = new MersenneTwister(42);
    for (JsonNode output : split().get("mt19937_first_outputs")) {
      assertThat(Integer.toUnsignedLong(random.nextInt())).isEqualTo(output.longValue());
    }
  }

  private static JsonNode sizes() throws IOException {
    return split().get("sizes");
  }

  private static JsonNode split() throws IOException {
    return new ObjectMapper().readTree(Fixtures.path("split/randperm-seed-42.json").toFile());
  }
}
