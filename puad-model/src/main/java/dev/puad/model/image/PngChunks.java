package dev.puad.model.image;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file: a length, a type, data and a checksum each. ImageIO verifies no
 * checksum and does not ask for the end, so this is where a damaged or cut file is noticed.
 */
final class PngChunks {

  /** Length, type and checksum. */
  private static final int OVERHEAD = 12;

  /** Lower case in a type's first letter marks a chunk that a decoder may skip. */
  private static final int ANCILLARY_BIT = 0x20;

  private static final int FIRST = ImageFormat.PNG.signature().length;

  /** Types as the file has them, four letters. */
  private static final int IDAT = 0x49444154;

  private static final int IEND = 0x49454E44;

  private PngChunks() {}

  /**
   * Walks the chunks up to the end marker.
   *
   * @throws RejectedImageException TRUNCATED if the file ends before, UNREADABLE if a chunk that
   *     the image needs does not match its checksum
   */
  static void check(byte[] encoded) {
    ByteBuffer buffer = ByteBuffer.wrap(encoded);
    int offset = FIRST;
    while (true) {
      if (encoded.length - offset < OVERHEAD) {
        throw RejectedImageException.truncated();
      }
      int length = buffer.getInt(offset);
      String type = new String(encoded, offset + 4, 4, StandardCharsets.ISO_8859_1);
      if (!type.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
          || length < 0) {
        throw new RejectedImageException(
            RejectReason.UNREADABLE, "byte %d starts no PNG chunk".formatted(offset));
      }
      if (length > encoded.length - offset - OVERHEAD) {
        throw RejectedImageException.truncated();
      }
      if ((type.charAt(0) & ANCILLARY_BIT) == 0) {
        CRC32 checksum = new CRC32();
        checksum.update(encoded, offset + 4, length + 4);
        if ((int) checksum.getValue() != buffer.getInt(offset + 8 + length)) {
          throw new RejectedImageException(
              RejectReason.UNREADABLE,
              "it is damaged: its %s chunk at byte %d does not match its checksum"
                  .formatted(type, offset));
        }
      }
      if (type.equals("IEND")) {
        return;
      }
      offset += OVERHEAD + length;
    }
  }

  /** The compressed rows of a file that passed {@link #check}. */
  static InputStream imageData(byte[] encoded) {
    ByteBuffer buffer = ByteBuffer.wrap(encoded);
    List<InputStream> parts = new ArrayList<>();
    for (int at = FIRST; buffer.getInt(at + 4) != IEND; at += OVERHEAD + buffer.getInt(at)) {
      if (buffer.getInt(at + 4) == IDAT) {
        parts.add(new ByteArrayInputStream(encoded, at + 8, buffer.getInt(at)));
      }
    }
    return new SequenceInputStream(Collections.enumeration(parts));
  }
}
