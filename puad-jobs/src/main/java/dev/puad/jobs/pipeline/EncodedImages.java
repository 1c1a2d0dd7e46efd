package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.Coding;
import dev.puad.jobs.archive.FileContents;
import dev.puad.jobs.archive.ShardContents;
import dev.puad.jobs.archive.ShardStream;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.RejectReason;
import dev.puad.model.image.RejectedImageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/**
 * The files of a partition with their bytes. Entries of a compressed shard are read when they come,
 * since they can be had in their order only; all others when somebody asks, on whatever thread.
 */
final class EncodedImages implements Iterator<EncodedImages.Encoded>, AutoCloseable {

  private final Iterator<Row> files;
  private final Configuration hadoop;
  private final DecodeLimits limits;
  private ShardStream stream;

  /** Over rows of {@link DecodeImages#FILES}. */
  EncodedImages(Iterator<Row> files, Configuration hadoop, DecodeLimits limits) {
    this.files = files;
    this.hadoop = hadoop;
    this.limits = limits;
  }

  /**
   * A file and its bytes.
   *
   * @param bytes throws a {@link RejectedImageException} where they cannot be had, with a cause if
   *     it is the storage's fault
   */
  record Encoded(Row file, Supplier<byte[]> bytes) {}

  /** One file that is not an entry of a compressed shard. */
  static Encoded of(Row file, Configuration hadoop, DecodeLimits limits) {
    return new Encoded(file, () -> read(file, hadoop, limits));
  }

  @Override
  public boolean hasNext() {
    return files.hasNext();
  }

  @Override
  public Encoded next() {
    Row file = files.next();
    if (file.getAs("reason") != null || coding(file) != Coding.STREAMED) {
      return of(file, hadoop, limits);
    }
    try {
      byte[] bytes = streamed(file);
      return new Encoded(file, () -> bytes);
    } catch (RejectedImageException e) {
      return new Encoded(
          file,
          () -> {
            throw e;
          });
    }
  }

  @Override
  public void close() {
    if (stream != null) {
      try {
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        stream = null;
      }
    }
  }

  private byte[] streamed(Row file) {
    String shard = file.getAs("shard");
    long offset = file.getAs("offset");
    int length = length(file, limits);
    try {
      if (stream == null || !stream.shard().equals(shard) || !stream.isAhead(offset)) {
        close();
        stream = ShardStream.open(hadoop, shard);
      }
      return stream.read(offset, length);
    } catch (IOException e) {
      throw storageFailed(e);
    }
  }

  private static byte[] read(Row file, Configuration hadoop, DecodeLimits limits) {
    int length = length(file, limits);
    String shard = file.getAs("shard");
    if (shard == null) {
      return FileContents.read(hadoop, file.getAs("image"), limits.maxBytes());
    }
    FileContents.checkLength(file.getAs("stored"), limits.maxBytes());
    try {
      return ShardContents.read(
          hadoop, shard, coding(file), file.getAs("offset"), file.getAs("stored"), length);
    } catch (IOException e) {
      throw storageFailed(e);
    }
  }

  private static int length(Row file, DecodeLimits limits) {
    long length = file.getAs("length");
    FileContents.checkLength(length, Math.min(limits.maxBytes(), FileContents.LONGEST));
    return (int) length;
  }

  private static Coding coding(Row file) {
    String coding = file.getAs("coding");
    return coding == null ? null : Coding.valueOf(coding.toUpperCase(Locale.ROOT));
  }

  private static RejectedImageException storageFailed(IOException e) {
    return new RejectedImageException(
        RejectReason.UNREADABLE, "the shard cannot be read: " + e.getMessage(), e);
  }
}
