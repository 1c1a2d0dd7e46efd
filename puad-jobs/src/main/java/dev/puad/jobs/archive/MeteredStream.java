package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A shard's content, counted, of which no more comes than a limit allows. */
final class MeteredStream extends FilterInputStream {

  private final long most;
  private final String tooMuch;
  private long position;
  private long readable = Long.MAX_VALUE;

  private MeteredStream(InputStream in, long most, String tooMuch) {
    super(in);
    this.most = most;
    this.tooMuch = tooMuch;
  }

  /** A file as it is. */
  static MeteredStream of(InputStream file) {
    return new MeteredStream(file, Long.MAX_VALUE, "");
  }

  /** What comes out of a compressed shard. */
  static MeteredStream of(InputStream plain, ImageFile shard, ShardLimits limits) {
    return new MeteredStream(
        plain,
        limits.most(shard.length()),
        "more than %d bytes come out of each of its bytes".formatted(limits.maxRatio()));
  }

  /** Where the next byte is. */
  long position() {
    return position;
  }

  /** Bytes that may be read from here on, besides those that are skipped. */
  void allow(long bytes) {
    readable = bytes;
  }

  /** Reads to the end. */
  void drain() throws IOException {
    allow(Long.MAX_VALUE);
    byte[] rest = new byte[1 << 13];
    while (read(rest, 0, rest.length) >= 0) {}
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    read(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    read(Math.max(0, read));
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    // One byte more tells: decompressing all that a header announces may take for ever.
    long skipped =
        super.skip(Math.min(count, most - position < most ? most - position + 1 : count));
    passed(skipped);
    return skipped;
  }

  /** What is marked would be counted twice. */
  @Override
  public boolean markSupported() {
    return false;
  }

  private void read(long bytes) throws IOException {
    readable -= bytes;
    if (readable < 0) {
      throw new ShardException(RejectReason.TOO_LARGE, "its headers are too long");
    }
    passed(bytes);
  }

  private void passed(long bytes) throws IOException {
    position += bytes;
    if (position > most) {
      throw new ShardException(RejectReason.TOO_LARGE, tooMuch);
    }
  }
}
