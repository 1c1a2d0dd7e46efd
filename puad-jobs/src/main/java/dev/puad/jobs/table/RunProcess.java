package dev.puad.jobs.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The process of a run.
 *
 * @param host whose it is; empty where that is not known
 * @param pid its number there
 * @param started when it began; empty where that is not known
 */
record RunProcess(String host, long pid, Optional<Instant> started) {

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  // The kernel tells times since it booted, and when that was to the second.
  private static final Duration SAME_START = Duration.ofSeconds(5);

  /** This one. */
  static RunProcess current() {
    ProcessHandle self = ProcessHandle.current();
    return new RunProcess(hostName(), self.pid(), self.info().startInstant());
  }

  /**
   * Whether no such process is on this host: one of its number that began at another time is
   * another.
   */
  boolean isGone() {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return true;
    }
    Optional<Instant> begun = process.get().info().startInstant();
    return started.isPresent()
        && begun.isPresent()
        && Duration.between(started.get(), begun.get()).abs().compareTo(SAME_START) > 0;
  }

  /** The kernel's, which needs no look-up that may be slow or fail. */
  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
