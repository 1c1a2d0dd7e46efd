package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLeavesTest {

  private static final int COUNT = 20_000;

  /**
   * With a density of r^-3 between 2 and 100, the share beyond r is (r^-2 - 100^-2) / (2^-2 -
   * 100^-2).
   */
  @ParameterizedTest
  @ValueSource(doubles = {2, 3, 4, 8, 16})
  void radiiFollowTheInverseCube(double radius) {
    Dice dice = new Dice(1, 0);
    int beyond = 0;
    for (int i = 0; i < COUNT; i++) {
      double drawn = DeadLeaves.radius(2, 100, dice);
      assertThat(drawn).isBetween(2.0, 100.0);
      beyond += drawn > radius ? 1 : 0;
    }

    double share = (1 / (radius * radius) - 1e-4) / (0.25 - 1e-4);
    double noise = 5 * Math.sqrt(share * (1 - share) / COUNT) + 1e-3;
    assertThat((double) beyond / COUNT).isCloseTo(share, within(noise));
  }
}
