package dev.puad.model.metric;

import java.io.Serializable;

/** A state that takes in another of its own type, which stays as it is. */
interface Merging<T> extends Serializable {

  /** Merges another state into this one, and returns this. */
  T mergeWith(T other);
}
