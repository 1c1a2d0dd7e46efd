package dev.puad.jobs.table;

import dev.puad.model.BadInputException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a warehouse says that it is. Tables know their files by absolute paths, so that a warehouse
 * that was copied or moved still reads and writes where it was.
 */
public final class WarehousePlace {

  private WarehousePlace() {}

  /**
   * Refuses a warehouse whose tables are in another folder; links to the same do no harm.
   *
   * @param catalog the warehouse's catalog, a file that is there
   * @throws BadInputException if they are, or the file is no catalog
   */
  public static void check(Path warehouse, Path catalog) {
    elsewhere(warehouse, catalog)
        .ifPresent(
            other -> {
              throw new BadInputException(
                  "Cannot use the warehouse %1$s: it was copied or moved, and its tables are still those in %2$s. Run puad maintain --relocate --warehouse %1$s to make it stand alone, or use %2$s."
                      .formatted(warehouse, other));
            });
  }

  /** The folder in which the warehouse's tables are, if it is another. */
  static Optional<Path> elsewhere(Path warehouse, Path catalog) {
    return new CatalogFile(catalog)
        .entries().stream()
            .filter(entry -> entry.namespace().equals(Tables.DATABASE))
            .filter(entry -> !entry.isIn(warehouse))
            .flatMap(entry -> entry.warehouse().stream())
            .findFirst();
  }
}
