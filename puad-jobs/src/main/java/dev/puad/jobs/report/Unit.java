package dev.puad.jobs.report;

import java.util.Locale;

/** In which unit a table shows what {@code puad.metrics} keeps as fractions. */
enum Unit {
  PERCENT(100),
  FRACTION(1);

  private final double one;

  Unit(double one) {
    this.one = one;
  }

  /** A fraction in this unit. */
  double of(double fraction) {
    return one * fraction;
  }

  /** The name in lower case. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
