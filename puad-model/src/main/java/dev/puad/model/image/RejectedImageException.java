package dev.puad.model.image;

/**
 * One image that cannot be used. A job records it and goes on with the next.
 *
 * <p>The message is a clause about the file, such as "it is empty", so that whoever knows the
 * file's name can say "Cannot read x: it is empty. Replace the file."
 */
public final class RejectedImageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  public RejectedImageException(RejectReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public RejectedImageException(RejectReason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  static RejectedImageException truncated() {
    return new RejectedImageException(RejectReason.TRUNCATED, "it ends before the image does");
  }

  public RejectReason reason() {
    return reason;
  }
}
