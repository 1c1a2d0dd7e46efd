package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.FolderWalk;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.Problem;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
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

    static Listed file(ImageFile file) {
      return new Listed(file, Optional.empty());
    }

    static Listed folder(String folder, Problem problem) {
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
              folder -> Opened.failed(folder, new IOException(Problem.silence(patience))),
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

  private record Walk(Broadcast<SerializableConfiguration> hadoop, String root, Duration patience)
      implements FlatMapFunction<FolderWalk.Part, Listed> {

    @Override
    public Iterator<Listed> call(FolderWalk.Part part) {
      PatientWalk walk = new PatientWalk(FolderWalk.of(hadoop.value().value(), part), patience);
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> walk.close());
      Iterable<Listed> listed = () -> walk;
      return StreamSupport.stream(listed.spliterator(), false)
          .filter(found -> !FolderListing.isHidden(found.relative(root)))
          .iterator();
    }
  }
}
