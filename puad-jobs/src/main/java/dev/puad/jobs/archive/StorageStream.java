package dev.puad.jobs.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A file whose storage's failures are unchecked exceptions, so that they cannot be taken for damage
 * of what is in it. Tells whenever the storage has answered.
 */
final class StorageStream extends FilterInputStream {

  private final Runnable answered;

  StorageStream(InputStream file, Runnable answered) {
    super(file);
    this.answered = answered;
  }

  @Override
  public int read() {
    try {
      int read = super.read();
      answered.run();
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    try {
      int read = super.read(bytes, offset, length);
      answered.run();
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int available() {
    try {
      return super.available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long skip(long count) {
    try {
      long skipped = super.skip(count);
      answered.run();
      return skipped;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
