package dev.puad.jobs.cli;

import dev.puad.jobs.config.ClosestName;
import dev.puad.jobs.config.UsageException;
import dev.puad.model.BadInputException;
import java.io.PrintStream;
import java.util.Collection;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a person reads when a command fails: one line, and a stack trace only on demand. */
final class ErrorLine {

  private static final int LONGEST_BUG = 300;

  private ErrorLine() {}

  /** Prints what went wrong and returns the exit code that says so. */
  static int print(PrintStream err, Throwable failure) {
    Optional<Throwable> users = usersMistake(failure);
    if (users.isPresent()) {
      err.println("puad: " + oneLine(users.get().getMessage()));
      return users.get() instanceof BadInputException ? ExitCode.BAD_INPUT : ExitCode.USAGE;
    }
    err.println(
        "puad: internal error: %s. Run again with --verbose for the stack trace."
            .formatted(beginning(oneLine(failure.toString()))));
    return ExitCode.BUG;
  }

  /** Says what is wrong with a command line. */
  static int printUsage(PrintStream err, ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    String help = "Run: " + command.getCommandSpec().qualifiedName() + " --help";
    err.println("puad: " + oneLine(message(failure, command)) + " " + help);
    return ExitCode.USAGE;
  }

  private static String message(ParameterException failure, CommandLine command) {
    if (failure instanceof UnmatchedArgumentException unmatched) {
      String argument = unmatched.getUnmatched().get(0);
      if (unmatched.isUnknownOption()) {
        return "Unknown option: "
            + argument
            + "."
            + meant(
                argument.replaceFirst("=.*", ""), command.getCommandSpec().optionsMap().keySet());
      }
      if (!command.getSubcommands().isEmpty()) {
        return "Unknown command: "
            + argument
            + "."
            + meant(argument, command.getSubcommands().keySet());
      }
      return "Unexpected argument: " + argument + ".";
    }
    return withStop(failure.getMessage());
  }

  private static String meant(String typed, Collection<String> known) {
    return ClosestName.of(typed, known).map(name -> " Did you mean " + name + "?").orElse("");
  }

  private static String withStop(String message) {
    return message.endsWith(".") ? message : message + ".";
  }

  // Spark wraps what a task or a query threw.
  private static Optional<Throwable> usersMistake(Throwable failure) {
    int depth = 0;
    for (Throwable t = failure; t != null && depth < 50; t = t.getCause(), depth++) {
      if (t instanceof BadInputException || t instanceof UsageException) {
        return Optional.of(t);
      }
    }
    return Optional.empty();
  }

  // Spark's messages may hold a whole plan.
  private static String beginning(String message) {
    return message.length() <= LONGEST_BUG ? message : message.substring(0, LONGEST_BUG) + "…";
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
