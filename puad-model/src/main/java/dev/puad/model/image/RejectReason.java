package dev.puad.model.image;

import java.util.Locale;

/** Why an image could not be scored. */
public enum RejectReason {
  /** The file has no bytes. */
  EMPTY,
  /** The file claims to be an image, but its content is damaged. */
  UNREADABLE,
  /** The file ends before the image does. */
  TRUNCATED,
  /** The image exceeds {@link DecodeLimits}. */
  TOO_LARGE,
  /** The content is in a format, or a variant of one, that is not read. */
  UNSUPPORTED,
  /** Reading or decoding took longer than the caller allows; the decoder itself keeps no clock. */
  TIMEOUT;

  /** As tables have it: in lower case. */
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }
}
