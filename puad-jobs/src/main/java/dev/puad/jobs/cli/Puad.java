package dev.puad.jobs.cli;

import dev.puad.jobs.table.StopSignal;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.apache.hadoop.util.ShutdownHookManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The main class: picks a command, and turns what it throws into one line and an exit code. */
@Command(
    name = "puad",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Picturable and unpicturable anomaly detection on Spark.",
    synopsisSubcommandLabel = "COMMAND")
public final class Puad implements Callable<Integer> {

  @Spec private CommandSpec spec;

  private Puad() {}

  public static void main(String[] args) {
    Terminal terminal = Terminal.ofProcess();
    StopSignal.obey(terminal::stopped);
    int code = run(terminal, args);
    // On YARN in cluster mode an exit by ourselves, even with 0, is reported as a failure.
    if (code != ExitCode.DONE || !"cluster".equals(System.getProperty("spark.submit.deployMode"))) {
      StopSignal.exit(code);
    }
  }

  /**
   * Runs one command line without ending the process.
   *
   * @return the exit code, see {@link ExitCode}
   */
  public static int run(PrintStream out, PrintStream err, String... args) {
    return run(new Terminal(out, err, Terminal.Progress.LINES), args);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "No command given.");
  }

  private static int run(Terminal terminal, String... args) {
    CommandLine puad = new CommandLine(new Puad());
    puad.addSubcommand("toy", new ToyCommand(terminal));
    puad.addSubcommand("distill", new DistillCommand(terminal));
    puad.addSubcommand("train", new TrainCommand(terminal));
    puad.addSubcommand("import", new ImportCommand(terminal));
    puad.addSubcommand("export", new ExportCommand(terminal));
    puad.addSubcommand("pack", new PackCommand(terminal));
    puad.addSubcommand("score", new ScoreCommand(terminal));
    puad.addSubcommand("evaluate", new EvaluateCommand(terminal));
    puad.addSubcommand("maintain", new MaintainCommand(terminal));
    puad.addSubcommand("sql", new SqlCommand(terminal));
    puad.registerConverter(Path.class, new LocalPathConverter());
    puad.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    puad.setParameterExceptionHandler(
        (failure, typed) -> ErrorLine.printUsage(terminal.err(), failure));
    puad.setExecutionExceptionHandler(
        (failure, command, parsed) -> fail(terminal, failure, verbose(parsed)));
    try {
      return puad.execute(args);
    } catch (Error e) {
      // Such as a native library that cannot be loaded, or memory that does not suffice.
      return fail(terminal, e, Arrays.asList(args).contains("--verbose"));
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  private static int fail(Terminal terminal, Throwable failure, boolean verbose) {
    if (verbose) {
      failure.printStackTrace(terminal.err());
    }
    if (ShutdownHookManager.get().isShutdownInProgress()) {
      // Spark stops at once, whatever is going on, and that fails. Of SIGINT and SIGTERM all is
      // said by now, and nothing more is heard.
      terminal.err().println("puad: stopped by a signal");
      return ExitCode.BUG;
    }
    return ErrorLine.print(terminal.err(), failure);
  }

  private static boolean verbose(ParseResult parsed) {
    ParseResult deepest = parsed;
    while (deepest.hasSubcommand()) {
      deepest = deepest.subcommand();
    }
    return deepest.hasMatchedOption("--verbose");
  }
}
