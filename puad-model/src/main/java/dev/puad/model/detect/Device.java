package dev.puad.model.detect;

import dev.puad.model.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  /** What computes. */
  public enum Kind {
    CPU,
    GPU;

    /**
     * The kind of that name, in lower case.
     *
     * @throws BadInputException if there is none
     */
    public static Kind named(String name) {
      return Arrays.stream(values())
          .filter(kind -> kind.title().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new BadInputException(
                      "Cannot score on a device named %s. Choose one of: %s."
                          .formatted(name, String.join(", ", names()))));
    }

    /** The names of the kinds, in lower case. */
    public static List<String> names() {
      return Arrays.stream(values()).map(Kind::title).toList();
    }

    /** The name in lower case. */
    public String title() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** So many threads of the CPU. */
  public static Device cpu(int threads) {
    return new Device(threads, OptionalInt.empty());
  }
}
