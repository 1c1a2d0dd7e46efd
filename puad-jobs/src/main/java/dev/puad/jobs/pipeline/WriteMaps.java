package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FileContents;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.model.BadInputException;
import dev.puad.model.image.FloatMap;
import dev.puad.model.image.TiffMap;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Writes maps as float32 TIFF files in the official layout. */
final class WriteMaps {

  private WriteMaps() {}

  /**
   * Writes each map to {@code <folder>/<category>/<relative path>.tiff}, replacing what is there.
   *
   * @return how many
   * @throws BadInputException if the folder cannot be written
   */
  static long write(Dataset<Row> labelled, MapSource source, String folder, String category) {
    Broadcast<SerializableConfiguration> hadoop = DecodeImages.hadoop(labelled.sparkSession());
    Target target = new Target(hadoop, FolderListing.location(folder).toUri().toString(), category);
    return OrderedTree.aggregate(
        labelled.toJavaRDD(),
        new OrderedTree.Aggregator<Row, Long>(
            () -> 0L,
            (written, row) -> {
              target.write(row.getAs("relative"), source.map(row));
              return written + 1;
            },
            Long::sum));
  }

  private record Target(Broadcast<SerializableConfiguration> hadoop, String root, String category)
      implements Serializable {

    void write(String relative, FloatMap map) {
      Path file = file(relative);
      try {
        write(file, TiffMap.encode(map));
      } catch (IOException e) {
        throw new BadInputException(
            "Cannot write map %s: %s. Choose another folder with --write-maps."
                .formatted(file, e.getMessage()),
            e);
      }
    }

    /** The relative path is as in a URI. */
    private Path file(String relative) {
      String decoded = URI.create(relative).getPath();
      String stem = decoded.substring(0, decoded.lastIndexOf('.'));
      return new Path(new Path(URI.create(root)), category + "/" + stem + ".tiff");
    }

    /** Under a name of its own that nobody reads, then renamed: no map is ever half there. */
    private void write(Path file, byte[] encoded) throws IOException {
      Configuration configuration = hadoop.value().value();
      FileSystem files = FileContents.fileSystem(configuration, file);
      Path unfinished =
          new Path(
              file.getParent(),
              ".%s.%d".formatted(file.getName(), TaskContext.get().taskAttemptId()));
      try {
        try (OutputStream out = files.create(unfinished, true)) {
          out.write(encoded);
        }
        files.delete(file, false);
        if (!files.rename(unfinished, file)) {
          throw new IOException("it cannot be renamed from " + unfinished);
        }
      } finally {
        files.delete(unfinished, false);
      }
    }
  }
}
