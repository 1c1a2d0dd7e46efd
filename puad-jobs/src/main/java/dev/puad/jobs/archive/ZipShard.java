package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.X000A_NTFS;
import org.apache.commons.compress.archivers.zip.X5455_ExtendedTimestamp;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.IOUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Zip, whose directory tells where each entry lies. */
final class ZipShard {

  /** A directory's entry with a name as long as any that a file system allows. */
  private static final long LONGEST_DIRECTORY_ENTRY = 512;

  /** What looking for the directory takes, four bytes at each place where it may be told of. */
  private static final long SEARCH = 1 << 20;

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_COUNT = 10;
  private static final int SHORTEST_END = 22;
  private static final int LONGEST_END = SHORTEST_END + 0xFFFF;

  /** Stands for a count that takes more bits. */
  private static final int IN_ZIP64 = 0xFFFF;

  /** What many a program writes that knows no time: the first that a zip can tell. */
  private static final long NO_TIME = Instant.parse("1980-01-01T00:00:00Z").toEpochMilli();

  private ZipShard() {}

  static void index(Configuration hadoop, ImageFile shard, ShardIndex.Found found)
      throws IOException {
    Path path = FolderListing.path(shard.image());
    try (FSDataInputStream file = FileContents.fileSystem(hadoop, path).open(path)) {
      // The library holds the whole directory, however long a hostile one is.
      long longest = SEARCH + found.limits().maxEntries() * LONGEST_DIRECTORY_ENTRY;
      index(
          new HadoopChannel(file, shard.length(), longest, found.storageAnswered()), shard, found);
    }
  }

  private static void index(HadoopChannel channel, ImageFile shard, ShardIndex.Found found)
      throws IOException {
    try {
      int announced = announced(channel);
      try (ZipFile zip = new ZipFile(channel, shard.image(), "ISO-8859-1", true, true)) {
        channel.unlimited();
        List<ZipArchiveEntry> entries = Collections.list(zip.getEntriesInPhysicalOrder());
        for (ZipArchiveEntry entry : entries) {
          if (!found.counted()) {
            return;
          }
          if (!entry.isDirectory()) {
            found.add(entry(zip, entry, shard, found.limits()));
          }
        }
        if (announced != IN_ZIP64 && announced != (entries.size() & IN_ZIP64)) {
          throw new ShardException(
              RejectReason.UNREADABLE,
              "its directory has %d files, not %d as it says".formatted(entries.size(), announced));
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      found.stop(ShardIndex.damage(e));
    }
  }

  /** How many files the end of the directory tells of, in 16 bits. */
  private static int announced(HadoopChannel channel) throws IOException {
    int length = (int) Math.min(channel.size(), LONGEST_END);
    ByteBuffer tail = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    channel.position(channel.size() - length);
    IOUtils.readFully(channel, tail);
    for (int at = length - SHORTEST_END; at >= 0; at--) {
      if (tail.getInt(at) == END_SIGNATURE) {
        return Short.toUnsignedInt(tail.getShort(at + END_COUNT));
      }
    }
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(channel.size(), 2));
    channel.position(0);
    IOUtils.readFully(channel, head);
    throw Arrays.equals(head.array(), new byte[] {'P', 'K'})
        ? new ShardException(RejectReason.TRUNCATED, "the shard ends before its directory does")
        : new ShardException(RejectReason.UNSUPPORTED, "its content is not a zip");
  }

  private static ShardEntry entry(
      ZipFile zip, ZipArchiveEntry entry, ImageFile shard, ShardLimits limits) {
    Optional<Problem> problem = problem(zip, entry, limits);
    long offset = problem.isPresent() ? 0 : offset(zip, entry);
    if (problem.isEmpty() && (offset < 0 || entry.getCompressedSize() > shard.length() - offset)) {
      problem =
          Optional.of(new Problem(RejectReason.UNREADABLE, "the shard is damaged where it lies"));
    }
    return new ShardEntry(
        entry.getGeneralPurposeBit().usesUTF8ForNames()
            ? entry.getName()
            : ShardIndex.name(entry.getName()),
        modified(entry),
        entry.getSize(),
        entry.getMethod() == ZipEntry.STORED ? Coding.STORED : Coding.DEFLATED,
        offset,
        entry.getCompressedSize(),
        problem);
  }

  /** Where an entry's bytes begin, which only its own header tells; -1 where that is damaged. */
  private static long offset(ZipFile zip, ZipArchiveEntry entry) {
    try (InputStream found = zip.getRawInputStream(entry)) {
      return found == null ? -1 : entry.getDataOffset();
    } catch (IOException | RuntimeException e) {
      return -1;
    }
  }

  private static Optional<Problem> problem(ZipFile zip, ZipArchiveEntry entry, ShardLimits limits) {
    if (entry.isUnixSymlink()) {
      return Optional.of(new Problem(RejectReason.UNSUPPORTED, "it is no file but a link"));
    }
    boolean known = entry.getMethod() == ZipEntry.STORED || entry.getMethod() == ZipEntry.DEFLATED;
    if (!known || !zip.canReadEntryData(entry)) {
      return Optional.of(
          new Problem(
              RejectReason.UNSUPPORTED, "it is encrypted, or compressed by another method"));
    }
    if (entry.getSize() < 0 || entry.getCompressedSize() < 0) {
      return Optional.of(new Problem(RejectReason.UNREADABLE, "the shard does not tell its size"));
    }
    if (entry.getMethod() == ZipEntry.STORED && entry.getSize() != entry.getCompressedSize()) {
      return Optional.of(
          new Problem(RejectReason.UNREADABLE, "the shard tells two sizes of what it stores"));
    }
    if (entry.getSize() > limits.most(entry.getCompressedSize())) {
      return Optional.of(
          new Problem(
              RejectReason.TOO_LARGE,
              "more than %d bytes come out of each of its bytes".formatted(limits.maxRatio())));
    }
    return Optional.empty();
  }

  /**
   * In UTC where the zip has a wall clock's time only, so that it does not depend on the reader's;
   * 0 where it tells none.
   */
  private static long modified(ZipArchiveEntry entry) {
    boolean instant =
        entry.getExtraField(X5455_ExtendedTimestamp.HEADER_ID) != null
            || entry.getExtraField(X000A_NTFS.HEADER_ID) != null;
    long modified =
        instant
            ? entry.getLastModifiedTime().toMillis()
            : entry.getTimeLocal().toInstant(ZoneOffset.UTC).toEpochMilli();
    return modified > NO_TIME ? modified : 0;
  }
}
