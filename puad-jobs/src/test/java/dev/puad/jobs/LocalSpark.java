package dev.puad.jobs;

import dev.puad.jobs.cli.SparkSessions;
import dev.puad.jobs.config.Settings;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Sessions on the one Spark of this test JVM: starting it costs seconds, another session nothing.
 */
public final class LocalSpark {

  private LocalSpark() {}

  /** A session that writes to a warehouse of its own. */
  public static SparkSession open(Path warehouse) {
    return SparkSessions.open(settings(warehouse));
  }

  /** Another session on the same warehouse, with a catalog of its own. */
  public static SparkSession another(Path warehouse) {
    SparkSession session = open(warehouse).newSession();
    for (String key : new String[] {"", ".catalog-impl", ".uri", ".warehouse", ".cache-enabled"}) {
      String full = "spark.sql.catalog.lake" + key;
      session.conf().set(full, open(warehouse).conf().get(full));
    }
    return session;
  }

  /** What a query over a warehouse's tables answers, each row as text. */
  public static List<String> rows(Path warehouse, String query) {
    return open(warehouse).sql(query).collectAsList().stream().map(Row::toString).toList();
  }

  public static Settings settings(Path warehouse) {
    return Settings.sources()
        .option("--warehouse", "warehouse", warehouse)
        .option("--master", "master", "local[2]")
        .resolve();
  }
}
