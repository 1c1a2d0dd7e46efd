package dev.puad.jobs.pipeline;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/** Rejects that say nothing any more, at the end of a run. */
final class HealedRejects {

  private static final String[] KEY = {"category", "version", "image"};

  private HealedRejects() {}

  /** Those among the rejects of a run's models. */
  static Dataset<Row> of(Lake lake, PlanScoring.Work work) {
    Column ofModels = PlanScoring.ofModels(work.request());
    Dataset<Row> rejects = lake.read(Tables.REJECTS).where(ofModels);
    if (rejects.isEmpty()) {
      return rejects;
    }
    Dataset<Row> scores = lake.read(Tables.SCORES).where(ofModels);
    return outdated(rejects, work).unionByName(scored(rejects, scores)).distinct();
  }

  /**
   * Of a shard or a folder that can be read now, so that its images are what is left to tell; of a
   * file that storage failed to give, and that is gone.
   */
  private static Dataset<Row> outdated(Dataset<Row> rejects, PlanScoring.Work work) {
    String root = work.request().root();
    Dataset<Row> passing =
        rejects
            .where(
                col("image")
                    .equalTo(root)
                    .or(col("image").startsWith(root + "/"))
                    .or(col("image").startsWith(root + "!/")))
            .where(col("modified").isNull().or(isContainer(col("image"))));
    Dataset<Row> there =
        work.planned().join(broadcast(passing.select("image")), "image", "left_semi");
    Dataset<Row> unseen =
        work.planned()
            .where(col("reason").isNotNull().and(isContainer(col("image"))))
            .select(col("image").as("container"));
    return passing
        .join(there.select("image"), new String[] {"image"}, "left_anti")
        .join(broadcast(unseen), isWithin(col("image"), col("container")), "left_anti");
  }

  /** Of an image that another run has scored meanwhile. */
  private static Dataset<Row> scored(Dataset<Row> rejects, Dataset<Row> scores) {
    Dataset<Row> found =
        scores.join(rejects.select("category", "version", "image"), KEY, "left_semi");
    return rejects.join(found.select("category", "version", "image"), KEY, "left_semi");
  }

  private static Column isContainer(Column image) {
    return udf((UDF1<String, Boolean>) ListArchive::isContainer, DataTypes.BooleanType)
        .apply(image);
  }

  /** Holds for what lies in a folder or a shard of which nothing is known. */
  private static Column isWithin(Column image, Column container) {
    return image.startsWith(
        when(container.endsWith("/"), container).otherwise(concat(container, lit("!/"))));
  }
}
