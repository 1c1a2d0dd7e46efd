package dev.puad.model.metric;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.Arrays;

/**
 * How often each key occurs: distinct keys ascending with their counts. New keys wait in a buffer
 * about as large as the tally, so that adding costs a logarithm, not a shift of everything.
 */
final class SortedTally implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int LEAST_BUFFER = 16;

  private long[] keys = new long[0];
  private long[] counts = new long[0];

  /** Keys that are not in the tally yet, each counting once. */
  private long[] waiting = new long[0];

  private int waitingSize;

  /** A tally of the given keys, in any order, which this takes over. */
  static SortedTally of(long[] keys) {
    SortedTally tally = new SortedTally();
    tally.waiting = keys;
    tally.waitingSize = keys.length;
    tally.settle();
    tally.waiting = new long[0];
    return tally;
  }

  void add(long key) {
    if (waitingSize == waiting.length) {
      if (waitingSize < Math.max(LEAST_BUFFER, keys.length)) {
        waiting = Arrays.copyOf(waiting, Math.max(LEAST_BUFFER, 2 * waitingSize));
      } else {
        settle();
      }
    }
    waiting[waitingSize++] = key;
  }

  void mergeWith(SortedTally other) {
    settle();
    other.settle();
    union(other.keys, other.counts, other.keys.length);
  }

  /** The number of distinct keys. */
  int size() {
    settle();
    return keys.length;
  }

  /** The i-th smallest distinct key. */
  long key(int i) {
    return keys[i];
  }

  /** How often the i-th smallest distinct key occurs. */
  long count(int i) {
    return counts[i];
  }

  /** The sum of all counts. */
  long total() {
    settle();
    return Arrays.stream(counts).sum();
  }

  private void settle() {
    if (waitingSize == 0) {
      return;
    }
    Arrays.sort(waiting, 0, waitingSize);
    long[] waitingCounts = new long[waitingSize];
    int distinct = 0;
    for (int i = 0; i < waitingSize; i++) {
      if (i == 0 || waiting[i] != waiting[distinct - 1]) {
        waiting[distinct++] = waiting[i];
      }
      waitingCounts[distinct - 1]++;
    }
    union(waiting, waitingCounts, distinct);
    waitingSize = 0;
  }

  private void union(long[] otherKeys, long[] otherCounts, int otherSize) {
    int capacity = Math.addExact(keys.length, otherSize);
    long[] unionKeys = new long[capacity];
    long[] unionCounts = new long[capacity];
    int size = 0;
    int i = 0;
    int j = 0;
    while (i < keys.length || j < otherSize) {
      long key =
          j == otherSize
              ? keys[i]
              : i == keys.length ? otherKeys[j] : Math.min(keys[i], otherKeys[j]);
      if (i < keys.length && keys[i] == key) {
        unionCounts[size] += counts[i++];
      }
      if (j < otherSize && otherKeys[j] == key) {
        unionCounts[size] += otherCounts[j++];
      }
      unionKeys[size++] = key;
    }
    keys = Arrays.copyOf(unionKeys, size);
    counts = Arrays.copyOf(unionCounts, size);
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    settle();
    waiting = new long[0];
    out.defaultWriteObject();
  }
}
