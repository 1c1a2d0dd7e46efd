package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Tar, plain or compressed. */
final class TarShard {

  /** What a preset of xz needs at most to be taken out, in KiB, and a little more. */
  private static final int XZ_MEMORY_KIB = 100 << 10;

  private static final int BUFFER = 1 << 16;

  /** Bytes that may come out of however few, so that a short shard is no bomb. */
  private static final long ALWAYS = 1L << 26;

  private TarShard() {}

  static void index(
      Configuration hadoop, ImageFile shard, ShardFormat format, ShardIndex.Found found)
      throws IOException {
    Path path = FolderListing.path(shard.image());
    try (InputStream file = new StorageStream(FileContents.fileSystem(hadoop, path).open(path))) {
      try (TarArchiveInputStream tar = tar(bounded(file, format, shard, found.limits()))) {
        while (next(tar, shard, format, found)) {}
      } catch (UncheckedIOException e) {
        throw e.getCause();
      } catch (BombException e) {
        found.stop(new Problem(RejectReason.TOO_LARGE, e.getMessage()));
      } catch (IOException | RuntimeException | StackOverflowError e) {
        // Headers that announce headers are read by a method that calls itself.
        found.stop(
            e instanceof Exception damage
                ? ShardIndex.damage(damage)
                : new Problem(RejectReason.UNREADABLE, "its headers are nested too deeply"));
      }
    }
  }

  private static TarArchiveInputStream tar(InputStream plain) {
    return new TarArchiveInputStream(plain, "UTF-8");
  }

  private static boolean next(
      TarArchiveInputStream tar, ImageFile shard, ShardFormat format, ShardIndex.Found found)
      throws IOException {
    TarArchiveEntry entry = tar.getNextTarEntry();
    if (entry == null || !found.counted()) {
      return false;
    }
    if (entry.isDirectory()) {
      return true;
    }
    long offset = tar.getBytesRead();
    boolean cut = format == ShardFormat.TAR && offset + entry.getSize() > shard.length();
    found.add(
        new ShardEntry(
            entry.getName(),
            entry.getLastModifiedTime().toMillis(),
            entry.getSize(),
            format == ShardFormat.TAR ? Coding.STORED : Coding.STREAMED,
            offset,
            entry.getSize(),
            problem(entry, cut)));
    if (cut) {
      throw new EOFException();
    }
    return true;
  }

  private static Optional<Problem> problem(TarArchiveEntry entry, boolean cut) {
    if (cut) {
      return Optional.of(
          new Problem(RejectReason.TRUNCATED, "the shard ends before the image does"));
    }
    if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink()) {
      return Optional.of(new Problem(RejectReason.UNSUPPORTED, "it is no file but a link"));
    }
    if (entry.isSparse()) {
      return Optional.of(new Problem(RejectReason.UNSUPPORTED, "it is kept as a sparse file"));
    }
    return Optional.empty();
  }

  /** What is in the tar, of which too much may come. */
  private static InputStream bounded(
      InputStream file, ShardFormat format, ImageFile shard, ShardLimits limits)
      throws IOException {
    return format == ShardFormat.TAR
        ? file
        : new Bounded(
            plain(file, format), Math.max(ALWAYS, shard.length() * limits.maxRatio()), limits);
  }

  /** What a compressed tar is made of; closing it closes the file. */
  static InputStream plain(InputStream file, ShardFormat format) throws IOException {
    InputStream buffered = new BufferedInputStream(file, BUFFER);
    return switch (format) {
      case TAR -> buffered;
      case TAR_GZ -> new GzipCompressorInputStream(buffered, true);
      case TAR_XZ -> new XZCompressorInputStream(buffered, true, XZ_MEMORY_KIB);
      case ZIP -> throw new IllegalArgumentException("a zip is no tar");
    };
  }

  /** More comes out of a shard than it may. */
  private static final class BombException extends IOException {

    private static final long serialVersionUID = 1L;

    BombException(ShardLimits limits) {
      super("more than %d bytes come out of each of its bytes".formatted(limits.maxRatio()));
    }
  }

  private static final class Bounded extends FilterInputStream {

    private final ShardLimits limits;
    private long left;

    Bounded(InputStream in, long most, ShardLimits limits) {
      super(in);
      this.left = most;
      this.limits = limits;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      taken(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      taken(Math.max(0, read));
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = super.skip(count);
      taken(skipped);
      return skipped;
    }

    private void taken(long bytes) throws IOException {
      left -= bytes;
      if (left < 0) {
        throw new BombException(limits);
      }
    }
  }
}
