package dev.puad.jobs.table;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a commit again when another writer was first. Iceberg itself repeats appends, but never a
 * serializable MERGE: what it read may be out of date, so all of it must run again.
 */
final class CommitRetry {

  static final int ATTEMPTS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(CommitRetry.class);

  // Between planning a statement and choosing its files another writer committed. Iceberg has no
  // type of exception for it
  // (SparkCopyOnWriteScan.filter).
  private static final String CHANGED_WHILE_PLANNED =
      "Runtime file filtering is not possible: the table has been concurrently modified";

  private static final long FIRST_WAIT_MILLIS = 50;
  private static final long LONGEST_WAIT_MILLIS = 3_000;

  private CommitRetry() {}

  /** Runs a commit that reads what it changes, until it wins or {@link #ATTEMPTS} are spent. */
  static void onConflict(String what, Runnable commit) {
    run(what, CommitRetry::isConflict, commit);
  }

  private static boolean isConflict(Throwable failure) {
    return failure instanceof ValidationException
        || failure instanceof CommitFailedException
        || (failure instanceof IllegalStateException
            && String.valueOf(failure.getMessage()).startsWith(CHANGED_WHILE_PLANNED));
  }

  /** Runs something until it does not fail with such a cause, at most {@link #ATTEMPTS} times. */
  static void run(String what, Predicate<Throwable> another, Runnable commit) {
    for (int attempt = 1; ; attempt++) {
      try {
        commit.run();
        return;
      } catch (RuntimeException e) {
        if (!hasCause(e, another)) {
          throw e;
        }
        if (attempt == ATTEMPTS) {
          throw new IllegalStateException(
              "%s lost to other writers %d times; run again when fewer jobs write"
                  .formatted(what, ATTEMPTS),
              e);
        }
        LOG.info("{} lost to another writer, and is tried again", what);
        waitALittle(attempt);
      }
    }
  }

  // Spark wraps what Iceberg throws, and not always once.
  private static boolean hasCause(Throwable failure, Predicate<Throwable> wanted) {
    int depth = 0;
    for (Throwable t = failure; t != null && depth < 50; t = t.getCause(), depth++) {
      if (wanted.test(t)) {
        return true;
      }
    }
    return false;
  }

  // A random part of a growing wait, so that two losers do not meet again.
  private static void waitALittle(int attempt) {
    long longest = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS << Math.min(attempt, 10));
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(1, longest + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting to commit again", e);
    }
  }
}
