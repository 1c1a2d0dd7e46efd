package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import dev.puad.model.image.RejectedImageException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.commons.compress.utils.IOUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The entries of a compressed shard, one after the other. For one thread. */
public final class ShardStream implements AutoCloseable {

  private final String shard;
  private final InputStream plain;
  private long position;

  private ShardStream(String shard, InputStream plain) {
    this.shard = shard;
    this.plain = plain;
  }

  /**
   * Opens a shard at its beginning.
   *
   * @throws IOException if the storage fails
   * @throws RejectedImageException if it is not compressed as its name says
   */
  public static ShardStream open(Configuration hadoop, String shard) throws IOException {
    Path path = FolderListing.path(shard);
    InputStream file = new StorageStream(FileContents.fileSystem(hadoop, path).open(path));
    try {
      return new ShardStream(
          shard, TarShard.plain(file, ShardFormat.of(shard).orElse(ShardFormat.TAR)));
    } catch (UncheckedIOException e) {
      file.close();
      throw e.getCause();
    } catch (IOException e) {
      file.close();
      throw damaged(e);
    }
  }

  /** The shard that is open. */
  public String shard() {
    return shard;
  }

  /** Whether an offset lies ahead; else the shard has to be opened again. */
  public boolean isAhead(long offset) {
    return offset >= position;
  }

  /**
   * The bytes of an entry, after what lies before it was skipped.
   *
   * @throws IOException if the storage fails
   * @throws RejectedImageException if the shard is damaged here
   */
  public byte[] read(long offset, int length) throws IOException {
    try {
      skip(offset - position);
      byte[] bytes = new byte[length];
      int read = IOUtils.readFully(plain, bytes);
      position += read;
      if (read < length) {
        throw new EOFException();
      }
      return bytes;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private void skip(long count) throws IOException {
    long skipped = IOUtils.skip(plain, count);
    position += skipped;
    if (skipped < count) {
      throw new EOFException();
    }
  }

  private static RejectedImageException damaged(IOException e) {
    Problem problem = ShardIndex.damage(e);
    return new RejectedImageException(
        problem.reason() == RejectReason.TRUNCATED
            ? RejectReason.TRUNCATED
            : RejectReason.UNREADABLE,
        problem.error());
  }

  @Override
  public void close() throws IOException {
    plain.close();
  }
}
