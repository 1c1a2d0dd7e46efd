package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.Fixtures;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScalarMomentsTest {

  private static final double[] SCORES = new Random(1).doubles(57, 3, 4).toArray();

  @Test
  void normalisesScoresAsTheReferenceDoes() throws IOException {
    JsonNode expected =
        new ObjectMapper().readTree(Fixtures.path("gaussian/score-normalization.json").toFile());
    ScalarMoments picturable = moments(doubles(expected.get("validation_picturable")));
    ScalarMoments unpicturable = moments(doubles(expected.get("validation_unpicturable")));
    assertThat(picturable.mean())
        .isCloseTo(expected.get("picturable_mean").doubleValue(), within(1e-9));
    assertThat(picturable.standardDeviation())
        .isCloseTo(expected.get("picturable_std_ddof0").doubleValue(), within(1e-9));
    double[] p = doubles(expected.get("test_picturable"));
    double[] u = doubles(expected.get("test_unpicturable"));
    double[] scores = doubles(expected.get("puad_score"));
    for (int i = 0; i < scores.length; i++) {
      assertThat(
              (p[i] - picturable.mean()) / picturable.standardDeviation()
                  + (u[i] - unpicturable.mean()) / unpicturable.standardDeviation())
          .isCloseTo(scores[i], within(1e-9));
    }
  }

  @Test
  void anEmptyStateIsTheIdentity() {
    assertSame(new ScalarMoments().mergeWith(moments(SCORES)), moments(SCORES));
    assertSame(moments(SCORES).mergeWith(new ScalarMoments()), moments(SCORES));
  }

  @Test
  void mergingIsCommutative() {
    assertSame(part(0, 20).mergeWith(part(20, 57)), part(20, 57).mergeWith(part(0, 20)));
  }

  @Test
  void mergingIsAssociative() {
    assertSame(
        part(0, 5).mergeWith(part(5, 30)).mergeWith(part(30, 57)),
        part(0, 5).mergeWith(part(5, 30).mergeWith(part(30, 57))));
  }

  @Test
  void everySplitEqualsTheWhole() {
    for (int at = 0; at <= SCORES.length; at++) {
      assertSame(part(0, at).mergeWith(part(at, SCORES.length)), moments(SCORES));
    }
  }

  @Test
  void keepsItsDigitsFarFromZero() {
    ScalarMoments far = moments(1e9 + 1, 1e9 + 2, 1e9 + 3);
    assertThat(far.standardDeviation()).isCloseTo(Math.sqrt(2.0 / 3), within(1e-12));
  }

  @Test
  void survivesSerialization() {
    assertSame(JavaSerialization.roundTrip(moments(SCORES)), moments(SCORES));
  }

  @Test
  void refusesNan() {
    assertThatThrownBy(() -> new ScalarMoments().add(Double.NaN))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot normalise scores with NaN among them: train the network again.");
  }

  @Test
  void isUndefinedWithoutValues() {
    assertThatThrownBy(() -> new ScalarMoments().mean()).isInstanceOf(IllegalStateException.class);
  }

  private static ScalarMoments part(int from, int to) {
    return moments(Arrays.copyOfRange(SCORES, from, to));
  }

  private static ScalarMoments moments(double... values) {
    ScalarMoments moments = new ScalarMoments();
    for (double value : values) {
      moments.add(value);
    }
    return moments;
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).doubleValue();
    }
    return values;
  }

  private static void assertSame(ScalarMoments actual, ScalarMoments expected) {
    assertThat(actual.count()).isEqualTo(expected.count());
    LargestEntry.assertClose(new double[] {actual.mean()}, new double[] {expected.mean()}, 1e-12);
    LargestEntry.assertClose(
        new double[] {actual.standardDeviation()},
        new double[] {expected.standardDeviation()},
        1e-12);
  }
}
