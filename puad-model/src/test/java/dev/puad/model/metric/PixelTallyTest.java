package dev.puad.model.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import org.junit.jupiter.api.Test;

class PixelTallyTest {

  private static final int[] LOWEST_BIN = {0};
  private static final long[] WHOLE = {PixelTally.WHOLE_OVERLAP};

  @Test
  void asManyRegionsAsItTakesAddUpWithoutOverflow() {
    PixelTally tally = regions(PixelTally.MOST_REGIONS);
    assertThat(tally.rise(0)).isEqualTo(PixelTally.MOST_REGIONS * PixelTally.WHOLE_OVERLAP);
  }

  @Test
  void refusesMoreRegionsThanItCanAddUp() {
    PixelTally tally = regions(PixelTally.MOST_REGIONS);
    assertThatThrownBy(() -> tally.mergeWith(regions(1)))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot measure 524288 ground truth regions at once: at most 524287. Evaluate fewer images, or join the specks of their masks.");
  }

  private static PixelTally regions(long count) {
    PixelTally tally = new PixelTally(1);
    for (long i = 0; i < count; i++) {
      tally.addRegion(LOWEST_BIN, WHOLE, 1);
    }
    return tally;
  }
}
