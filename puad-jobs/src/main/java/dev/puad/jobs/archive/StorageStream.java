package dev.puad.jobs.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A file whose storage's failures are unchecked exceptions, so that they cannot be taken for damage
 * of what is in it.
 */
final class StorageStream extends FilterInputStream {

  StorageStream(InputStream file) {
    super(file);
  }

  @Override
  public int read() {
    try {
      return super.read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    try {
      return super.read(bytes, offset, length);
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
      return super.skip(count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
