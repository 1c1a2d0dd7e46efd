package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FolderListing;
import dev.puad.model.dataset.MapsLayout;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Maps of any method of one category, in the official layout, with the category's ground truth.
 *
 * @param dataset the files of the category's folder in the data set
 * @param maps the files of the category's folder of maps
 * @param layout which map belongs to which ground truth
 */
public record MapsFolder(FolderListing dataset, FolderListing maps, MapsLayout layout) {

  /**
   * Lists a category's folder, and its maps in the folder of the same name.
   *
   * @param data the category's folder in the data set
   * @param maps the folder that holds one folder of maps for each category
   * @throws dev.puad.model.BadInputException if one is missing, or they do not match
   */
  public static MapsFolder open(Configuration hadoop, String data, String maps) {
    FolderListing dataset = FolderListing.of(hadoop, data);
    String category = FolderListing.path(dataset.root()).getName();
    FolderListing files =
        FolderListing.of(
            hadoop, new Path(FolderListing.location(maps), category).toUri().toString());
    return new MapsFolder(
        dataset,
        files,
        MapsLayout.of(
            category, dataset.byRelativePath().keySet(), files.byRelativePath().keySet()));
  }

  /** What the folder is called that holds one folder of maps for each category. */
  public String name() {
    return FolderListing.path(maps.root()).getParent().getName();
  }
}
