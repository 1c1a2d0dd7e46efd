package dev.puad.jobs.distill;

/** How many threads a task's native libraries take: those of ND4J. */
final class NativeThreads {

  private NativeThreads() {}

  static int count() {
    String given = System.getenv("OMP_NUM_THREADS");
    return given != null && given.matches("[1-9]\\d{0,3}")
        ? Integer.parseInt(given)
        : Runtime.getRuntime().availableProcessors();
  }
}
