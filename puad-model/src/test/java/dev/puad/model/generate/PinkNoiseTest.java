package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinkNoiseTest {

  private static final int SIZE = 128;

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.8, 1, 1.4, 1.8})
  void amplitudesFallWithTheExponent(double exponent) {
    double[] power = new double[SIZE / 2];
    for (int index = 0; index < 8; index++) {
      PinkNoise noise = PinkNoise.draw(SIZE, exponent, new Dice(1, index));
      RowSpectrum.add(values(noise), SIZE, power);
    }

    assertThat(RowSpectrum.exponent(power)).isCloseTo(exponent, within(0.25));
  }

  @Test
  void noiseHasMeanZeroAndVarianceOne() {
    double sum = 0;
    double squares = 0;
    double[] values = values(PinkNoise.draw(SIZE, 1, new Dice(2, 0)));
    for (double value : values) {
      sum += value;
      squares += value * value;
    }

    assertThat(sum / values.length).isCloseTo(0, within(1e-6));
    assertThat(squares / values.length).isCloseTo(1, within(1e-6));
  }

  @Test
  void theTorusGoesOnBeyondItsBorders() {
    PinkNoise noise = PinkNoise.draw(SIZE, 1, new Dice(3, 0));

    assertThat(noise.at(-3.25, SIZE + 7.5)).isEqualTo(noise.at(SIZE - 3.25, 7.5));
  }

  @Test
  void pointsBetweenPixelsLieBetweenTheirValues() {
    PinkNoise noise = PinkNoise.draw(SIZE, 1, new Dice(4, 0));
    double mean = (noise.at(5, 9) + noise.at(6, 9) + noise.at(5, 10) + noise.at(6, 10)) / 4;

    assertThat(noise.at(5.5, 9.5)).isCloseTo(mean, within(1e-12));
  }

  private static double[] values(PinkNoise noise) {
    double[] values = new double[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = noise.at(i % SIZE, Math.floorDiv(i, SIZE));
    }
    return values;
  }
}
