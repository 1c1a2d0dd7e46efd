package dev.puad.jobs.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes files into a tar that has the same bytes whoever writes it, and wherever: POSIX, with an
 * extended header for what ustar has no room for, such as milliseconds and long names.
 */
final class TarWriter implements AutoCloseable {

  private static final int RECORD = 512;

  /** Two empty records end a tar. */
  static final long END = 2 * RECORD;

  /** What an extended header holds beside a name: a time, a length above 8 GiB, and their keys. */
  private static final int EXTENDED = 128;

  private static final int PIECE = 1 << 16;

  private final TarArchiveOutputStream tar;

  TarWriter(OutputStream out) {
    this.tar = new Anonymous(out);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  /** Bytes that a file takes in a tar, at most. */
  static long bytes(String path, long length) {
    int name = path.getBytes(StandardCharsets.UTF_8).length;
    return 2 * RECORD + records(name + EXTENDED) + records(length);
  }

  private static long records(long bytes) {
    return (bytes + RECORD - 1) / RECORD * RECORD;
  }

  /**
   * Appends a file.
   *
   * @param modified in milliseconds since the epoch
   * @throws ChangedFileException if it cannot be read to its end, or has another length: the tar is
   *     damaged from here on
   * @throws IOException if the tar cannot be written
   */
  void add(String path, long modified, long length, InputStream file) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(path);
    entry.setSize(length);
    entry.setModTime(modified);
    tar.putArchiveEntry(entry);
    byte[] piece = new byte[PIECE];
    long left = length;
    while (left > 0) {
      int read = read(file, piece, (int) Math.min(left, piece.length));
      if (read < 0) {
        throw new ChangedFileException("it became shorter while it was read", null);
      }
      tar.write(piece, 0, read);
      left -= read;
    }
    if (read(file, piece, 1) >= 0) {
      throw new ChangedFileException("it became longer while it was read", null);
    }
    tar.closeArchiveEntry();
  }

  private static int read(InputStream file, byte[] piece, int length) throws ChangedFileException {
    try {
      return file.read(piece, 0, length);
    } catch (IOException e) {
      throw new ChangedFileException(e.toString(), e);
    }
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  /** A file that was being written to a tar. */
  static final class ChangedFileException extends IOException {

    private static final long serialVersionUID = 1L;

    private ChangedFileException(String why, IOException cause) {
      super(why, cause);
    }
  }

  /** The library writes who is logged in into each header. */
  private static final class Anonymous extends TarArchiveOutputStream {

    Anonymous(OutputStream out) {
      super(out, StandardCharsets.UTF_8.name());
    }

    @Override
    public void putArchiveEntry(ArchiveEntry entry) throws IOException {
      ((TarArchiveEntry) entry).setUserName("");
      super.putArchiveEntry(entry);
    }
  }
}
