package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.CategoryLayout;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A category's folder in LOCO or MVTec AD layout.
 *
 * @param listing every file of it
 * @param layout which of them are training, validation and test images
 */
public record CategoryFolder(FolderListing listing, CategoryLayout layout) {

  /**
   * Lists and sorts a category's folder.
   *
   * @throws BadInputException if it is missing or in neither layout
   */
  public static CategoryFolder open(Configuration hadoop, String folder) {
    FolderListing listing = FolderListing.of(hadoop, folder);
    String name = FolderListing.path(listing.root()).getName();
    return new CategoryFolder(listing, CategoryLayout.of(name, listing.byRelativePath().keySet()));
  }

  /** The category's name: its folder's. */
  public String name() {
    return layout.category();
  }

  /** The name of the folder that the category's folder is in; empty at a file system's root. */
  public String parentName() {
    return Optional.ofNullable(FolderListing.path(listing.root()).getParent())
        .map(Path::getName)
        .orElse("");
  }

  /** The files of some relative paths, in their order. */
  public List<ImageFile> files(List<String> relative) {
    return relative.stream().map(listing.byRelativePath()::get).toList();
  }
}
