package dev.puad.jobs.table;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * One view of the lake.
 *
 * @param name without its catalog and namespace, for example {@code daily}
 * @param schema its columns, in the order in which the query has them
 * @param query over tables with catalog and namespace, on one line
 */
public record ViewDefinition(String name, StructType schema, String query) {

  public ViewDefinition {
    query = query.strip().replaceAll("\\s+", " ");
  }

  /** With catalog and namespace, for example {@code lake.puad.daily}. */
  public String fullName() {
    return Tables.NAMESPACE + "." + name;
  }

  /** The statement that creates it, or puts it in the place of another of its name. */
  String statement() {
    return "CREATE OR REPLACE VIEW %s (%s) AS %s"
        .formatted(
            fullName(),
            Arrays.stream(schema.fields())
                .map(ViewDefinition::column)
                .collect(Collectors.joining(", ")),
            query);
  }

  private static String column(StructField field) {
    String comment = field.getComment().get().replace("'", "\\'");
    return "`%s` COMMENT '%s'".formatted(field.name(), comment);
  }
}
