package dev.puad.jobs.cli;

import dev.puad.jobs.config.Json;
import dev.puad.model.onnx.OnnxSessions;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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

  /** The versions that decide a result, as a run records them. */
  static String json() {
    Map<String, Object> versions = new TreeMap<>();
    versions.put("puad", ofPuad());
    versions.put("spark", ofSpark());
    versions.put("onnxruntime", OnnxSessions.runtime().getVersion());
    versions.put("java", System.getProperty("java.version"));
    return Json.line(versions);
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "puad " + ofPuad(), "Spark " + ofSpark(), "Java " + System.getProperty("java.version")
    };
  }
}
