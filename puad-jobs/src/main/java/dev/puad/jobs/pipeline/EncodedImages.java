package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.Coding;
import dev.puad.jobs.archive.FileContents;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.ShardContents;
import dev.puad.jobs.archive.ShardStream;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.RejectReason;
import dev.puad.model.image.RejectedImageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.commons.compress.utils.IOUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/**
 * The files of a partition with their bytes. Entries of a compressed shard are read one after the
 * other, since they can be had in their order only; all others when somebody asks, on whatever
 * thread.
 */
final class EncodedImages implements Iterator<EncodedImages.Encoded>, AutoCloseable {

  private final Configuration hadoop;
  private final DecodeLimits limits;
  private final Duration patience;
  private final ReadAhead<Row, Encoded> files;

  /** Who reads has it; a thread that was given up keeps it. */
  private final AtomicReference<ShardStream> stream = new AtomicReference<>();

  /**
   * Over rows of {@link DecodeImages#FILES}.
   *
   * @param patience how long a stream may be silent
   */
  EncodedImages(Iterator<Row> files, Configuration hadoop, DecodeLimits limits, Duration patience) {
    this.hadoop = hadoop;
    this.limits = limits;
    this.patience = patience;
    this.files = new ReadAhead<>(files, this::open, this::late, patience, 1, 1);
  }

  /** A file and its bytes. */
  static final class Encoded {

    private final Row file;
    private final Supplier<byte[]> source;
    private volatile boolean read;

    private Encoded(Row file, Supplier<byte[]> source) {
      this.file = file;
      this.source = source;
    }

    /** A row of {@link DecodeImages#FILES}. */
    Row file() {
      return file;
    }

    /**
     * The file's bytes, or its entry's.
     *
     * @throws RejectedImageException where they cannot be had, with a cause if it is the storage's
     *     fault
     */
    byte[] bytes() {
      byte[] bytes = source.get();
      read = true;
      return bytes;
    }

    /** Why it is rejected after so long: storage's fault, unless it has given the bytes. */
    RejectedImageException late(Duration patience) {
      return read
          ? new RejectedImageException(
              RejectReason.TIMEOUT,
              "it took longer than %d s to decode".formatted(patience.toSeconds()))
          : EncodedImages.late(patience);
    }
  }

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
    return files.next();
  }

  @Override
  public void close() {
    files.close();
    IOUtils.closeQuietly(stream.getAndSet(null));
  }

  private Encoded open(Row file, Runnable progress) {
    if (compressedShard(file).isEmpty()) {
      return of(file, hadoop, limits);
    }
    try {
      byte[] bytes = streamed(file, progress);
      return new Encoded(file, () -> bytes);
    } catch (RejectedImageException e) {
      return rejected(file, e);
    }
  }

  private Encoded late(Row file) {
    return rejected(file, late(patience));
  }

  private static Encoded rejected(Row file, RejectedImageException e) {
    return new Encoded(
        file,
        () -> {
          throw e;
        });
  }

  private static RejectedImageException late(Duration patience) {
    String message = "it took longer than %d s to read".formatted(patience.toSeconds());
    return new RejectedImageException(
        RejectReason.TIMEOUT, message, new InterruptedIOException(message));
  }

  private byte[] streamed(Row file, Runnable progress) {
    String shard = file.getAs("shard");
    long offset = file.getAs("offset");
    int length = length(file, limits);
    ShardStream mine = stream.getAndSet(null);
    try {
      if (mine == null || !mine.shard().equals(shard) || !mine.isAhead(offset)) {
        IOUtils.closeQuietly(mine);
        mine = null;
        mine = ShardStream.open(hadoop, shard);
      }
      byte[] bytes = mine.read(offset, length, progress);
      checkSameShard(file, hadoop);
      keep(mine);
      return bytes;
    } catch (RejectedImageException e) {
      keep(mine);
      throw e;
    } catch (IOException e) {
      IOUtils.closeQuietly(mine);
      throw storageFailed(e);
    }
  }

  /** For the next entry, unless somebody else has begun anew meanwhile. */
  private void keep(ShardStream mine) {
    if (!stream.compareAndSet(null, mine)) {
      IOUtils.closeQuietly(mine);
    }
  }

  private static byte[] read(Row file, Configuration hadoop, DecodeLimits limits) {
    int length = length(file, limits);
    String shard = file.getAs("shard");
    if (shard == null) {
      return FileContents.read(hadoop, file.getAs("image"), limits.maxBytes());
    }
    FileContents.checkLength(
        file.getAs("stored"), Math.min(limits.maxBytes(), FileContents.LONGEST));
    try {
      byte[] bytes =
          ShardContents.read(
              hadoop, shard, coding(file), file.getAs("offset"), file.getAs("stored"), length);
      checkSameShard(file, hadoop);
      return bytes;
    } catch (IOException e) {
      throw storageFailed(e);
    }
  }

  /** Of a shard that was replaced since it was listed, other bytes lie at the entry's place. */
  private static void checkSameShard(Row file, Configuration hadoop) throws IOException {
    ImageFile shard = FileContents.state(hadoop, file.getAs("shard"));
    if (shard.modified() != file.<Timestamp>getAs("shard_modified").getTime()
        || shard.length() != file.<Long>getAs("shard_length")) {
      throw new IOException("it was replaced after it was listed");
    }
  }

  private static int length(Row file, DecodeLimits limits) {
    long length = file.getAs("length");
    FileContents.checkLength(length, Math.min(limits.maxBytes(), FileContents.LONGEST));
    return (int) length;
  }

  /** The shard that has to be read from its beginning for a file. */
  static Optional<String> compressedShard(Row file) {
    return file.getAs("reason") == null && coding(file) == Coding.STREAMED
        ? Optional.of(file.getAs("shard"))
        : Optional.empty();
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
