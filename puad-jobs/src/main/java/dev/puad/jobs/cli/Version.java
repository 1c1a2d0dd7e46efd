package dev.puad.jobs.cli;

import java.util.Objects;
import org.apache.spark.package$;
import picocli.CommandLine.IVersionProvider;

/** What {@code puad --version} prints, and what a run records. */
public final class Version implements IVersionProvider {

  /** This build's version, from the jar; {@code development} when run from classes. */
  public static String ofPuad() {
    return Objects.requireNonNullElse(
        Version.class.getPackage().getImplementationVersion(), "development");
  }

  /** The version of the Spark that runs. */
  public static String ofSpark() {
    return package$.MODULE$.SPARK_VERSION();
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "puad " + ofPuad(), "Spark " + ofSpark(), "Java " + System.getProperty("java.version")
    };
  }
}
