package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapScalingTest {

  @ParameterizedTest
  @CsvSource({
    "resized-student, normalized-student-0",
    "resized-autoencoder, normalized-autoencoder-0"
  })
  void eachMapIsScaledAsTheOfficialOne(String resized, String normalized) {
    float[] map = OfficialMaps.each(resized).get(0);
    MapScaling scaling = OfficialMaps.scaling();
    boolean local = resized.contains("student");
    double low = local ? scaling.studentLow() : scaling.autoencoderLow();
    double high = local ? scaling.studentHigh() : scaling.autoencoderHigh();
    float[] scaled = new MapScaling(low, high, low, high).combine(map, map);
    OfficialMaps.assertClose(scaled, OfficialMaps.each(normalized).get(0));
  }

  @Test
  void combinedMapsAreTheOfficialOnes() {
    MapScaling scaling = OfficialMaps.scaling();
    List<float[]> student = OfficialMaps.each("resized-student");
    List<float[]> autoencoder = OfficialMaps.each("resized-autoencoder");
    List<float[]> combined = OfficialMaps.each("combined");
    for (int i = 0; i < combined.size(); i++) {
      OfficialMaps.assertClose(
          scaling.combine(student.get(i), autoencoder.get(i)), combined.get(i));
    }
  }

  @Test
  void theLowQuantileBecomesZeroAndTheHighOneATenth() {
    float[] combined =
        new MapScaling(1, 3, -2, 2).combine(new float[] {1, 3, 1}, new float[] {-2, 2, 2});
    assertThat(combined).containsExactly(0, 0.1f, 0.05f);
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "3, 2", "NaN, 2", "0, NaN", "0, Infinity", "-Infinity, 0"})
  void quantilesThatDoNotSpreadAreRefused(double low, double high) {
    assertThatThrownBy(() -> new MapScaling(0, 1, low, high))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot scale the autoencoder map: its quantiles %s and %s over the validation images"
                    .formatted(low, high)
                + " do not differ. Add validation images that are not blank.");
  }

  @Test
  void mapsOfDifferentSizesAreRefused() {
    MapScaling scaling = new MapScaling(0, 1, 0, 1);
    assertThatThrownBy(() -> scaling.combine(new float[4], new float[9]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot combine maps of 4 and 9 values.");
  }
}
