package dev.puad.jobs.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process of its own, with this one's classes and the launcher's logging. */
public final class JavaProcess {

  private JavaProcess() {}

  /**
   * Starts a main class in a folder.
   *
   * @param err where its standard error goes; its standard output is lost
   */
  static Process start(Path folder, Path err, Class<?> main, List<String> arguments)
      throws IOException {
    return start(folder, err, List.of("-Xmx1g"), main, arguments);
  }

  /**
   * Starts a main class in a folder.
   *
   * @param err where its standard error goes; its standard output is lost
   * @param flags of the virtual machine, such as its heap
   */
  public static Process start(
      Path folder, Path err, List<String> flags, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ownFlags());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile());
    builder
        .environment()
        .put(
            "LOG4J_CONFIGURATION_FILE",
            Path.of("../conf/log4j2.properties").toAbsolutePath().normalize().toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }

  /** What this virtual machine was started with that its children want too. */
  public static List<String> ownFlags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(
            flag ->
                flag.startsWith("--add-opens")
                    || flag.startsWith("-XX:TieredStop")
                    || flag.equals("-XX:+UseSerialGC"))
        .toList();
  }
}
