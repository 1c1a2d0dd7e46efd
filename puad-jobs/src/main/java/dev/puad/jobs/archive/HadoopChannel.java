package dev.puad.jobs.archive;

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

  private static final int PIECE = 1 << 16;

  private final FSDataInputStream file;
  private final long size;
  private long position;
  private long left;
  private boolean open = true;

  /**
   * A channel over a file that the caller closes.
   *
   * @param most bytes that may be read until {@link #unlimited}
   */
  HadoopChannel(FSDataInputStream file, long size, long most) {
    this.file = file;
    this.size = size;
    this.left = most;
  }

  /** More was read than the reader was given. */
  static final class TooMuchException extends RuntimeException {

    private static final long serialVersionUID = 1L;
  }

  void unlimited() {
    left = Long.MAX_VALUE;
  }

  @Override
  public int read(ByteBuffer target) {
    if (position >= size) {
      return -1;
    }
    byte[] piece = new byte[(int) Math.min(Math.min(PIECE, target.remaining()), size - position)];
    left -= piece.length;
    if (left < 0) {
      throw new TooMuchException();
    }
    try {
      file.seek(position);
      file.readFully(piece);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    target.put(piece);
    position += piece.length;
    return piece.length;
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
