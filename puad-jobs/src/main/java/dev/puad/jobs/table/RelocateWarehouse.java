package dev.puad.jobs.table;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.FileIO;

/**
 * Makes a warehouse that was copied or moved stand alone, whether what it was copied from is still
 * there or not. All is written beside what is there, and counts once a new catalog takes the place
 * of the old one, which is one rename: a relocation that was killed has changed nothing.
 */
public final class RelocateWarehouse {

  private static final String UNFINISHED = ".relocating-";

  private final Path warehouse;
  private final Path catalog;
  private final FileIO files;

  /**
   * A relocation.
   *
   * @param catalog the warehouse's catalog, a file that is there
   */
  public RelocateWarehouse(Path warehouse, Path catalog, Configuration hadoop) {
    this.warehouse = warehouse;
    this.catalog = catalog;
    this.files = new HadoopFileIO(hadoop);
  }

  /**
   * What was relocated.
   *
   * @param from the folders in which tables and views were
   * @param outside tables of the user's own that are in no warehouse, and stay where they are
   */
  public record Result(List<Path> from, long tables, long views, List<String> outside) {}

  /**
   * Relocates tables and views; nothing if all are in the warehouse already.
   *
   * @param finish works on the new catalog, given as a file, before it takes the old one's place
   * @throws BadInputException if part of the warehouse is a link to somewhere else
   */
  public Result run(Consumer<Path> finish) {
    List<CatalogFile.Entry> moved =
        new CatalogFile(catalog)
            .entries().stream().filter(entry -> !entry.isIn(warehouse)).toList();
    List<CatalogFile.Entry> ours =
        moved.stream().filter(entry -> entry.warehouse().isPresent()).toList();
    List<String> outside =
        moved.stream()
            .filter(entry -> entry.warehouse().isEmpty())
            .map(entry -> entry.namespace() + "." + entry.name())
            .toList();
    if (!ours.isEmpty()) {
      requireOwn(ours);
      relocate(ours, finish);
    }
    return new Result(
        List.copyOf(
            new TreeSet<>(
                ours.stream()
                    .map(CatalogFile.Entry::warehouse)
                    .map(Optional::orElseThrow)
                    .toList())),
        count(ours, CatalogFile.Kind.TABLE),
        count(ours, CatalogFile.Kind.VIEW),
        outside);
  }

  private void relocate(List<CatalogFile.Entry> entries, Consumer<Path> finish) {
    Path unfinished =
        catalog.resolveSibling(catalog.getFileName() + UNFINISHED + UUID.randomUUID());
    try {
      CatalogFile next = new CatalogFile(catalog).copyTo(unfinished);
      List<CatalogFile.Entry> relocated = new ArrayList<>();
      entries.forEach(entry -> relocated.add(relocated(entry)));
      next.update(relocated);
      finish.accept(unfinished);
      Files.move(unfinished, catalog, StandardCopyOption.ATOMIC_MOVE);
      for (Path left : catalogsUnfinished()) {
        Files.deleteIfExists(left);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new BadInputException(
          "Cannot relocate the warehouse %s: %s. Make room, or correct its permissions."
              .formatted(warehouse, e.getMessage()),
          e);
    } catch (NotFoundException e) {
      throw new BadInputException(
          "Cannot relocate the warehouse %s: part of it is missing (%s). Copy all of it, while nothing writes to it."
              .formatted(warehouse, e.getMessage()),
          e);
    }
  }

  private CatalogFile.Entry relocated(CatalogFile.Entry entry) {
    TableRelocation relocation =
        new TableRelocation(
            files, new PathPrefix(entry.folder().orElseThrow(), home(entry).toString()));
    String metadata =
        entry.kind() == CatalogFile.Kind.TABLE
            ? relocation.table(entry.metadata())
            : relocation.view(entry.metadata());
    return new CatalogFile.Entry(entry.namespace(), entry.name(), entry.kind(), metadata);
  }

  private Path home(CatalogFile.Entry entry) {
    return warehouse.resolve(entry.place());
  }

  private void requireOwn(List<CatalogFile.Entry> entries) {
    requireOwn(catalog);
    for (CatalogFile.Entry entry : entries) {
      requireOwn(home(entry).resolve("metadata"));
    }
    Stream.concat(
            Stream.of(warehouse.resolve("bundles")),
            entries.stream().map(entry -> home(entry).resolve("data")))
        .filter(Files::exists)
        .forEach(this::requireOwn);
  }

  /** What is a link to somewhere else is not the copy's own, and must not be written. */
  private void requireOwn(Path path) {
    try {
      Path real = path.toRealPath();
      if (!real.startsWith(warehouse.toRealPath())) {
        throw new BadInputException(
            "Cannot relocate the warehouse %s: %s is a link to %s. Copy what it links to, as cp -rL does, and relocate that."
                .formatted(warehouse, path, real));
      }
    } catch (IOException e) {
      throw new BadInputException(
          "Cannot relocate the warehouse %s: %s is missing. Copy all of it."
              .formatted(warehouse, path),
          e);
    }
  }

  /** What attempts that were killed have left. */
  private List<Path> catalogsUnfinished() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(warehouse, catalog.getFileName() + UNFINISHED + "*")) {
      left.forEach(found::add);
    }
    return found;
  }

  private static long count(List<CatalogFile.Entry> entries, CatalogFile.Kind kind) {
    return entries.stream().filter(entry -> entry.kind() == kind).count();
  }
}
