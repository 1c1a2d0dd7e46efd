package dev.puad.jobs.table;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The SQLite file of a warehouse's catalog: which tables and views there are, and which file of
 * metadata is each one's newest.
 *
 * @param file {@code catalog.db}, or a copy of it
 */
record CatalogFile(Path file) {

  private static final int BUSY_SECONDS = 60;

  /** What an entry is. */
  enum Kind {
    TABLE,
    VIEW
  }

  /**
   * A table or a view.
   *
   * @param namespace with dots, for example {@code puad}
   * @param metadata where its newest metadata is, as Iceberg wrote it
   */
  record Entry(String namespace, String name, Kind kind, String metadata) {

    /** Its folder, as Iceberg wrote it; empty where metadata is laid out otherwise. */
    Optional<String> folder() {
      int end = metadata.lastIndexOf('/');
      String suffix = "/metadata";
      return end > 0 && metadata.substring(0, end).endsWith(suffix)
          ? Optional.of(metadata.substring(0, end - suffix.length()))
          : Optional.empty();
    }

    /** Its folder within a warehouse's. */
    String place() {
      return namespace.replace('.', '/') + "/" + name;
    }

    /** The warehouse in which it is; empty where it is in none of this machine's. */
    Optional<Path> warehouse() {
      String end = "/" + place();
      return folder()
          .filter(folder -> folder.endsWith(end))
          .map(folder -> folder.substring(0, folder.length() - end.length()))
          .map(root -> new org.apache.hadoop.fs.Path(root).toUri())
          .filter(root -> root.getScheme() == null || root.getScheme().equals("file"))
          .map(root -> Path.of(root.getPath()))
          .filter(Path::isAbsolute);
    }

    /** Whether it is in this warehouse, whatever links lead there. */
    boolean isIn(Path warehouse) {
      return warehouse().map(root -> isSame(root, warehouse)).orElse(false);
    }

    private static boolean isSame(Path one, Path other) {
      try {
        return one.normalize().equals(other) || Files.isSameFile(one, other);
      } catch (IOException e) {
        // One of them is not there.
        return false;
      }
    }
  }

  /**
   * Every table and view; none where the file has no catalog yet.
   *
   * @throws BadInputException if it is no catalog
   */
  List<Entry> entries() {
    try (Connection catalog = open();
        Statement statement = catalog.createStatement()) {
      if (!isCatalog(catalog)) {
        return List.of();
      }
      List<Entry> entries = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT * FROM iceberg_tables WHERE catalog_name = '%s'".formatted(Tables.CATALOG))) {
        while (rows.next()) {
          entries.add(entry(rows));
        }
      }
      return entries;
    } catch (SQLException e) {
      throw new BadInputException(
          "Cannot read the catalog %s: %s. Restore it, or choose another --warehouse."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** Writes the whole catalog into another file, which must not be there. */
  CatalogFile copyTo(Path other) throws SQLException {
    try (Connection catalog = open();
        PreparedStatement statement = catalog.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, other.toString());
      statement.execute();
    }
    return new CatalogFile(other);
  }

  /** Gives entries other metadata, all at once. */
  void update(List<Entry> entries) throws SQLException {
    try (Connection catalog = open()) {
      catalog.setAutoCommit(false);
      try (PreparedStatement statement =
          catalog.prepareStatement(
              "UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = NULL"
                  + " WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?")) {
        for (Entry entry : entries) {
          statement.setString(1, entry.metadata());
          statement.setString(2, Tables.CATALOG);
          statement.setString(3, entry.namespace());
          statement.setString(4, entry.name());
          statement.executeUpdate();
        }
      }
      catalog.commit();
    }
  }

  private Connection open() throws SQLException {
    Connection catalog = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = catalog.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + 1000 * BUSY_SECONDS);
    }
    return catalog;
  }

  private static boolean isCatalog(Connection catalog) throws SQLException {
    try (ResultSet tables =
        catalog.getMetaData().getTables(null, null, "iceberg_tables", new String[] {"TABLE"})) {
      return tables.next();
    }
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getString("table_namespace"),
        row.getString("table_name"),
        kind(row),
        row.getString("metadata_location"));
  }

  // Catalogs of the first schema have no such column, and no views.
  private static Kind kind(ResultSet row) throws SQLException {
    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
      if (row.getMetaData().getColumnName(i).equals("iceberg_type")) {
        return "VIEW".equals(row.getString(i)) ? Kind.VIEW : Kind.TABLE;
      }
    }
    return Kind.TABLE;
  }
}
