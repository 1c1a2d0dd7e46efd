package dev.puad.jobs.table;

import java.sql.Timestamp;
import java.time.Instant;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * A bundle as {@code puad.models} knows it, without whether it is current.
 *
 * @param configuration the resolved settings, JSON
 * @param fingerprint hash of settings and data it was trained by
 * @param metrics what training measured, JSON
 * @param path the bundle's directory
 * @param checksum SHA-256 of the bundle's manifest
 * @param status {@code ready}, or why it is not
 */
public record ModelRow(
    ModelFamily family,
    long version,
    Instant created,
    String configuration,
    String fingerprint,
    String metrics,
    String path,
    String checksum,
    String status) {

  static ModelRow of(Row row) {
    return new ModelRow(
        new ModelFamily(row.getAs("dataset"), row.getAs("category"), row.getAs("method")),
        row.<Long>getAs("version"),
        row.<Timestamp>getAs("created").toInstant(),
        row.getAs("configuration"),
        row.getAs("fingerprint"),
        row.getAs("metrics"),
        row.getAs("path"),
        row.getAs("checksum"),
        row.getAs("status"));
  }

  /** In the order of {@link Tables#MODELS}, as current. */
  Row toRow() {
    return RowFactory.create(
        family.dataset(),
        family.category(),
        family.method(),
        version,
        Timestamp.from(created),
        true,
        configuration,
        fingerprint,
        metrics,
        path,
        checksum,
        status);
  }
}
