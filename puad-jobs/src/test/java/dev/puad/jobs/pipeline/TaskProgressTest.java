package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskProgressTest {

  private static final List<Integer> IMAGES = List.of(1, 2, 3, 4, 5, 6);

  @TempDir Path warehouse;

  @Test
  void tellsWhatIsDoneWhileTheJobRuns() {
    assertThat(told(100, IMAGES.size()))
        .isSorted()
        .doesNotHaveDuplicates()
        .allMatch(done -> done > 100 && done <= 106)
        .hasSizeGreaterThan(1);
  }

  @Test
  void tellsNoMoreThanThereIs() {
    assertThat(told(0, 2)).isNotEmpty().allMatch(done -> done <= 2);
  }

  /** What is told of a job of six tasks that takes two seconds or so. */
  private List<Long> told(long before, long most) {
    SparkSession spark = LocalSpark.open(warehouse);
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    try (TaskProgress progress = TaskProgress.of(spark, before, most, told::add)) {
      LongAccumulator counted = progress.counted();
      JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(IMAGES, IMAGES.size())
          .foreach(
              image -> {
                Thread.sleep(700);
                counted.add(1);
              });
    }
    return told;
  }
}
