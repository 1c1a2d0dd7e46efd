package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DiscTest {

  @Test
  void liesInsideAndReachesEveryBorder() {
    Random random = new Random(1);
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (int i = 0; i < 2000; i++) {
      Disc disc = Disc.inside(40, 16, random);
      least = Math.min(least, Math.min(disc.x(), disc.y()) - 16);
      most = Math.max(most, Math.max(disc.x(), disc.y()) + 16);
    }

    assertThat(least).isZero();
    assertThat(most).isEqualTo(39);
  }

  @Test
  void areaIsGausssCircleNumber() {
    // N(r), the lattice points within a circle, for r = 0 to 4.
    for (int radius = 0; radius <= 4; radius++) {
      assertThat(Disc.area(radius)).isEqualTo(new int[] {1, 5, 13, 29, 49}[radius]);
    }
  }

  @Test
  void discsOverlapExactlyWhenTheyShareAPoint() {
    Disc disc = new Disc(20, 20, 16);

    assertThat(disc.overlaps(new Disc(52, 20, 16))).isTrue();
    assertThat(disc.overlaps(new Disc(53, 20, 16))).isFalse();
  }
}
