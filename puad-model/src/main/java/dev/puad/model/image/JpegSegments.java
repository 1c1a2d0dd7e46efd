package dev.puad.model.image;

/**
 * The segments before the first scan of a JPEG file: a marker, a length and data each. A file cut
 * among them fails in ways that the decoder reports like damage.
 */
final class JpegSegments {

  private static final int MARKER = 0xFF;
  private static final int START_OF_SCAN = 0xDA;

  private JpegSegments() {}

  /**
   * Walks the segments up to and with the header of the first scan. What is no segment is left to
   * the decoder, which knows what to skip.
   *
   * @throws RejectedImageException TRUNCATED if the file ends before
   */
  static void check(byte[] encoded) {
    int offset = ImageFormat.JPEG.signature().length;
    while (true) {
      if (encoded.length - offset < 4) {
        throw RejectedImageException.truncated();
      }
      if (Byte.toUnsignedInt(encoded[offset]) != MARKER) {
        return;
      }
      int type = Byte.toUnsignedInt(encoded[offset + 1]);
      if (type == MARKER) {
        // Any number of these may lead a marker.
        offset++;
        continue;
      }
      int length =
          Byte.toUnsignedInt(encoded[offset + 2]) << Byte.SIZE
              | Byte.toUnsignedInt(encoded[offset + 3]);
      if (length > encoded.length - offset - 2) {
        throw RejectedImageException.truncated();
      }
      if (type == START_OF_SCAN) {
        return;
      }
      offset += 2 + length;
    }
  }
}
