package dev.puad.jobs.report;

import java.util.Locale;

/** In which unit a table shows what {@code puad.metrics} keeps as fractions. */
enum Unit {
  PERCENT(100, "in percent"),
  FRACTION(1, "as fractions");

  private final double one;
  private final String phrase;

  Unit(double one, String phrase) {
    this.one = one;
    this.phrase = phrase;
  }

  /** A fraction in this unit. */
  double of(double fraction) {
    return one * fraction;
  }

  /** How a heading says it. */
  String phrase() {
    return phrase;
  }

  /** The name in lower case. */
  String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
