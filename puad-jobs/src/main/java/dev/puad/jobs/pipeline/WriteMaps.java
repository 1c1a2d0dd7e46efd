package dev.puad.jobs.pipeline;

import dev.puad.jobs.pipeline.MapSource.ScoredMap;
import dev.puad.model.BadInputException;
import dev.puad.model.image.TiffMap;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/** Writes maps as float32 TIFF files in the official layout. */
final class WriteMaps {

  private WriteMaps() {}

  /**
   * Writes each map to {@code <folder>/<category>/<relative path>.tiff}, replacing what is there.
   *
   * @return how many
   */
  static long write(Dataset<Row> labelled, MapSource source, String folder, String category) {
    Broadcast<SerializableConfiguration> hadoop = DecodeImages.hadoop(labelled.sparkSession());
    Path root = FolderListing.location(folder);
    return labelled
        .mapPartitions(
            new WritePartition(hadoop, source, root.toUri().toString(), category), Encoders.LONG())
        .collectAsList()
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  private record WritePartition(
      Broadcast<SerializableConfiguration> hadoop, MapSource source, String root, String category)
      implements MapPartitionsFunction<Row, Long> {

    @Override
    public Iterator<Long> call(Iterator<Row> labelled) {
      long written = 0;
      while (labelled.hasNext()) {
        Row row = labelled.next();
        ScoredMap map = source.read(row);
        Path file = file(row.getAs("relative"));
        try {
          write(file, TiffMap.encode(map.map()));
        } catch (IOException e) {
          throw new BadInputException(
              "Cannot write map %s: %s. Choose another folder with --write-maps."
                  .formatted(file, e.getMessage()),
              e);
        }
        written++;
      }
      return List.of(written).iterator();
    }

    /** The relative path is as in a URI. */
    private Path file(String relative) {
      String decoded = URI.create(relative).getPath();
      String stem = decoded.substring(0, decoded.lastIndexOf('.'));
      return new Path(new Path(URI.create(root)), category + "/" + stem + ".tiff");
    }

    /** Under a name that nobody reads, then renamed: no map is ever half there. */
    private void write(Path file, byte[] encoded) throws IOException {
      Configuration configuration = hadoop.value().value();
      FileSystem files = DecodeImages.files(configuration, file);
      Path unfinished = new Path(file.getParent(), "." + file.getName());
      try (OutputStream out = files.create(unfinished, true)) {
        out.write(encoded);
      }
      files.delete(file, false);
      if (!files.rename(unfinished, file)) {
        throw new IOException("it cannot be renamed from " + unfinished);
      }
    }
  }
}
