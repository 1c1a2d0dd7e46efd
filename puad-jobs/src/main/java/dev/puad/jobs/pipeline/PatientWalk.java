package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FolderWalk;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.Problem;
import dev.puad.jobs.pipeline.ListFiles.Listed;
import dev.puad.model.image.RejectReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a walk finds, piece by piece, by threads that storage may hold for ever. A folder whose
 * storage is silent is given up with what is below it, and the walk goes on beside it.
 */
final class PatientWalk implements Iterator<Listed>, AutoCloseable {

  private final ReadAhead<Integer, Boolean> attempts;
  private volatile Leg leg;
  private Iterator<Listed> found = Collections.emptyIterator();
  private boolean last;

  PatientWalk(FolderWalk walk, Duration patience) {
    this.leg = new Leg(walk, patience, List.of());
    this.attempts =
        new ReadAhead<>(
            Stream.iterate(0, i -> i + 1).iterator(),
            (attempt, answered) -> leg.walk(attempt, answered),
            this::late,
            patience,
            1,
            1);
  }

  @Override
  public boolean hasNext() {
    while (!found.hasNext() && !last) {
      attempts.next();
      Piece piece = leg.take();
      found = piece.found().iterator();
      last = piece.last();
      if (last) {
        // A task may have thousands of parts: their threads must not wait for its end.
        close();
      }
    }
    return found.hasNext();
  }

  @Override
  public Listed next() {
    return found.next();
  }

  @Override
  public void close() {
    attempts.close();
    leg.close();
  }

  private boolean late(int attempt) {
    leg = leg.without(attempt);
    return true;
  }

  /** What was found since the last time, and whether that is all. */
  private record Piece(List<Listed> found, boolean last) {}

  /**
   * A walk as far as storage lets it come; another leg goes on where this one is given up. Attempts
   * of several threads may meet here, of which one at a time walks and the others go away. Nobody
   * holds the leg while storage is asked.
   */
  private static final class Leg {

    private static final int NOBODY = -1;

    /** Of an attempt. */
    private static final int STEPS = 1000;

    private final FolderWalk walk;
    private final Duration patience;
    private List<Listed> found;

    /** So many of the walk's unlisted folders are among what was found. */
    private int unlisted;

    /** The attempt that is at the walk. */
    private int walker = NOBODY;

    /** Whether the leg was given up or closed: who is still at the walk closes it. */
    private boolean over;

    Leg(FolderWalk walk, Duration patience, List<Listed> found) {
      this.walk = walk;
      this.patience = patience;
      this.found = new ArrayList<>(found);
    }

    /**
     * Walks some steps, if nobody else does.
     *
     * @param attempt its number, at least 0
     * @return whether it walked
     */
    boolean walk(int attempt, Runnable answered) {
      if (!enter(attempt)) {
        return false;
      }
      try {
        boolean late = false;
        for (int i = 0; i < STEPS && !late && goesOn(); i++) {
          long begun = System.nanoTime();
          answered.run();
          Optional<ImageFile> file = walk.step();
          // Whoever was so slow is about to be given up, or was: no other folder should be blamed.
          late = System.nanoTime() - begun >= patience.toNanos();
          tell(file, late);
        }
        return true;
      } finally {
        leave();
      }
    }

    private synchronized boolean enter(int attempt) {
      if (walker != NOBODY || !goesOn()) {
        return false;
      }
      walker = attempt;
      return true;
    }

    private synchronized boolean goesOn() {
      return !over && !walk.isDone();
    }

    private synchronized void tell(Optional<ImageFile> file, boolean late) {
      if (!over) {
        file.ifPresent(image -> found.add(Listed.file(image)));
        tellUnlisted(late);
      }
    }

    /** A failure that came too late is that of an interrupted thread: the storage was silent. */
    private void tellUnlisted(boolean late) {
      List<FolderWalk.Unlisted> folders = walk.unlisted();
      for (; unlisted < folders.size(); unlisted++) {
        FolderWalk.Unlisted folder = folders.get(unlisted);
        found.add(late ? silent(folder.folder()) : failed(folder));
      }
    }

    private void leave() {
      synchronized (this) {
        walker = NOBODY;
        if (!over) {
          return;
        }
      }
      walk.close();
    }

    /** What was found and not taken yet. */
    synchronized Piece take() {
      List<Listed> taken = found;
      found = new ArrayList<>();
      return new Piece(taken, walker == NOBODY && walk.isDone());
    }

    /**
     * Gives up an attempt that takes too long, and with it the folder that it is in.
     *
     * @return the leg that goes on, with what was found here: this one, if the attempt is not, or
     *     no longer, at its walk
     */
    synchronized Leg without(int attempt) {
      if (walker != attempt || over) {
        return this;
      }
      over = true;
      FolderWalk rest = walk.rest();
      tellUnlisted(true);
      walk.folder().ifPresent(folder -> found.add(silent(folder)));
      return new Leg(rest, patience, found);
    }

    /** Stops the walk; also more than once. */
    void close() {
      synchronized (this) {
        over = true;
        if (walker != NOBODY) {
          return;
        }
      }
      walk.close();
    }

    private static Listed failed(FolderWalk.Unlisted folder) {
      return Listed.folder(
          folder.folder(),
          new Problem(RejectReason.UNREADABLE, "the folder cannot be listed: " + folder.failure()));
    }

    private Listed silent(String folder) {
      return Listed.folder(
          folder,
          new Problem(
              RejectReason.TIMEOUT,
              "the folder cannot be listed: %s; it and those below it may have more"
                  .formatted(Problem.silence(patience))));
    }
  }
}
