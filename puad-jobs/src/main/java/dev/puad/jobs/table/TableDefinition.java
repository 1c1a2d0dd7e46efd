package dev.puad.jobs.table;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.StructType;

/**
 * One table of the lake.
 *
 * @param name without its catalog and namespace, for example {@code scores}
 * @param key the columns that name a row; never null in a row
 * @param partitions Iceberg partition transforms, for example {@code days(scored_at)}
 */
public record TableDefinition(
    String name, StructType schema, List<String> key, List<String> partitions) {

  public TableDefinition {
    key = List.copyOf(key);
    partitions = List.copyOf(partitions);
    if (key.isEmpty() || !Arrays.asList(schema.fieldNames()).containsAll(key)) {
      throw new IllegalArgumentException(
          "the key %s of table %s is not among its columns".formatted(key, name));
    }
  }

  /** With catalog and namespace, for example {@code lake.puad.scores}. */
  public String fullName() {
    return Tables.NAMESPACE + "." + name;
  }
}
