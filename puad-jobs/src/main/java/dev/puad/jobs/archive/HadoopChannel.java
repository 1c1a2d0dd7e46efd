package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * A file of any Hadoop file system as the channel that archive libraries read. The storage's own
 * failures are unchecked exceptions, so that they cannot be taken for damage.
 */
final class HadoopChannel implements SeekableByteChannel {

  /** Libraries read four bytes here and there, each a request to a storage far away. */
  private static final int PIECE = 1 << 13;

  private final FSDataInputStream file;
  private final long size;
  private final Runnable answered;
  private byte[] piece = {};
  private long pieceAt;
  private long position;
  private long left;
  private boolean open = true;

  /**
   * A channel over a file that the caller closes.
   *
   * @param most bytes that may be read until {@link #unlimited}
   * @param answered hears whenever the storage has
   */
  HadoopChannel(FSDataInputStream file, long size, long most, Runnable answered) {
    this.file = file;
    this.size = size;
    this.left = most;
    this.answered = answered;
  }

  void unlimited() {
    left = Long.MAX_VALUE;
  }

  @Override
  public int read(ByteBuffer target) throws ShardException {
    if (position >= size) {
      return -1;
    }
    if (position < pieceAt || position >= pieceAt + piece.length) {
      load(position / PIECE * PIECE);
    }
    int from = (int) (position - pieceAt);
    int length = Math.min(target.remaining(), piece.length - from);
    left -= length;
    if (left < 0) {
      throw new ShardException(RejectReason.TOO_LARGE, "its directory is too long");
    }
    target.put(piece, from, length);
    position += length;
    return length;
  }

  private void load(long at) {
    byte[] loaded = new byte[(int) Math.min(PIECE, size - at)];
    try {
      file.seek(at);
      file.readFully(loaded);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    answered.run();
    piece = loaded;
    pieceAt = at;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long wanted) throws IOException {
    if (wanted < 0) {
      throw new IOException("Cannot read at %d.".formatted(wanted));
    }
    position = wanted;
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long length) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
