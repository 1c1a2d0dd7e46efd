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
import java.util.concurrent.locks.ReentrantLock;
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
   * @param patience how long storage may be silent, after which a task gives up what it has not
   *     listed yet
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

  /** What a walk finds, piece by piece, by a thread that storage may hold for ever. */
  private static final class Pieces implements Iterator<Listed>, AutoCloseable {

    private static final int STEPS = 1000;

    private final FolderWalk walk;
    private final Duration patience;
    private final ReadAhead<Integer, Piece> pieces;

    /** Held by who is at the walk. */
    private final ReentrantLock walking = new ReentrantLock();

    private volatile boolean closed;
    private Iterator<Listed> found = Collections.emptyIterator();
    private boolean last;

    /** The last piece tells of what was not found, too. */
    private record Piece(List<Listed> found, boolean last) {}

    Pieces(FolderWalk walk, Duration patience) {
      this.walk = walk;
      this.patience = patience;
      this.pieces =
          new ReadAhead<>(
              Stream.iterate(0, i -> i + 1).iterator(),
              (i, answered) -> piece(answered),
              i -> silent(),
              patience,
              1,
              1);
    }

    @Override
    public boolean hasNext() {
      while (!found.hasNext() && !last) {
        Piece piece = pieces.next();
        found = piece.found().iterator();
        last = piece.last();
      }
      return found.hasNext();
    }

    @Override
    public Listed next() {
      return found.next();
    }

    /** Whoever is at the walk closes it. */
    @Override
    public void close() {
      closed = true;
      pieces.close();
      if (walking.tryLock()) {
        try {
          walk.close();
        } finally {
          walking.unlock();
        }
      }
    }

    private Piece piece(Runnable answered) {
      walking.lock();
      try {
        List<Listed> listed = new ArrayList<>();
        for (int i = 0; i < STEPS && !walk.isDone() && !closed; i++) {
          walk.step().ifPresent(file -> listed.add(new Listed(file, Optional.empty())));
          answered.run();
        }
        boolean done = walk.isDone();
        if (done) {
          walk.unlisted().forEach(folder -> listed.add(unlisted(folder)));
        }
        return new Piece(listed, done);
      } finally {
        if (closed) {
          walk.close();
        }
        walking.unlock();
      }
    }

    private static Listed unlisted(FolderWalk.Unlisted folder) {
      return Listed.folder(
          folder.folder(),
          new Problem(RejectReason.UNREADABLE, "the folder cannot be listed: " + folder.failure()));
    }

    private Piece silent() {
      return new Piece(
          List.of(
              Listed.folder(
                  walk.folder(),
                  new Problem(
                      RejectReason.TIMEOUT,
                      "the folder cannot be listed: %s; it and others behind it may have more"
                          .formatted(silence(patience))))),
          true);
    }
  }
}
