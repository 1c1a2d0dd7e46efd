package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Tar, plain or compressed. */
final class TarShard {

  /** What a preset of xz needs at most to be taken out, in KiB, and a little more. */
  private static final int XZ_MEMORY_KIB = 100 << 10;

  private static final int BUFFER = 1 << 16;

  /** Bytes that tell gzip and xz from all else. */
  private static final int SIGNATURE = 6;

  private TarShard() {}

  static void index(
      Configuration hadoop, ImageFile shard, ShardFormat format, ShardIndex.Found found)
      throws IOException {
    Path path = FolderListing.path(shard.image());
    try (InputStream file =
        new StorageStream(
            FileContents.fileSystem(hadoop, path).open(path), found.storageAnswered())) {
      try (MeteredStream plain = metered(file, shard, format, found.limits());
          TarHeaders headers = new TarHeaders(plain)) {
        while (next(headers, plain, shard, format, found)) {}
      } catch (UncheckedIOException e) {
        throw e.getCause();
      } catch (IOException | RuntimeException e) {
        found.stop(ShardIndex.damage(e));
      }
    }
  }

  private static MeteredStream metered(
      InputStream file, ImageFile shard, ShardFormat format, ShardLimits limits)
      throws IOException {
    return format == ShardFormat.TAR
        ? MeteredStream.of(file)
        : MeteredStream.of(plain(file, format), shard, limits);
  }

  private static boolean next(
      TarHeaders headers,
      MeteredStream plain,
      ImageFile shard,
      ShardFormat format,
      ShardIndex.Found found)
      throws IOException {
    TarArchiveEntry entry = headers.getNextTarEntry();
    if (entry == null) {
      headers.checkEnd();
      if (format != ShardFormat.TAR) {
        // The checksum of what is compressed comes last.
        plain.drain();
      }
      return false;
    }
    if (!found.counted()) {
      return false;
    }
    if (entry.isDirectory()) {
      return true;
    }
    long offset = plain.position();
    boolean cut = format == ShardFormat.TAR && entry.getSize() > shard.length() - offset;
    found.add(
        new ShardEntry(
            ShardIndex.name(entry.getName()),
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
    if (entry.isSymbolicLink() || entry.isLink()) {
      return Optional.of(new Problem(RejectReason.UNSUPPORTED, "it is no file but a link"));
    }
    if (entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice()) {
      return Optional.of(new Problem(RejectReason.UNSUPPORTED, "it is no file but a device"));
    }
    if (entry.isSparse()) {
      return Optional.of(new Problem(RejectReason.UNSUPPORTED, "it is kept as a sparse file"));
    }
    return Optional.empty();
  }

  /**
   * What a compressed tar is made of; closing it closes the file.
   *
   * @throws ShardException if it is not compressed in this way
   */
  static InputStream plain(InputStream file, ShardFormat format) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(file, BUFFER);
    buffered.mark(SIGNATURE);
    byte[] signature = buffered.readNBytes(SIGNATURE);
    buffered.reset();
    return switch (format) {
      case TAR_GZ -> {
        check(GzipCompressorInputStream.matches(signature, signature.length), signature, "gzip");
        yield new GzipCompressorInputStream(buffered, true);
      }
      case TAR_XZ -> {
        check(XZUtils.matches(signature, signature.length), signature, "xz");
        yield new XZCompressorInputStream(buffered, true, XZ_MEMORY_KIB);
      }
      case TAR, ZIP -> throw new IllegalArgumentException(format + " is read by its offsets");
    };
  }

  private static void check(boolean matches, byte[] signature, String name) throws IOException {
    if (signature.length < SIGNATURE) {
      throw new EOFException();
    }
    if (!matches) {
      throw new ShardException(
          RejectReason.UNSUPPORTED, "its content is not compressed by " + name);
    }
  }
}
