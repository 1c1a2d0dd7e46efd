package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import dev.puad.model.image.RejectedImageException;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Takes single entries out of shards that tell where each lies; may be used by several threads. */
public final class ShardContents {

  private ShardContents() {}

  /**
   * An entry's bytes.
   *
   * @param offset of its first byte in the shard
   * @param stored bytes that it takes there
   * @param length of the entry itself, which the caller found not too long
   * @throws IOException if the storage fails, which says nothing of the image
   * @throws RejectedImageException if the shard is damaged here
   */
  public static byte[] read(
      Configuration hadoop, String shard, Coding coding, long offset, long stored, int length)
      throws IOException {
    return switch (coding) {
      case STORED -> bytes(hadoop, shard, offset, length);
      case DEFLATED -> inflate(bytes(hadoop, shard, offset, Math.toIntExact(stored)), length);
      case STREAMED -> throw new IllegalArgumentException(shard + " is read from its beginning");
    };
  }

  private static byte[] bytes(Configuration hadoop, String shard, long offset, int length)
      throws IOException {
    Path path = FolderListing.path(shard);
    byte[] bytes = new byte[length];
    try (FSDataInputStream file = FileContents.fileSystem(hadoop, path).open(path)) {
      file.seek(offset);
      file.readFully(bytes);
    }
    return bytes;
  }

  private static byte[] inflate(byte[] deflated, int length) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(deflated);
      byte[] bytes = new byte[length];
      int done = 0;
      while (done < length) {
        int more = inflater.inflate(bytes, done, length - done);
        if (more == 0) {
          throw new RejectedImageException(
              RejectReason.TRUNCATED, "the shard has fewer bytes of it than it says");
        }
        done += more;
      }
      if (inflater.inflate(new byte[1]) > 0) {
        throw new RejectedImageException(
            RejectReason.UNREADABLE, "the shard has more bytes of it than it says");
      }
      return bytes;
    } catch (DataFormatException e) {
      throw new RejectedImageException(
          RejectReason.UNREADABLE, "the shard is damaged here: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
