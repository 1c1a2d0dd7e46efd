package dev.puad.jobs.archive;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files below a folder, as they are found, folder by folder: memory holds the names of folders
 * that are still to be walked and no more. What disappears meanwhile is passed over.
 */
public final class FolderWalk implements Iterator<ImageFile>, AutoCloseable {

  private static final String LOCAL = "file";

  private final Configuration hadoop;
  private final Depth depth;
  private final Deque<String> folders = new ArrayDeque<>();
  private Found open = Found.NOTHING;
  private ImageFile next;

  /** How far a walk goes. */
  public enum Depth {
    /** Files of the folder itself. */
    FOLDER,
    /** Files of all folders below it as well. */
    TREE
  }

  /**
   * A part of an archive, walked by one task.
   *
   * @param folder its normalised URI, or a single file's
   */
  public record Part(String folder, Depth depth) implements Serializable {}

  private FolderWalk(Configuration hadoop, Part part) {
    this.hadoop = hadoop;
    this.depth = part.depth();
    folders.add(part.folder());
  }

  /** Walks a part; the caller closes it. */
  public static FolderWalk of(Configuration hadoop, Part part) {
    return new FolderWalk(hadoop, part);
  }

  /**
   * Parts that together have every file below a folder once; at least so many, if its first levels
   * have as many folders.
   *
   * @param root a normalised URI
   */
  public static List<Part> parts(Configuration hadoop, String root, int wanted) {
    List<Part> parts = new ArrayList<>();
    List<String> level = List.of(root);
    while (parts.size() + level.size() < wanted) {
      List<String> below = new ArrayList<>();
      level.forEach(folder -> below.addAll(folders(hadoop, folder)));
      if (below.isEmpty()) {
        break;
      }
      level.forEach(folder -> parts.add(new Part(folder, Depth.FOLDER)));
      level = below;
    }
    level.forEach(folder -> parts.add(new Part(folder, Depth.TREE)));
    return parts;
  }

  @Override
  public boolean hasNext() {
    while (next == null) {
      Entry entry = open.next();
      if (entry == null) {
        open.close();
        if (folders.isEmpty()) {
          return false;
        }
        open = open(hadoop, folders.pop());
      } else if (entry.folder() == null) {
        next = entry.file();
      } else if (depth == Depth.TREE) {
        folders.push(entry.folder());
      }
    }
    return true;
  }

  @Override
  public ImageFile next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ImageFile found = next;
    next = null;
    return found;
  }

  @Override
  public void close() {
    open.close();
  }

  private static List<String> folders(Configuration hadoop, String folder) {
    List<String> found = new ArrayList<>();
    try (Found entries = open(hadoop, folder)) {
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        if (entry.folder() != null) {
          found.add(entry.folder());
        }
      }
    }
    return found;
  }

  /** A folder's URI, or a file. */
  private record Entry(String folder, ImageFile file) {}

  /** What is in one folder. */
  private interface Found extends AutoCloseable {

    Found NOTHING = () -> null;

    /** The next entry, or null after the last. */
    Entry next();

    @Override
    default void close() {}
  }

  private static Found open(Configuration hadoop, String folder) {
    Path path = FolderListing.path(folder);
    try {
      return path.toUri().getScheme().equals(LOCAL)
          ? local(folder, java.nio.file.Path.of(path.toUri().getPath()))
          : remote(path.getFileSystem(hadoop), path);
    } catch (NoSuchFileException | NotDirectoryException | FileNotFoundException e) {
      return Found.NOTHING;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Found remote(FileSystem files, Path folder) throws IOException {
    RemoteIterator<FileStatus> statuses = files.listStatusIterator(folder);
    return () -> {
      try {
        if (!statuses.hasNext()) {
          return null;
        }
        FileStatus status = statuses.next();
        String uri = FolderListing.identity(status.getPath());
        return status.isDirectory()
            ? new Entry(uri, null)
            : new Entry(null, new ImageFile(uri, status.getModificationTime(), status.getLen()));
      } catch (FileNotFoundException e) {
        return null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  /** Hadoop's own listing of local folders takes all of one into memory, and longer. */
  @SuppressWarnings("StreamResourceLeak") // closed with what is returned
  private static Found local(String uri, java.nio.file.Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Iterator<Entry> only = List.of(entry(uri, folder)).iterator();
      return () -> only.hasNext() ? only.next() : null;
    }
    String prefix = uri.endsWith("/") ? uri : uri + "/";
    DirectoryStream<java.nio.file.Path> stream = Files.newDirectoryStream(folder);
    Iterator<java.nio.file.Path> paths = stream.iterator();
    return new Found() {
      @Override
      public Entry next() {
        try {
          while (paths.hasNext()) {
            Entry entry = present(prefix, paths.next());
            if (entry != null) {
              return entry;
            }
          }
          return null;
        } catch (DirectoryIteratorException e) {
          throw new UncheckedIOException(e.getCause());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void close() {
        try {
          stream.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  /** Null for what is gone since the folder was opened, and for links that lead nowhere or back. */
  private static Entry present(String prefix, java.nio.file.Path path) throws IOException {
    try {
      Entry entry = entry(prefix + FolderListing.encoded(path.getFileName().toString()), path);
      return entry.folder() == null || !leadsBack(path) ? entry : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      if (Files.isSymbolicLink(path) && !Files.exists(path)) {
        return null;
      }
      throw e;
    }
  }

  private static Entry entry(String uri, java.nio.file.Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return attributes.isDirectory()
        ? new Entry(uri, null)
        : new Entry(
            null, new ImageFile(uri, attributes.lastModifiedTime().toMillis(), attributes.size()));
  }

  /** A link to a folder that the walk is in, by whatever links it came there, would never end. */
  private static boolean leadsBack(java.nio.file.Path folder) throws IOException {
    if (!Files.isSymbolicLink(folder)) {
      return false;
    }
    java.nio.file.Path target = folder.toRealPath();
    for (java.nio.file.Path in = folder.getParent(); in != null; in = in.getParent()) {
      if (in.toRealPath().startsWith(target)) {
        return true;
      }
    }
    return false;
  }
}
