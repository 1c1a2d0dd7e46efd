package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.FolderWalk;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.Problem;
import dev.puad.model.BadInputException;
import dev.puad.model.image.RejectReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Every file below a folder, whatever its name, listed by executors; none is opened, and nothing
 * grows on the driver. Hidden files, and those in hidden folders, are nobody's business: others
 * keep there what is unfinished or theirs.
 */
final class ListFiles {

  /** So many tasks, where an archive's first levels have as many folders. */
  private static final int PARTS = 64;

  /** And no more, however many there are. */
  private static final int TASKS = 4 * PARTS;

  /** Storage far away takes its time for each folder. */
  private static final int THREADS = 8;

  private ListFiles() {}

  /**
   * A file; or a folder that cannot be listed to its end, whose URI ends with a slash then.
   *
   * @param problem of the folder
   */
  record Listed(ImageFile file, Optional<Problem> problem) {

    private static Listed folder(String folder, Problem problem) {
      return new Listed(new ImageFile(folder + "/", 0, 0), Optional.of(problem));
    }

    /** Its path from a root. */
    String relative(String root) {
      return FolderListing.relative(root, file.image());
    }
  }

  /**
   * Lists a folder.
   *
   * @param root its normalised URI, or a single file's
   * @param patience how long storage may be silent, after which a task gives up the folder that it
   *     is in, with what is below it, and goes on with the others
   * @throws BadInputException if the folder itself cannot be listed
   */
  static JavaRDD<Listed> of(
      SparkSession spark,
      Broadcast<SerializableConfiguration> hadoop,
      String root,
      Duration patience) {
    List<FolderWalk.Part> parts = parts(hadoop.value().value(), root, PARTS, patience);
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(parts, Math.min(parts.size(), TASKS))
        .flatMap(new Walk(hadoop, root, patience));
  }

  /**
   * Parts that together have every file below a folder once; at least so many, if its first levels
   * have as many folders.
   */
  static List<FolderWalk.Part> parts(
      Configuration hadoop, String root, int wanted, Duration patience) {
    List<FolderWalk.Part> parts = new ArrayList<>();
    List<String> level = List.of(root);
    while (!level.isEmpty() && parts.size() + level.size() < wanted) {
      List<String> below = new ArrayList<>();
      try (ReadAhead<String, Opened> opened =
          new ReadAhead<>(
              level.iterator(),
              (folder, answered) -> open(hadoop, folder, answered),
              folder -> Opened.failed(folder, new IOException(silence(patience))),
              patience,
              2 * THREADS,
              THREADS)) {
        while (opened.hasNext()) {
          Opened next = opened.next();
          parts.add(next.part());
          below.addAll(next.below());
          if (next.part().folder().equals(root)) {
            next.failure()
                .ifPresent(
                    failure -> {
                      throw FolderListing.unreadable(root, failure);
                    });
          }
        }
      }
      level = below;
    }
    level.forEach(folder -> parts.add(new FolderWalk.Part(folder, FolderWalk.Depth.TREE)));
    return parts;
  }

  /** A folder that is a part without those below, or with them, where these are not known. */
  private record Opened(FolderWalk.Part part, List<String> below, Optional<IOException> failure) {

    static Opened failed(String folder, IOException failure) {
      return new Opened(
          new FolderWalk.Part(folder, FolderWalk.Depth.TREE), List.of(), Optional.of(failure));
    }
  }

  private static Opened open(Configuration hadoop, String folder, Runnable answered) {
    try {
      return new Opened(
          new FolderWalk.Part(folder, FolderWalk.Depth.FOLDER),
          FolderWalk.folders(hadoop, folder, answered),
          Optional.empty());
    } catch (IOException e) {
      return Opened.failed(folder, e);
    }
  }

  private static String silence(Duration patience) {
    return "the storage was silent for %d s".formatted(patience.toSeconds());
  }

  private record Walk(Broadcast<SerializableConfiguration> hadoop, String root, Duration patience)
      implements FlatMapFunction<FolderWalk.Part, Listed> {

    @Override
    public Iterator<Listed> call(FolderWalk.Part part) {
      Pieces pieces = new Pieces(FolderWalk.of(hadoop.value().value(), part), patience);
      TaskContext.get()
          .addTaskCompletionListener((TaskCompletionListener) context -> pieces.close());
      Iterable<Listed> listed = () -> pieces;
      return StreamSupport.stream(listed.spliterator(), false)
          .filter(found -> !FolderListing.isHidden(found.relative(root)))
          .iterator();
    }
  }

  /** What a walk finds, piece by piece, by threads that storage may hold for ever. */
  private static final class Pieces implements Iterator<Listed>, AutoCloseable {

    private final ReadAhead<Integer, Boolean> attempts;
    private volatile Leg leg;
    private Iterator<Listed> found = Collections.emptyIterator();
    private boolean last;

    Pieces(FolderWalk walk, Duration patience) {
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
        file.ifPresent(image -> found.add(new Listed(image, Optional.empty())));
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
                  .formatted(silence(patience))));
    }
  }
}
