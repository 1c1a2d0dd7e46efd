package dev.puad.model.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowTest {

  private static final int SIDE = 40;

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.25, 0.4, 0.5, 0.77})
  void aWindowHasThePixelsOfTheTurnedBox(double turns) {
    Bar bar = new Bar(12.3, 3.4, 0);
    Frame frame = Frame.placed(31.2, 17.7, turns);
    Window window = new Window(bar, frame, 1.1);
    Span rows = window.rows(SIDE);
    for (int y = 0; y < SIDE; y++) {
      Span columns = window.columns(y, SIDE);
      for (int x = 0; x < SIDE; x++) {
        boolean within =
            Math.abs(frame.across(x, y)) <= 12.3 + 1.1 && Math.abs(frame.down(x, y)) <= 3.4 + 1.1;
        boolean seen =
            y >= rows.first() && y <= rows.last() && x >= columns.first() && x <= columns.last();

        assertThat(seen).isEqualTo(within);
      }
    }
  }
}
