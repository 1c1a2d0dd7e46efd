package dev.puad.model.detect;

import java.util.OptionalInt;

/**
 * What a detector may use of a machine.
 *
 * @param threads of one batch, at least 1
 * @param gpu the number of a CUDA device; empty for the CPU
 */
public record Device(int threads, OptionalInt gpu) {

  public Device {
    if (threads < 1) {
      throw new IllegalArgumentException("A batch needs a thread, not %d.".formatted(threads));
    }
  }

  /** So many threads of the CPU. */
  public static Device cpu(int threads) {
    return new Device(threads, OptionalInt.empty());
  }
}
