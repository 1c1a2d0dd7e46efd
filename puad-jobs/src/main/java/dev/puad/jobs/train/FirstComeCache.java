package dev.puad.jobs.train;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What a frozen network says of images that come again, kept within a budget. The first that fit
 * stay: images come round in epochs, so that a cache which forgot the oldest would forget each just
 * before it is wanted.
 *
 * @param <K> tells images apart
 * @param <V> what is kept of an image; shared, and not to be changed
 */
public final class FirstComeCache<K, V> {

  private static final int HEAP_PARTS = 3;

  private final Map<K, V> kept = new ConcurrentHashMap<>();
  private final AtomicLong used = new AtomicLong();
  private final long budget;
  private final ToLongFunction<V> size;

  /**
   * An empty cache.
   *
   * @param budget bytes, of which at most a third of this JVM's heap is used; 0 keeps nothing
   * @param size the bytes of a value
   */
  public FirstComeCache(long budget, ToLongFunction<V> size) {
    this.budget = Math.min(budget, Runtime.getRuntime().maxMemory() / HEAP_PARTS);
    this.size = size;
  }

  /**
   * What belongs to an image, made anew unless it was kept.
   *
   * @param make makes it, always the same for the same image
   */
  public V of(K image, Supplier<V> make) {
    V known = kept.get(image);
    if (known != null) {
      return known;
    }
    V made = make.get();
    offer(image, made);
    return made;
  }

  /** What was kept of an image; empty for nothing. */
  public Optional<V> known(K image) {
    return Optional.ofNullable(kept.get(image));
  }

  /** Keeps what belongs to an image, if it fits. */
  public void offer(K image, V made) {
    long bytes = size.applyAsLong(made);
    if (used.addAndGet(bytes) > budget || kept.putIfAbsent(image, made) != null) {
      used.addAndGet(-bytes);
    }
  }

  /** How many images are known. */
  int size() {
    return kept.size();
  }
}
