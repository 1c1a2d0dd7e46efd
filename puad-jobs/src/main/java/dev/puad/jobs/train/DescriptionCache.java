package dev.puad.jobs.train;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What the normalised teacher says of images that stay the same, kept within a budget. The first
 * that fit stay: images come round in epochs, so that a cache which forgot the oldest would forget
 * each just before it is wanted.
 */
final class DescriptionCache {

  private static final int HEAP_PARTS = 3;

  private final Map<Image, float[]> kept = new ConcurrentHashMap<>();
  private final AtomicLong used = new AtomicLong();
  private final long budget;

  /** An image by the worker that trains on it and its index in that worker's shard. */
  record Image(int worker, int index) {}

  /**
   * An empty cache.
   *
   * @param budget bytes, of which at most a third of this JVM's heap is used; 0 keeps nothing
   */
  DescriptionCache(long budget) {
    this.budget = Math.min(budget, Runtime.getRuntime().maxMemory() / HEAP_PARTS);
  }

  /**
   * The description of an image, made anew unless it was kept. It is shared: not to be changed.
   *
   * @param describe makes it, always the same for the same image
   */
  float[] of(Image image, Supplier<float[]> describe) {
    float[] known = kept.get(image);
    if (known != null) {
      return known;
    }
    float[] described = describe.get();
    long bytes = (long) Float.BYTES * described.length;
    if (used.addAndGet(bytes) > budget || kept.putIfAbsent(image, described) != null) {
      used.addAndGet(-bytes);
    }
    return described;
  }

  /** How many descriptions are kept. */
  int size() {
    return kept.size();
  }
}
