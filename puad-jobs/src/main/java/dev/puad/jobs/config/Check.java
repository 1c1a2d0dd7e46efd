package dev.puad.jobs.config;

import java.util.List;

/** What settings demand of their values; each failure names the key, the value and the demand. */
final class Check {

  private Check() {}

  static void positive(String key, long value) {
    demand(value > 0, key, value, "must be positive");
  }

  static void notNegative(String key, long value) {
    demand(value >= 0, key, value, "must not be negative");
  }

  static void between(String key, long value, long least, long most) {
    demand(least <= value && value <= most, key, value, "must be %d to %d".formatted(least, most));
  }

  static void fraction(String key, double value) {
    demand(value >= 0 && value <= 1, key, value, "must be 0 to 1");
  }

  /** In (0, 1]. */
  static void positiveFraction(String key, double value) {
    demand(value > 0 && value <= 1, key, value, "must be above 0 and at most 1");
  }

  /** In (0, 1). */
  static void properFraction(String key, double value) {
    demand(value > 0 && value < 1, key, value, "must be above 0 and below 1");
  }

  static void notBlank(String key, String value) {
    demand(!value.isBlank(), key, "\"" + value + "\"", "must not be empty");
  }

  static void oneOf(String key, String value, List<String> choices) {
    demand(choices.contains(value), key, value, "must be one of " + String.join(", ", choices));
  }

  static void demand(boolean holds, String key, Object value, String demand) {
    if (!holds) {
      throw new UsageException(
          "Cannot set puad.%s to %s, the value %s.".formatted(key, value, demand));
    }
  }
}
