package dev.puad.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** conf/*.properties: what spark-submit is told. */
class SparkPropertiesTest {

  @ParameterizedTest
  @ValueSource(strings = {"local", "cluster", "gpu"})
  void givesDriverAndExecutorsTheJvmFlagsThatTheTestsRunWith(String situation) throws IOException {
    List<String> opens =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("--add-opens=java.base/"))
            .toList();
    Properties properties = read(situation);

    assertThat(opens).isNotEmpty();
    assertThat(flags(properties, "spark.driver.extraJavaOptions")).containsAll(opens);
    assertThat(flags(properties, "spark.executor.extraJavaOptions")).containsAll(opens);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "gpu"})
  void readsTheSameTablesInEverySituation(String situation) throws IOException {
    assertThat(tables(situation)).isNotEmpty().isEqualTo(tables("local"));
  }

  private static List<String> tables(String situation) throws IOException {
    Properties properties = read(situation);
    return properties.stringPropertyNames().stream()
        .filter(key -> key.startsWith("spark.sql."))
        .sorted()
        .map(key -> key + "=" + properties.getProperty(key))
        .toList();
  }

  private static List<String> flags(Properties properties, String key) {
    return Stream.of(properties.getProperty(key).split(" +")).toList();
  }

  private static Properties read(String situation) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("../conf", situation + ".properties"))) {
      properties.load(reader);
    }
    return properties;
  }
}
