package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Optional;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.X000A_NTFS;
import org.apache.commons.compress.archivers.zip.X5455_ExtendedTimestamp;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Zip, whose directory tells where each entry lies. */
final class ZipShard {

  /** A directory's entry with a name as long as any that a file system allows. */
  private static final long LONGEST_DIRECTORY_ENTRY = 512;

  private ZipShard() {}

  static void index(Configuration hadoop, ImageFile shard, ShardIndex.Found found)
      throws IOException {
    Path path = FolderListing.path(shard.image());
    try (FSDataInputStream file = FileContents.fileSystem(hadoop, path).open(path)) {
      // The library holds the whole directory, however long a hostile one is.
      long longest = (found.limits().maxEntries() + 1L) * LONGEST_DIRECTORY_ENTRY;
      try (HadoopChannel channel = new HadoopChannel(file, shard.length(), longest);
          ZipFile zip = new ZipFile(channel, shard.image(), "UTF-8", true, true)) {
        channel.unlimited();
        for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
          if (!found.counted()) {
            return;
          }
          if (!entry.isDirectory()) {
            found.add(entry(zip, entry, shard, found.limits()));
          }
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      } catch (HadoopChannel.TooMuchException e) {
        found.stop(new Problem(RejectReason.TOO_LARGE, "its directory is too long"));
      } catch (IOException | RuntimeException e) {
        found.stop(ShardIndex.damage(e));
      }
    }
  }

  private static ShardEntry entry(
      ZipFile zip, ZipArchiveEntry entry, ImageFile shard, ShardLimits limits) {
    Optional<Problem> problem = problem(zip, entry, limits);
    long offset = problem.isPresent() ? 0 : offset(zip, entry);
    if (problem.isEmpty() && (offset < 0 || offset + entry.getCompressedSize() > shard.length())) {
      problem =
          Optional.of(new Problem(RejectReason.UNREADABLE, "the shard is damaged where it lies"));
    }
    return new ShardEntry(
        entry.getName(),
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
    if (entry.getSize() / Math.max(1, entry.getCompressedSize()) > limits.maxRatio()) {
      return Optional.of(
          new Problem(
              RejectReason.TOO_LARGE,
              "more than %d bytes come out of each of its bytes".formatted(limits.maxRatio())));
    }
    return Optional.empty();
  }

  /**
   * In UTC where the zip has a wall clock's time only, so that it does not depend on the reader's.
   */
  private static long modified(ZipArchiveEntry entry) {
    boolean instant =
        entry.getExtraField(X5455_ExtendedTimestamp.HEADER_ID) != null
            || entry.getExtraField(X000A_NTFS.HEADER_ID) != null;
    return instant
        ? entry.getLastModifiedTime().toMillis()
        : entry.getTimeLocal().toInstant(ZoneOffset.UTC).toEpochMilli();
  }
}
