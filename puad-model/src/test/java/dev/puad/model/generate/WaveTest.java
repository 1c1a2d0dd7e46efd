package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WaveTest {

  @Test
  void theWaveIsASineOfTurns() {
    for (double turns = -3; turns < 3; turns += 0.001) {
      assertThat(Wave.sine(turns)).isCloseTo(Math.sin(2 * Math.PI * turns), within(0.002));
    }
  }
}
