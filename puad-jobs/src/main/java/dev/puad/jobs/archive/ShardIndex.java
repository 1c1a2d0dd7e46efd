package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.MemoryLimitException;
import org.apache.hadoop.conf.Configuration;

/**
 * The images of a shard, of which no pixel is read.
 *
 * @param entries in the shard's order; of two with one path the later one, as unpacking would leave
 * @param problem why there may be more entries than these, if there may
 */
public record ShardIndex(List<ShardEntry> entries, Optional<Problem> problem) {

  /** Stands between a shard and the path of its entry in the entry's identity. */
  static final String WITHIN = "!/";

  private static final Pattern FOREIGN =
      Pattern.compile("(?i)\\.(tar\\.(bz2|zst|lz4|lzma|Z)|tbz2?|tzst|7z|rar)$");

  public ShardIndex {
    entries = List.copyOf(entries);
  }

  /** Whether a file's name is a shard's: tar, tar.gz, tgz, tar.xz, txz or zip, in any case. */
  public static boolean isShard(String name) {
    return ShardFormat.of(name).isPresent();
  }

  /** Whether a file's name is that of an archive of another kind, which is not read. */
  public static boolean isForeign(String name) {
    return FOREIGN.matcher(name).find();
  }

  /**
   * Reads the headers of a shard. Damage and hostile content end in {@link #problem}.
   *
   * @param answered hears whenever the storage has
   * @throws IOException if the storage fails, which says nothing of the shard
   */
  public static ShardIndex read(
      Configuration hadoop, ImageFile shard, ShardLimits limits, Runnable answered)
      throws IOException {
    ShardFormat format =
        ShardFormat.of(shard.image())
            .orElseThrow(() -> new IllegalArgumentException(shard.image() + " is no shard"));
    Found found = new Found(shard, limits, answered);
    if (shard.length() == 0) {
      found.stop(new Problem(RejectReason.EMPTY, "it is empty"));
    } else if (format == ShardFormat.ZIP) {
      ZipShard.index(hadoop, shard, found);
    } else {
      TarShard.index(hadoop, shard, format, found);
    }
    return new ShardIndex(List.copyOf(found.entries.values()), found.problem);
  }

  /** The identity of a shard's entry. */
  public static String identity(String shard, String path) {
    return shard + WITHIN + FolderListing.encoded(path);
  }

  /**
   * A name that an archive does not say the encoding of, read as Latin-1: as UTF-8 if it is that.
   * Other encodings stay as they are, so that no two names become one.
   */
  static String name(String latin1) {
    if (latin1.chars().anyMatch(character -> character > 0xFF)) {
      return latin1;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return latin1;
    }
  }

  /** What an exception of a library says of a shard. */
  static Problem damage(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ShardException known) {
        return known.problem();
      }
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof EOFException || message.contains("runcated")) {
        return new Problem(RejectReason.TRUNCATED, "the shard ends before its entries do");
      }
      if (cause instanceof MemoryLimitException) {
        return new Problem(RejectReason.TOO_LARGE, "it takes too much memory to decompress");
      }
    }
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new Problem(RejectReason.UNREADABLE, "the shard is damaged: " + message);
  }

  /** Entries as they are found, within the limits. */
  static final class Found {

    private static final String UP = "..";

    /** The last instant that tables, SQL and people can write: the end of the year 9999. */
    private static final long LATEST = Instant.parse("+10000-01-01T00:00:00Z").toEpochMilli();

    private final ImageFile shard;
    private final ShardLimits limits;
    private final Runnable storageAnswered;
    private final Map<String, ShardEntry> entries = new LinkedHashMap<>();
    private Optional<Problem> problem = Optional.empty();
    private int seen;

    private Found(ImageFile shard, ShardLimits limits, Runnable storageAnswered) {
      this.shard = shard;
      this.limits = limits;
      this.storageAnswered = storageAnswered;
    }

    ShardLimits limits() {
      return limits;
    }

    Runnable storageAnswered() {
      return storageAnswered;
    }

    /** Nothing more can be found. */
    void stop(Problem why) {
      problem = Optional.of(why);
    }

    /** Counts a file of any kind; false if there are too many. */
    boolean counted() {
      seen++;
      if (seen > limits.maxEntries()) {
        stop(
            new Problem(
                RejectReason.TOO_LARGE,
                "it has more than %d entries".formatted(limits.maxEntries())));
        return false;
      }
      return true;
    }

    /** Takes a file in, if it is an image or hides some. */
    void add(ShardEntry entry) {
      String path = canonical(entry.path());
      if (isHidden(path)) {
        return;
      }
      boolean nested = isShard(path) || isForeign(path);
      if (!nested && !FolderListing.isImageName(path)) {
        return;
      }
      ShardEntry found =
          new ShardEntry(
              path,
              isTold(entry.modified()) ? entry.modified() : shard.modified(),
              entry.length(),
              entry.coding(),
              entry.offset(),
              entry.stored(),
              entry.problem());
      if (nested) {
        found =
            found.with(
                new Problem(RejectReason.UNSUPPORTED, "it is a shard within a shard: unpack one"));
      } else if (leadsOut(path)) {
        found =
            found.with(
                new Problem(RejectReason.UNSUPPORTED, "its path leads up or out of the shard"));
      } else if (found.problem().isEmpty() && found.length() == 0) {
        found = found.with(new Problem(RejectReason.EMPTY, "it is empty"));
      }
      // Put back at the end: a later entry of that name replaces it.
      entries.remove(path);
      entries.put(path, found);
    }

    /** As the path would lie in a folder. */
    private static String canonical(String path) {
      String relative =
          Stream.of(path.split("/"))
              .filter(name -> !name.isEmpty() && !name.equals("."))
              .collect(Collectors.joining("/"));
      return path.startsWith("/") ? "/" + relative : relative;
    }

    private static boolean isHidden(String path) {
      return Stream.of(path.split("/")).anyMatch(name -> name.startsWith(".") && !name.equals(UP));
    }

    private static boolean leadsOut(String path) {
      return path.startsWith("/") || List.of(path.split("/")).contains(UP);
    }

    /** Zero stands for no time, and what is beyond all calendars for damage. */
    private static boolean isTold(long modified) {
      return modified > 0 && modified < LATEST;
    }
  }
}
