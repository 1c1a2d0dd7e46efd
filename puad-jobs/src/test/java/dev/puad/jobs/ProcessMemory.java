package dev.puad.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has in memory, native memory too; of Linux. */
public final class ProcessMemory {

  private ProcessMemory() {}

  /** Now. */
  public static long residentBytes() {
    return bytes("VmRSS:");
  }

  /** At most, since the process began or since {@link #resetPeak}. */
  public static long peakBytes() {
    return bytes("VmHWM:");
  }

  /** Begins a new peak; returns whether it did: some systems and containers do not allow it. */
  public static boolean resetPeak() {
    try {
      // See proc(5).
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static long bytes(String name) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
