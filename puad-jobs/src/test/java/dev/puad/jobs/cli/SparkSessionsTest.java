package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.table.Lake;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
  void aCatalogOfTheUsersHasTheTablesWhateverTheWarehouse() {
    SparkSession users = hadoopCatalog();
    Path warehouse = directory.resolve("w");

    Lake.open(LocalSpark.open(warehouse));

    assertThat(directory.resolve("users/puad/scores")).isDirectory();
    assertThat(warehouse).doesNotExist();
    assertThat(SparkSessions.openExisting(LocalSpark.settings(warehouse))).isSameAs(users);
  }

  @Test
  void aCatalogOfTheUsersWithoutTablesIsSaidToHaveNone() {
    hadoopCatalog();

    Ran.in(directory.resolve("w"), "sql", "show tables in puad")
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot answer the query: Namespace does not exist: puad. There are no tables yet.");
  }

  @Test
  void twoCatalogsInOneAreNamed() {
    SparkSession users = hadoopCatalog();
    users.conf().set(LAKE + ".catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog");

    Ran.in(directory.resolve("w"), "sql", "select 1")
        .assertMistake(
            ExitCode.USAGE,
            "Cannot use the catalog lake: Spark's settings have both spark.sql.catalog.lake.type"
                + " (hadoop) and spark.sql.catalog.lake.catalog-impl"
                + " (org.apache.iceberg.jdbc.JdbcCatalog). Take one of them out.");
  }

  @Test
  void aCatalogOfTheUsersIsNotRelocated() {
    hadoopCatalog();
    Path warehouse = directory.resolve("w");

    Ran.in(warehouse, "maintain", "--relocate")
        .assertMistake(
            ExitCode.USAGE,
            ("Cannot maintain %s: Spark's settings of the catalog lake have the tables in another"
                    + " place. Use that catalog's own means.")
                .formatted(warehouse));
  }

  @Test
  void aCatalogOfTheUsersOverOtherTablesGetsNoStackTrace() throws Exception {
    Path other = directory.resolve("other");
    Lake.open(LocalSpark.open(other));
    Path err = directory.resolve("err.txt");
    Path warehouse = directory.resolve("w");

    Process process =
        JavaProcess.start(
            directory,
            err,
            List.of(
                "-Xmx1g",
                "-D%s=org.apache.iceberg.spark.SparkCatalog".formatted(LAKE),
                "-D%s.type=hadoop".formatted(LAKE),
                "-D%s.warehouse=%s".formatted(LAKE, other)),
            Puad.class,
            List.of("sql", "select * from puad.scores", "--warehouse=" + warehouse));
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();

    List<String> lines = Files.readAllLines(err);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .endsWith(
            "tables are in the catalog lake of Spark's settings, in %s; --warehouse names where bundles are, %s"
                .formatted(other, warehouse));
    assertThat(lines.get(1))
        .startsWith("puad: Cannot answer the query: [TABLE_OR_VIEW_NOT_FOUND]")
        .endsWith("There are no tables yet.");
    assertThat(process.exitValue()).isEqualTo(ExitCode.BAD_INPUT);
  }

  /** An active session with a catalog on files in {@code users}. */
  private SparkSession hadoopCatalog() {
    SparkSession users = LocalSpark.open(directory.resolve("any")).newSession();
    users.conf().unset(LAKE + ".catalog-impl");
    users.conf().unset(LAKE + ".uri");
    users.conf().set(LAKE, "org.apache.iceberg.spark.SparkCatalog");
    users.conf().set(LAKE + ".type", "hadoop");
    users.conf().set(LAKE + ".warehouse", directory.resolve("users").toString());
    SparkSession.setActiveSession(users);
    return users;
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
