package dev.puad.jobs.cli;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.config.UsageException;
import dev.puad.jobs.table.LocalFiles;
import dev.puad.jobs.table.WarehousePlace;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Spark sessions whose catalog {@code lake} holds the warehouse's tables.
 *
 * <p>The catalog is Iceberg's JDBC catalog on the SQLite file {@code catalog.db} in the warehouse,
 * unless Spark's own settings name another for {@code lake}: that one is left as it is, tables are
 * where it says, and the warehouse is where bundles are.
 */
public final class SparkSessions {

  private static final Logger LOG = LoggerFactory.getLogger(SparkSessions.class);

  private static final String LAKE = "spark.sql.catalog.lake";
  private static final String SPARK_CATALOG = "org.apache.iceberg.spark.SparkCatalog";
  private static final String JDBC_CATALOG = "org.apache.iceberg.jdbc.JdbcCatalog";
  private static final String SQLITE = "jdbc:sqlite:";

  private SparkSessions() {}

  /**
   * A session to write with; creates the warehouse's directory. The session that runs already, when
   * it has this warehouse or a catalog of the user's own; else a new one on the running Spark, or
   * on one started now. The caller leaves it open: Spark ends with the process.
   *
   * @throws BadInputException if the warehouse's directory cannot be created, its tables are in
   *     another, or a cluster gives no executor
   */
  public static SparkSession open(Settings settings) {
    if (ownsLake(configured())) {
      createWarehouse(settings.warehouse());
      requirePlace(settings.warehouse());
    }
    return working(settings);
  }

  /**
   * A session to read with, like {@link #open}; creates nothing.
   *
   * @throws BadInputException if the warehouse has no tables yet, they are in another directory, or
   *     a cluster gives no executor
   */
  public static SparkSession openExisting(Settings settings) {
    if (ownsLake(configured())) {
      requireCatalog(settings.warehouse());
      requirePlace(settings.warehouse());
    }
    return working(settings);
  }

  /**
   * A session to compute with, like {@link #session}, on executors that are there.
   *
   * @throws BadInputException if a cluster gives no executor
   */
  static SparkSession working(Settings settings) {
    SparkSession session = session(settings);
    ClusterExecutors.await(session.sparkContext(), settings.cluster().patience());
    return session;
  }

  /**
   * The file of the warehouse's catalog, wherever its tables are.
   *
   * @throws BadInputException if there is none
   * @throws UsageException if the catalog is another, of Spark's settings
   */
  static Path ownCatalog(Settings settings) {
    if (!ownsLake(configured())) {
      throw new UsageException(
          "Cannot maintain %s: Spark's settings of the catalog lake have the tables in another place. Use that catalog's own means."
              .formatted(settings.warehouse()));
    }
    requireCatalog(settings.warehouse());
    return catalogFile(settings.warehouse());
  }

  /** A session of its own on the warehouse with its catalog in another file. */
  static SparkSession onCatalog(Settings settings, Path catalog) {
    SparkSession fresh = working(settings).newSession();
    lake(settings, configured()).forEach((key, value) -> fresh.conf().set(key, value));
    fresh.conf().set(LAKE + ".uri", SQLITE + catalog);
    return fresh;
  }

  private static void requireCatalog(Path warehouse) {
    if (!Files.isRegularFile(catalogFile(warehouse))) {
      throw new BadInputException(
          "Cannot read tables: no warehouse in %s. Run puad train or puad import first, or correct --warehouse."
              .formatted(warehouse));
    }
  }

  private static void requirePlace(Path warehouse) {
    Path catalog = catalogFile(warehouse);
    if (Files.isRegularFile(catalog)) {
      registerSqlite();
      WarehousePlace.check(warehouse, catalog);
    }
  }

  private static void createWarehouse(Path warehouse) {
    try {
      Files.createDirectories(warehouse);
    } catch (IOException e) {
      throw new BadInputException(
          "Cannot create the warehouse %s: %s. Choose another with --warehouse."
              .formatted(warehouse, e),
          e);
    }
  }

  /** A session to list files with, like {@link #open}; asks for no warehouse and creates none. */
  public static SparkSession session(Settings settings) {
    registerSqlite();
    requireOneCatalog();
    Optional<SparkSession> running = running();
    if (running.isEmpty()) {
      return start(settings);
    }
    SparkSession session = running.get();
    Function<String, Optional<String>> configured = configured();
    Map<String, String> lake = lake(settings, configured);
    if (lake.entrySet().stream()
        .allMatch(e -> configured.apply(e.getKey()).equals(Optional.of(e.getValue())))) {
      return session;
    }
    SparkSession fresh = session.newSession();
    lake.forEach((key, value) -> fresh.conf().set(key, value));
    return fresh;
  }

  private static void requireOneCatalog() {
    Function<String, Optional<String>> configured = configured();
    Optional<String> type = configured.apply(LAKE + ".type");
    Optional<String> implementation = configured.apply(LAKE + ".catalog-impl");
    if (type.isPresent() && implementation.isPresent()) {
      throw new UsageException(
          "Cannot use the catalog lake: Spark's settings have both %s.type (%s) and %1$s.catalog-impl (%s). Take one of them out."
              .formatted(LAKE, type.get(), implementation.get()));
    }
  }

  /** What the running session says of a key; before one runs, what spark-submit said. */
  private static Function<String, Optional<String>> configured() {
    Optional<SparkSession> running = running();
    if (running.isPresent()) {
      SparkSession session = running.get();
      return key -> option(session.conf().getOption(key));
    }
    SparkConf conf = new SparkConf();
    return key -> option(conf.getOption(key));
  }

  private static SparkSession start(Settings settings) {
    SparkConf conf = new SparkConf();
    if (!settings.master().isEmpty()) {
      conf.setMaster(settings.master());
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.app.name", "puad");
    conf.setIfMissing(
        "spark.sql.extensions",
        "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    conf.setIfMissing("spark.sql.defaultCatalog", "lake");
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    // Our own progress is shown instead.
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.driver.host", "localhost");
      conf.setIfMissing(
          "spark.sql.shuffle.partitions",
          Integer.toString(Runtime.getRuntime().availableProcessors()));
    }
    if (ownsLake(configured())) {
      // Else Spark leaves a directory spark-warehouse wherever it is started.
      conf.setIfMissing("spark.sql.warehouse.dir", settings.warehouse().toString());
    } else {
      LOG.info(
          "tables are in the catalog lake of Spark's settings, in {}; --warehouse names where bundles"
              + " are, {}",
          conf.get(LAKE + ".warehouse", conf.get(LAKE + ".uri", "a place of its own")),
          settings.warehouse());
    }
    lake(settings, key -> option(conf.getOption(key))).forEach(conf::set);
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** What to set so that {@code lake} is the warehouse's catalog; nothing when it is another. */
  private static Map<String, String> lake(
      Settings settings, Function<String, Optional<String>> configured) {
    Map<String, String> lake = new LinkedHashMap<>();
    if (!ownsLake(configured)) {
      return lake;
    }
    lake.put(LAKE, SPARK_CATALOG);
    if (configured.apply(LAKE + ".type").isEmpty()) {
      lake.put(LAKE + ".catalog-impl", JDBC_CATALOG);
    }
    lake.put(LAKE + ".uri", SQLITE + catalogFile(settings.warehouse()));
    lake.put(LAKE + ".warehouse", settings.warehouse().toString());
    lake.put(LAKE + ".jdbc.schema-version", "V1");
    // SQLite lets one process write at a time; the others wait this many milliseconds.
    lake.put(LAKE + ".jdbc.busy_timeout", "60000");
    // A cached table does not see what another process committed.
    lake.put(LAKE + ".cache-enabled", "false");
    // Else Spark's own local file system is taken, whatever the class.
    lake.put(LAKE + ".hadoop.fs.file.impl.disable.cache", "true");
    lake.put(LAKE + ".hadoop.fs.file.impl", LocalFiles.class.getName());
    return lake;
  }

  private static boolean ownsLake(Function<String, Optional<String>> configured) {
    return configured.apply(LAKE).map(SPARK_CATALOG::equals).orElse(true)
        && configured.apply(LAKE + ".type").map("jdbc"::equals).orElse(true)
        && configured.apply(LAKE + ".catalog-impl").map(JDBC_CATALOG::equals).orElse(true)
        && configured.apply(LAKE + ".uri").map(uri -> uri.startsWith(SQLITE)).orElse(true);
  }

  private static Path catalogFile(Path warehouse) {
    return warehouse.resolve("catalog.db");
  }

  private static Optional<SparkSession> running() {
    return option(SparkSession.getActiveSession())
        .or(() -> option(SparkSession.getDefaultSession()))
        .filter(session -> !session.sparkContext().isStopped());
  }

  private static <T> Optional<T> option(Option<T> option) {
    return option.isDefined() ? Optional.of(option.get()) : Optional.empty();
  }

  // spark-submit loads our jar in a child class loader, where DriverManager does not look.
  private static void registerSqlite() {
    try {
      Class.forName("org.sqlite.JDBC", true, SparkSessions.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("sqlite-jdbc is missing from the jar", e);
    }
  }
}
