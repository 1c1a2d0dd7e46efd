package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;

import dev.puad.model.Sha256;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.RejectedImageException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Which images still have the bytes that they had when they were scored: reads all of each, and
 * decodes none.
 */
public final class CompareContents {

  /** Tasks a core, so that large shards and small ones mix. */
  private static final int TASKS_PER_CORE = 4;

  private CompareContents() {}

  /**
   * What reading may take.
   *
   * @param patience how long one image may take
   */
  public record Reading(DecodeLimits limits, Duration patience) implements Serializable {}

  /**
   * The files whose content has the {@code content_hash} in their row; of those that storage does
   * not give, which may keep their scores, the ones of the same time. The entries of a shard are
   * read by one task, in their order.
   *
   * @param files of {@link DecodeImages#FILES}, a {@code content_hash}, the time {@code before},
   *     and maybe more columns
   */
  static Dataset<Row> unchanged(Dataset<Row> files, Reading reading) {
    Column container = coalesce(col("shard"), col("image"));
    int tasks = TASKS_PER_CORE * files.sparkSession().sparkContext().defaultParallelism();
    return files
        .repartition(tasks, container)
        .sortWithinPartitions(container, col("offset"))
        .mapPartitions(
            new Unchanged(
                DecodeImages.decoder(files.sparkSession(), reading.limits()), reading.patience()),
            Encoders.row(files.schema()));
  }

  private record Unchanged(DecodeImages.Decoder decoder, Duration patience)
      implements MapPartitionsFunction<Row, Row> {

    private static final int THREADS = 2;

    @Override
    public Iterator<Row> call(Iterator<Row> files) {
      EncodedImages encoded = decoder.encoded(files, patience);
      ReadAhead<EncodedImages.Encoded, Optional<Row>> compared =
          new ReadAhead<>(
              encoded,
              (image, progress) -> unchanged(image),
              image -> Optional.of(image.file()).filter(Unchanged::sameTime),
              patience,
              2 * THREADS,
              THREADS);
      TaskContext.get()
          .addTaskCompletionListener(
              (TaskCompletionListener)
                  context -> {
                    compared.close();
                    encoded.close();
                  });
      Iterable<Optional<Row>> rows = () -> compared;
      return StreamSupport.stream(rows.spliterator(), false).flatMap(Optional::stream).iterator();
    }

    private static Optional<Row> unchanged(EncodedImages.Encoded image) {
      try {
        String hash = image.file().getAs("content_hash");
        return Optional.of(image.file()).filter(file -> Sha256.of(image.bytes()).equals(hash));
      } catch (RejectedImageException e) {
        // If it was not the storage that failed, scoring says what is wrong with it.
        return Optional.of(image.file()).filter(file -> e.getCause() != null && sameTime(file));
      }
    }

    private static boolean sameTime(Row file) {
      return file.<Timestamp>getAs("modified").equals(file.getAs("before"));
    }
  }
}
