package dev.puad.model.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The formats that are read, by the bytes a file starts with; the names are those of ImageIO. */
enum ImageFormat {
  PNG("\211PNG\r\n\032\n"),
  JPEG("\377\330"),
  BMP("BM");

  /** One character a byte. */
  private final String signature;

  ImageFormat(String signature) {
    this.signature = signature;
  }

  byte[] signature() {
    return signature.getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * The format of a file that is not empty.
   *
   * @throws RejectedImageException if it is none of these, or ends within its signature
   */
  static ImageFormat of(byte[] encoded) {
    for (ImageFormat format : values()) {
      byte[] signature = format.signature();
      int compared = Math.min(signature.length, encoded.length);
      if (Arrays.equals(encoded, 0, compared, signature, 0, compared)) {
        if (compared < signature.length) {
          throw RejectedImageException.truncated();
        }
        return format;
      }
    }
    throw new RejectedImageException(
        RejectReason.UNSUPPORTED, "its content is not a PNG, JPEG or BMP image");
  }
}
