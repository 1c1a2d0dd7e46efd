package dev.puad.jobs.archive;

import dev.puad.model.BadInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Every file below a folder, whatever the depth, on any Hadoop file system; opens none of them.
 *
 * @param root the folder's normalised URI, without a trailing slash
 * @param files in the order of their URIs
 */
public record FolderListing(String root, List<ImageFile> files) {

  /**
   * Of formats that are read, and of those that are not: an image that nobody scores is told of.
   */
  private static final Set<String> IMAGE_EXTENSIONS =
      Set.of(
          "png", "jpg", "jpeg", "jfif", "bmp", "gif", "webp", "tif", "tiff", "jp2", "heic", "avif");

  public FolderListing {
    files = List.copyOf(files);
  }

  /**
   * Lists a folder, or a single file.
   *
   * @param path a local path or the URI of any Hadoop file system; its own symbolic links are
   *     resolved, so that a folder has one identity
   * @throws BadInputException if there is no such path, or a folder below it cannot be listed
   */
  public static FolderListing of(Configuration hadoop, String path) {
    String root = root(hadoop, path);
    List<ImageFile> found = new ArrayList<>();
    try (FolderWalk walk =
        FolderWalk.of(hadoop, new FolderWalk.Part(root, FolderWalk.Depth.TREE))) {
      while (!walk.isDone()) {
        walk.step().ifPresent(found::add);
      }
      walk.unlisted().stream()
          .findFirst()
          .ifPresent(
              unlisted -> {
                throw unreadable(unlisted.folder(), unlisted.failure());
              });
    }
    found.sort(Comparator.comparing(ImageFile::image));
    return new FolderListing(root, found);
  }

  /**
   * The normalised URI of a folder or a file, without a trailing slash.
   *
   * @param path as in {@link #of}
   * @throws BadInputException if there is no such path
   */
  public static String root(Configuration hadoop, String path) {
    try {
      return identity(resolve(hadoop, path));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** What a person is told of a path that cannot be listed. */
  public static BadInputException unreadable(String path, IOException e) {
    return new BadInputException(
        e instanceof FileNotFoundException
            ? "Cannot read %s: there is no such folder. Correct the path.".formatted(path)
            : "Cannot read %s: %s. Correct the path or its permissions."
                .formatted(path, e.getMessage()),
        e);
  }

  /**
   * The files whose name ends like an image's; none that is hidden or in a hidden folder, where
   * others keep what is unfinished or theirs.
   */
  public List<ImageFile> images() {
    return files.stream()
        .filter(file -> isImageName(file.image()) && !isHidden(relative(file)))
        .toList();
  }

  /**
   * The path of a file of this listing from its root, decoded, with slashes; its name where the
   * root is the file itself.
   */
  public String relative(ImageFile file) {
    return relative(root, file.image());
  }

  /** The same of any file below a root, or an entry of a shard that is one, by their identities. */
  public static String relative(String root, String image) {
    String path = decoded(image);
    if (image.equals(root)) {
      return path.substring(path.lastIndexOf('/') + 1);
    }
    String between = image.startsWith(root + ShardIndex.WITHIN) ? ShardIndex.WITHIN : "/";
    return path.substring(decoded(root).length() + between.length());
  }

  /** Every file by its path from the root, as {@link #relative} tells it. */
  public Map<String, ImageFile> byRelativePath() {
    Map<String, ImageFile> byPath = new LinkedHashMap<>();
    files.forEach(file -> byPath.put(relative(file), file));
    return byPath;
  }

  /** Whether a name in a relative path starts with a dot. */
  public static boolean isHidden(String relative) {
    return relative.startsWith(".") || relative.contains("/.");
  }

  /** Where a URI of a listing is. */
  public static Path path(String image) {
    return new Path(URI.create(image));
  }

  /** Where a path is, whether it exists or not: a local path or the URI of any file system. */
  public static Path location(String path) {
    return localOrUri(path);
  }

  /** Whether a name ends like an image's, of a format that is read or not, in any case. */
  public static boolean isImageName(String name) {
    int dot = name.lastIndexOf('.');
    return dot >= 0 && IMAGE_EXTENSIONS.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  private static Path resolve(Configuration hadoop, String path) throws IOException {
    if (path.isBlank()) {
      throw new BadInputException("Cannot read an empty path. Name a folder.");
    }
    Path given = localOrUri(path);
    FileSystem files = given.getFileSystem(hadoop);
    Path absolute = files.makeQualified(given);
    if (absolute.toUri().getScheme().equals("file")) {
      java.nio.file.Path local = java.nio.file.Path.of(absolute.toUri().getPath());
      if (!Files.exists(local)) {
        throw new FileNotFoundException(path);
      }
      return new Path(local.toRealPath().toUri());
    }
    files.getFileStatus(absolute);
    return absolute;
  }

  /**
   * A path with a scheme is a URI, percent-encoded as in the tables, or plain where that is none;
   * anything else is a local path, colons and all.
   */
  private static Path localOrUri(String path) {
    if (!path.matches("[A-Za-z][A-Za-z0-9+.-]*:/.*")) {
      return new Path(java.nio.file.Path.of(path).toAbsolutePath().normalize().toUri());
    }
    try {
      URI uri = new URI(path);
      return uri.getQuery() == null && uri.getFragment() == null ? new Path(uri) : new Path(path);
    } catch (URISyntaxException e) {
      return new Path(path);
    }
  }

  static String identity(Path path) {
    URI uri = path.toUri();
    String authority = uri.getAuthority() == null ? "" : uri.getAuthority();
    String plain = uri.getScheme() + "://" + authority + "/" + encoded(uri.getPath().substring(1));
    return plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
  }

  /**
   * A path as a URI has it: percent-encoded, always in the same way; also the mark that stands
   * between a shard and its entries, so that nothing else looks like one.
   */
  static String encoded(String path) {
    try {
      // Behind a scheme and a slash, a colon ends no scheme, and two slashes begin no authority.
      URI uri = new URI("file", "", "/" + path, null, null);
      return uri.getRawPath().substring(1).replace("!", "%21");
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new IOException("No URI for " + path, e));
    }
  }

  private static String decoded(String uri) {
    return URI.create(uri).getPath();
  }
}
