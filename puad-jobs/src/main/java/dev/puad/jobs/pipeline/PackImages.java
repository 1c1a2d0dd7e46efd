package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.ShardWriter;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Packs a folder's images into tar shards, in the order of their paths, one task a shard. The same
 * folder gives the same bytes. Of the driver's memory it takes a path for each shard.
 */
public final class PackImages implements AutoCloseable {

  private final SparkSession spark;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final String root;
  private final JavaPairRDD<String, ImageFile> files;
  private final JavaPairRDD<String, ImageFile> images;
  private final long count;
  private final long others;

  /** Listed once: what comes later is for the next time. */
  private PackImages(SparkSession spark, String root, Duration patience) {
    this.spark = spark;
    this.hadoop = DecodeImages.hadoop(spark);
    this.root = root;
    this.files =
        ListFiles.of(spark, hadoop, root, patience)
            .mapToPair(new ByPath(root))
            .persist(StorageLevel.MEMORY_AND_DISK());
    this.images = files.filter(file -> FolderListing.isImageName(file._1()));
    this.count = images.count();
    this.others = files.count() - count;
  }

  /**
   * How large shards are.
   *
   * @param bytes of a shard, at most, unless it has a single image
   * @param images in a shard, at most
   */
  public record Bounds(long bytes, int images) {}

  /**
   * What was done.
   *
   * @param bytes of the shards
   * @param leftOut images that could not be read and are in no shard, and why
   */
  public record Result(long images, int shards, long bytes, Map<String, String> leftOut) {}

  /**
   * Lists a folder, reading no file.
   *
   * @param root its normalised URI
   * @param patience how long storage may be silent
   * @throws BadInputException if it cannot be listed; from a task, if a folder below cannot
   */
  public static PackImages of(SparkSession spark, String root, Duration patience) {
    return new PackImages(spark, root, patience);
  }

  /** Images in the folder. */
  public long count() {
    return count;
  }

  /** Files in the folder that are no images, by their names, and so are not packed. */
  public long others() {
    return others;
  }

  /**
   * Writes the shards into a folder; {@code progress} hears how many images are packed.
   *
   * @throws BadInputException from a task, if a shard cannot be written
   */
  public Result write(Path out, Bounds bounds, LongConsumer progress) {
    String[] firsts = firsts(bounds);
    List<ShardWriter.Packed> shards;
    try (TaskProgress tasks = TaskProgress.of(spark, 0, count, progress)) {
      shards =
          images
              .repartitionAndSortWithinPartitions(new Shards(firsts))
              .mapPartitionsWithIndex(
                  new Write(hadoop, root, out.toUri().toString(), tasks.counted()), true)
              .collect();
    }
    Map<String, String> leftOut = new TreeMap<>();
    shards.forEach(shard -> leftOut.putAll(shard.leftOut()));
    long packed = shards.stream().mapToLong(ShardWriter.Packed::images).sum();
    progress.accept(packed + leftOut.size());
    return new Result(
        packed,
        (int) shards.stream().filter(shard -> shard.images() > 0).count(),
        shards.stream().mapToLong(ShardWriter.Packed::bytes).sum(),
        leftOut);
  }

  @Override
  public void close() {
    files.unpersist();
  }

  /** The path of each shard's first image, ascending. */
  private String[] firsts(Bounds bounds) {
    List<String> firsts = new ArrayList<>();
    long bytes = 0;
    int count = 0;
    Iterator<Tuple2<String, Long>> sorted =
        images.mapValues(ImageFile::length).sortByKey().toLocalIterator();
    while (sorted.hasNext()) {
      Tuple2<String, Long> file = sorted.next();
      long more = ShardWriter.bytes(file._1(), file._2());
      if (firsts.isEmpty() || count == bounds.images() || bytes + more > bounds.bytes()) {
        firsts.add(file._1());
        bytes = ShardWriter.frame();
        count = 0;
      }
      bytes += more;
      count++;
    }
    return firsts.toArray(String[]::new);
  }

  private record ByPath(String root) implements PairFunction<ListFiles.Listed, String, ImageFile> {

    @Override
    public Tuple2<String, ImageFile> call(ListFiles.Listed listed) {
      // Nobody would miss what is not packed.
      listed
          .problem()
          .ifPresent(
              problem -> {
                throw new BadInputException(
                    "Cannot pack %s: %s. Correct its permissions."
                        .formatted(listed.file().image(), problem.error()));
              });
      return new Tuple2<>(listed.relative(root), listed.file());
    }
  }

  /** Which shard an image belongs to. */
  private static final class Shards extends Partitioner {

    private static final long serialVersionUID = 1L;

    private final String[] firsts;

    Shards(String[] firsts) {
      this.firsts = firsts;
    }

    @Override
    public int numPartitions() {
      return firsts.length;
    }

    @Override
    public int getPartition(Object path) {
      int found = Arrays.binarySearch(firsts, path);
      return found >= 0 ? found : -found - 2;
    }
  }

  private record Write(
      Broadcast<SerializableConfiguration> hadoop, String root, String out, LongAccumulator done)
      implements Function2<
          Integer, Iterator<Tuple2<String, ImageFile>>, Iterator<ShardWriter.Packed>> {

    @Override
    public Iterator<ShardWriter.Packed> call(
        Integer index, Iterator<Tuple2<String, ImageFile>> sorted) {
      List<String> files = new ArrayList<>();
      sorted.forEachRemaining(file -> files.add(file._2().image()));
      String name = "shard-%05d.tar".formatted(index);
      try {
        return List.of(
                ShardWriter.write(
                    hadoop.value().value(),
                    root,
                    files,
                    new Path(new Path(URI.create(out)), name),
                    ".%s.%d".formatted(name, TaskContext.get().taskAttemptId()),
                    done::add))
            .iterator();
      } catch (IOException e) {
        throw new BadInputException(
            "Cannot write %s/%s: %s. Choose another folder with --out.".formatted(out, name, e), e);
      }
    }
  }
}
