package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.LocalSpark;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSessionsTest {

  private static final String LAKE = "spark.sql.catalog.lake";

  @TempDir Path directory;

  @AfterEach
  void forgetTheActiveSession() {
    SparkSession.clearActiveSession();
  }

  @Test
  void opensTheWarehousesCatalog() {
    SparkSession spark = LocalSpark.open(directory.resolve("w"));

    assertThat(spark.conf().get(LAKE + ".uri"))
        .isEqualTo("jdbc:sqlite:" + directory.resolve("w/catalog.db"));
    assertThat(directory.resolve("w")).isDirectory();
  }

  @Test
  void keepsTheSessionThatHasTheWarehouse() {
    SparkSession spark = LocalSpark.open(directory);
    SparkSession.setActiveSession(spark);

    assertThat(LocalSpark.open(directory)).isSameAs(spark);
  }

  @Test
  void givesAnotherWarehouseASessionOfItsOwn() {
    SparkSession spark = LocalSpark.open(directory);
    SparkSession.setActiveSession(spark);

    SparkSession other = LocalSpark.open(directory.resolve("other"));

    assertThat(other).isNotSameAs(spark);
    assertThat(other.sparkContext()).isSameAs(spark.sparkContext());
  }

  @Test
  void leavesACatalogOfTheUsersAlone() {
    SparkSession users = LocalSpark.open(directory).newSession();
    users.conf().set(LAKE, "org.apache.iceberg.spark.SparkCatalog");
    users.conf().set(LAKE + ".catalog-impl", "org.apache.iceberg.inmemory.InMemoryCatalog");
    SparkSession.setActiveSession(users);
    Path unused = directory.resolve("unused");

    assertThat(SparkSessions.openExisting(LocalSpark.settings(unused))).isSameAs(users);
    assertThat(LocalSpark.open(unused)).isSameAs(users);
    assertThat(unused).doesNotExist();
  }

  @Test
  void aWarehouseThatCannotBeCreatedIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> LocalSpark.open(file.resolve("w")))
        .withMessageStartingWith("Cannot create the warehouse %s/w: ".formatted(file))
        .withMessageEndingWith("Choose another with --warehouse.");
  }
}
