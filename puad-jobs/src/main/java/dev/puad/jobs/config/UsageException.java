package dev.puad.jobs.config;

/**
 * A command line or a configuration that a user can correct; commands print the message, one line
 * that names the value and what to do, and exit with 2.
 */
public final class UsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }

  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
