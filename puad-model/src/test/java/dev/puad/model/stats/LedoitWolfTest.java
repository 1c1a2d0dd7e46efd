package dev.puad.model.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.Fixtures;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LedoitWolfTest {

  @ParameterizedTest
  @MethodSource("dev.puad.model.stats.GaussianFixture#cases")
  void covarianceAgreesWithTheReference(String name) {
    VectorMoments moments = GaussianFixture.moments(name);
    LargestEntry.assertClose(
        moments.covariance(), GaussianFixture.expected(name, "empirical-covariance"), 1e-9);
    LargestEntry.assertClose(
        LedoitWolf.covariance(moments), GaussianFixture.expected(name, "covariance"), 1e-9);
  }

  @ParameterizedTest
  @MethodSource("dev.puad.model.stats.GaussianFixture#cases")
  void shrinkageAgreesWithTheReference(String name) throws IOException {
    JsonNode summary =
        new ObjectMapper().readTree(Fixtures.path("gaussian/summary.json").toFile()).get(name);
    double expected = summary.get("shrinkage").doubleValue();
    double official = summary.get("shrinkage_official_float32").doubleValue();
    double shrinkage = LedoitWolf.shrinkage(GaussianFixture.moments(name));
    assertThat(shrinkage).isCloseTo(expected, within(1e-9 * expected));
    assertThat(shrinkage).isCloseTo(official, within(1e-5 * official));
  }

  @ParameterizedTest
  @MethodSource("dev.puad.model.stats.GaussianFixture#casesThatVary")
  void covarianceAgreesWithTheOfficialCodeInSinglePrecision(String name) {
    LargestEntry.assertClose(
        LedoitWolf.covariance(GaussianFixture.moments(name)),
        GaussianFixture.expected(name, "official-float32-covariance"),
        1e-5);
  }

  @Test
  void oneDimensionIsNotShrunk() {
    VectorMoments moments = new VectorMoments().add(new double[] {1}).add(new double[] {4});
    assertThat(LedoitWolf.shrinkage(moments)).isZero();
    assertThat(LedoitWolf.covariance(moments)).containsExactly(1.5 * 1.5);
  }

  @Test
  void isUndefinedWithoutVectors() {
    assertThatThrownBy(() -> LedoitWolf.covariance(new VectorMoments()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("No vectors were added: moments are undefined.");
  }
}
