package dev.puad.jobs.cli;

/** What a command's exit code says. */
public final class ExitCode {

  /** Done. */
  public static final int DONE = 0;

  /** A bug of ours. */
  public static final int BUG = 1;

  /** Wrong usage or configuration. */
  public static final int USAGE = 2;

  /** Bad input: a missing folder, no bundle, a wrong query. */
  public static final int BAD_INPUT = 3;

  /** Done, but more images were rejected than the budget allows. */
  public static final int TOO_MANY_REJECTS = 4;

  private ExitCode() {}
}
