package dev.puad.jobs.archive;

import dev.puad.model.image.RejectedImageException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.commons.compress.utils.IOUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The entries of a compressed shard, one after the other. For one thread. */
public final class ShardStream implements Closeable {

  private static final long PIECE = 1 << 20;

  private final String shard;
  private final InputStream plain;
  private long position;
  private RejectedImageException broken;

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
    InputStream file =
        new StorageStream(FileContents.fileSystem(hadoop, path).open(path), () -> {});
    try {
      return new ShardStream(shard, TarShard.plain(file, ShardFormat.of(shard).orElseThrow()));
    } catch (UncheckedIOException e) {
      IOUtils.closeQuietly(file);
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      IOUtils.closeQuietly(file);
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
   * The bytes of an entry, after what lies before it was skipped. Behind damage nothing more can be
   * read.
   *
   * @param progress hears that there are more bytes, at least once a MiB
   * @throws IOException if the storage fails; the shard has to be opened again then
   * @throws RejectedImageException if the shard is damaged here
   */
  public byte[] read(long offset, int length, Runnable progress) throws IOException {
    if (broken != null) {
      throw broken;
    }
    try {
      while (position < offset) {
        skip(Math.min(PIECE, offset - position));
        progress.run();
      }
      byte[] bytes = new byte[length];
      int read = IOUtils.readFully(plain, bytes);
      position += read;
      if (read < length) {
        throw new EOFException();
      }
      return bytes;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IOException | RuntimeException e) {
      broken = damaged(e);
      throw broken;
    }
  }

  private void skip(long count) throws IOException {
    long skipped = IOUtils.skip(plain, count);
    position += skipped;
    if (skipped < count) {
      throw new EOFException();
    }
  }

  private static RejectedImageException damaged(Exception e) {
    Problem problem = ShardIndex.damage(e);
    return new RejectedImageException(problem.reason(), problem.error());
  }

  @Override
  public void close() throws IOException {
    plain.close();
  }
}
