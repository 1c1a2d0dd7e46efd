package dev.puad.model;

/**
 * Input that a user can correct: a missing folder, a corrupt file, a model that does not exist.
 *
 * <p>The message is one line that names the offending value and says what to do about it. Commands
 * print it alone and exit with code 3; everything else that is thrown is a bug.
 */
public final class BadInputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
