package dev.puad.jobs.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A place for a number: the number, or why there is none. */
sealed interface Cell {

  /** What a person reads. */
  String text(int decimals);

  /** Why there is no number; empty where there is one. */
  Map<String, Object> reason();

  /**
   * A number in its table's unit.
   *
   * @param errorBound by how much it may be off, in the same unit; 0 where it is exact
   */
  record Value(double value, double errorBound) implements Cell {

    @Override
    public String text(int decimals) {
      return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    @Override
    public Map<String, Object> reason() {
      return Map.of();
    }
  }

  /** Nobody measured it. */
  record Unmeasured() implements Cell {

    @Override
    public String text(int decimals) {
      return "-";
    }

    @Override
    public Map<String, Object> reason() {
      return Map.of("reason", "unmeasured");
    }
  }

  /** It has no value, for example an AUROC without anomalies. */
  record Undefined() implements Cell {

    @Override
    public String text(int decimals) {
      return "undefined";
    }

    @Override
    public Map<String, Object> reason() {
      return Map.of("reason", "undefined");
    }
  }

  /** A mean over categories of which only some have a value. */
  record Incomplete(int categories, int of) implements Cell {

    @Override
    public String text(int decimals) {
      return "%d of %d".formatted(categories, of);
    }

    @Override
    public Map<String, Object> reason() {
      Map<String, Object> reason = new LinkedHashMap<>();
      reason.put("reason", "incomplete");
      reason.put("categories", categories);
      reason.put("of", of);
      return reason;
    }
  }
}
