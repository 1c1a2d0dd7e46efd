package dev.puad.jobs.cli;

import dev.puad.jobs.archive.FileContents;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ShardIndex;
import dev.puad.jobs.config.Settings;
import dev.puad.jobs.pipeline.PackImages;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code puad pack}: turns a folder of many small files into a few large ones. */
@Command(
    name = "pack",
    description = "Packs the images of a folder into tar shards, which score reads as they are.")
final class PackCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Mixin private CommonOptions common;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      required = true,
      description = "A folder of images, whatever its depth; it is left as it is.")
  private String images;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where to; a folder without shards, outside that of the images.")
  private String out;

  @Option(
      names = "--shard-bytes",
      paramLabel = "N",
      description = "Bytes of one shard at most, for example 256MB; default 1GiB.")
  private String shardBytes;

  @Option(
      names = "--shard-images",
      paramLabel = "N",
      description = "Images of one shard at most; default 10000.")
  private Integer shardImages;

  PackCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Settings settings =
        common
            .sources()
            .option("--shard-bytes", "pack.shard-bytes", shardBytes)
            .option("--shard-images", "pack.shard-images", shardImages)
            .resolve();
    Instant began = Instant.now();
    SparkSession spark = SparkSessions.working(settings);
    Configuration hadoop = spark.sessionState().newHadoopConf();
    String root = FolderListing.root(hadoop, images);
    Path shards = place(hadoop, root);
    try (PackImages pack = PackImages.of(spark, root, settings.archive().patience())) {
      if (pack.count() == 0) {
        throw new BadInputException(
            "Cannot pack %s: it has no images (png, jpg, jpeg, bmp). Correct the path."
                .formatted(images));
      }
      PackImages.Bounds bounds =
          new PackImages.Bounds(settings.pack().shardBytes(), settings.pack().shardImages());
      PackImages.Result result;
      try (ProgressBar bar = terminal.progressBar("pack", 0, pack.count())) {
        result = pack.write(shards, bounds, packed -> bar.update(packed, ""));
      }
      report(result, pack.others(), Duration.between(began, Instant.now()));
      return result.leftOut().isEmpty() ? ExitCode.DONE : ExitCode.TOO_MANY_REJECTS;
    }
  }

  /** The folder to write to, which need not exist. */
  private Path place(Configuration hadoop, String root) {
    Path given = FolderListing.location(out);
    try {
      FileSystem files = FileContents.fileSystem(hadoop, given);
      Path shards = files.makeQualified(given);
      checkOutside(hadoop, files, shards, root);
      checkEmpty(files, shards);
      return shards;
    } catch (IOException e) {
      throw new BadInputException(
          "Cannot write to %s: %s. Choose another folder with --out.".formatted(out, e), e);
    }
  }

  /** Shards among the images would be scored beside them. */
  private void checkOutside(Configuration hadoop, FileSystem files, Path shards, String root)
      throws IOException {
    Path there = shards;
    while (!files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    String found = FolderListing.root(hadoop, there.toUri().toString());
    if (found.equals(root) || found.startsWith(root + "/")) {
      throw new BadInputException(
          "Cannot pack into %s: it is inside %s. Choose a folder outside it with --out."
              .formatted(out, images));
    }
  }

  private void checkEmpty(FileSystem files, Path shards) throws IOException {
    if (!files.exists(shards)) {
      return;
    }
    Optional<String> shard =
        Arrays.stream(files.listStatus(shards))
            .map(FileStatus::getPath)
            .map(Path::getName)
            .filter(ShardIndex::isShard)
            .min(String::compareTo);
    if (shard.isPresent()) {
      throw new BadInputException(
          "Cannot pack into %s: it has shards already, such as %s. Remove them, or choose another folder with --out."
              .formatted(out, shard.get()));
    }
  }

  private void report(PackImages.Result result, long others, Duration took) {
    if (others > 0) {
      terminal.err().printf("puad: %d other files are not packed%n", others);
    }
    result
        .leftOut()
        .forEach((image, why) -> terminal.err().printf("puad: %s is not packed: %s%n", image, why));
    if (common.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("images", result.images());
      json.put("shards", result.shards());
      json.put("bytes", result.bytes());
      json.put("seconds", took.toMillis() / 1e3);
      json.put("leftOut", result.leftOut());
      json.put("others", others);
      terminal.json(json);
    } else {
      terminal
          .out()
          .printf(
              "%d images in %d shards, %d bytes%n",
              result.images(), result.shards(), result.bytes());
    }
    if (!result.leftOut().isEmpty()) {
      terminal
          .err()
          .printf(
              "puad: %d images could not be read and are in no shard%n", result.leftOut().size());
    }
  }
}
