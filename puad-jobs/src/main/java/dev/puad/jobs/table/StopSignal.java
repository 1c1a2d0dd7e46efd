package dev.puad.jobs.table;

import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hadoop.service.launcher.IrqHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process still does when it is told to end by SIGINT (Ctrl-C) or SIGTERM. It is done before
 * the virtual machine shuts down, since Spark and Iceberg's threads end with that. A second signal
 * ends the process at once.
 */
public final class StopSignal {

  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  /** A shell's exit code of a process that a signal ended is this and the signal's number. */
  private static final int EXIT_CODE_BASE = 128;

  private static final List<String> SIGNALS = List.of(IrqHandler.CONTROL_C, IrqHandler.SIGTERM);

  // Signals are the process's, and so is this.
  private static final Deque<Runnable> ACTIONS = new ConcurrentLinkedDeque<>();
  private static final AtomicBoolean HEARD = new AtomicBoolean();

  private StopSignal() {}

  /** Until it is closed, an action is to be done on a signal. */
  public interface Awaited extends AutoCloseable {

    @Override
    void close();
  }

  /** From now on an action is to be done on a signal, before those that were known earlier. */
  public static Awaited onSignal(Runnable action) {
    ACTIONS.addFirst(action);
    return () -> ACTIONS.remove(action);
  }

  /**
   * From now on this process does what is to be done on a signal and ends with 130 or 143.
   *
   * @param first hears the signal's name before anything is done
   */
  public static void obey(Consumer<String> first) {
    for (String name : SIGNALS) {
      try {
        new IrqHandler(name, signal -> hear(signal, first)).bind();
      } catch (IllegalArgumentException e) {
        // Flag -Xrs leaves signals to others.
        LOG.info("SIG{} is not listened to: {}", name, e.getMessage());
      }
    }
  }

  private static void hear(IrqHandler.InterruptData signal, Consumer<String> first) {
    int code = EXIT_CODE_BASE + signal.getNumber();
    if (HEARD.getAndSet(true)) {
      Runtime.getRuntime().halt(code);
    }
    stop(() -> first.accept("SIG" + signal.getName()), code);
  }

  /** Whether a signal has come, so that what fails from now on fails for that. */
  public static boolean isHeard() {
    return HEARD.get();
  }

  /** Ends the process; where a signal has come, once what is to be done on it is done. */
  public static synchronized void exit(int code) {
    System.exit(code);
  }

  private static synchronized void stop(Runnable first, int code) {
    first.run();
    for (Runnable action : ACTIONS) {
      try {
        action.run();
      } catch (RuntimeException e) {
        LOG.warn("not all was done that a stopped run leaves: {}", e.toString());
      }
    }
    System.exit(code);
  }
}
