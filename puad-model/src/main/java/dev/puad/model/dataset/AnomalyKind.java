package dev.puad.model.dataset;

/** What a test image shows (LOCO paper, section 1). */
public enum AnomalyKind {
  /** No anomaly. */
  GOOD,
  /** A local structure that never occurs in normal images: a scratch, a dent. */
  STRUCTURAL,
  /** A violated constraint: something missing, misplaced or surplus. */
  LOGICAL
}
