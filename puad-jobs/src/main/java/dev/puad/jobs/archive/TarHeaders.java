package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import java.io.EOFException;
import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;

/** The headers of a tar, without the library's trust in what they announce. */
final class TarHeaders extends TarArchiveInputStream {

  /** Headers that may announce one another, or hold for all that follow. */
  private static final int LONGEST_CHAIN = 16;

  /** Bytes of all headers of one entry: a path of 4 KiB, and what else a file system keeps. */
  private static final long LONGEST = 1 << 20;

  private static final int TYPE = 156;
  private static final int SPARSE_GOES_ON = 482;
  private static final int EXTENSION_GOES_ON = 504;

  private final MeteredStream plain;
  private int chain;
  private int globals;
  private boolean extension;
  private boolean ended;

  /** Names come in Latin-1, byte by byte, unless a header says otherwise. */
  TarHeaders(MeteredStream plain) {
    super(plain, "ISO-8859-1");
    this.plain = plain;
  }

  /** The library calls this for each header of an entry, from within. */
  @Override
  public TarArchiveEntry getNextTarEntry() throws IOException {
    if (chain == 0) {
      plain.allow(LONGEST);
    }
    chain++;
    try {
      checkChain(chain);
      return super.getNextTarEntry();
    } finally {
      chain--;
    }
  }

  /**
   * Checks that the tar ends as it must, with a record of zeros: without it, what was cut off
   * between two entries would not show.
   *
   * @throws EOFException if it does not
   */
  void checkEnd() throws EOFException {
    if (!ended) {
      throw new EOFException();
    }
  }

  @Override
  protected byte[] readRecord() throws IOException {
    byte[] record = super.readRecord();
    if (record == null || ended) {
      return record;
    }
    if (isEOFRecord(record)) {
      ended = true;
    } else if (extension) {
      extension = record[EXTENSION_GOES_ON] != 0;
    } else {
      check(record);
    }
    return record;
  }

  private void check(byte[] header) throws IOException {
    if (!isWhole(header)) {
      throw plain.position() == header.length
          ? new ShardException(RejectReason.UNSUPPORTED, "its content is not a tar")
          : new ShardException(
              RejectReason.UNREADABLE, "the shard is damaged: a header's checksum");
    }
    extension = header[TYPE] == TarConstants.LF_GNUTYPE_SPARSE && header[SPARSE_GOES_ON] != 0;
    if (header[TYPE] == TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER) {
      globals++;
      checkChain(globals);
    }
  }

  private static boolean isWhole(byte[] header) {
    try {
      return TarUtils.verifyCheckSum(header);
    } catch (IllegalArgumentException e) {
      // Where the checksum should be is no number.
      return false;
    }
  }

  private static void checkChain(int length) throws IOException {
    if (length > LONGEST_CHAIN) {
      throw new ShardException(RejectReason.UNREADABLE, "its headers are nested too deeply");
    }
  }
}
