package dev.puad.jobs.archive;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.utils.IOUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files below a folder, as they are found, step by step: memory holds the names of folders that
 * are still to be walked and no more. What disappears meanwhile is passed over.
 *
 * <p>One thread walks. If storage holds it, another may take over what is pending.
 */
public final class FolderWalk implements AutoCloseable {

  private static final String LOCAL = "file";

  /** What a decoder puts in the place of bytes that are none of its characters. */
  private static final char UNDECODABLE = '\uFFFD';

  private final Configuration hadoop;
  private final Depth depth;
  private final List<Unlisted> unlisted = new ArrayList<>();

  // What another thread may take over is guarded by this walk, which nobody holds while storage
  // is asked.
  private final Deque<String> folders;
  private String folder;
  private boolean givenUp;

  /** Of the thread that walks. */
  private Found open;

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

  /**
   * A folder that may have more than was found, and why.
   *
   * @param folder its normalised URI
   */
  public record Unlisted(String folder, IOException failure) {}

  private FolderWalk(Configuration hadoop, Depth depth, Collection<String> folders) {
    this.hadoop = hadoop;
    this.depth = depth;
    this.folders = new ArrayDeque<>(folders);
  }

  /** Walks a part; the caller closes it. */
  public static FolderWalk of(Configuration hadoop, Part part) {
    return new FolderWalk(hadoop, part.depth(), List.of(part.folder()));
  }

  /**
   * The folders in a folder; none of a file. An entry of which nothing can be told is left out: the
   * walk through the folder tells of it.
   *
   * @param folder a normalised URI
   * @param answered hears of each entry
   */
  public static List<String> folders(Configuration hadoop, String folder, Runnable answered)
      throws IOException {
    List<String> found = new ArrayList<>();
    try (Found entries = open(hadoop, folder)) {
      for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
        answered.run();
        if (entry.folder() != null) {
          found.add(entry.folder());
        }
      }
    }
    return found;
  }

  /** Whether there is nothing more to find, by this walk. */
  public synchronized boolean isDone() {
    return givenUp || (folder == null && folders.isEmpty());
  }

  /** Opens a folder or goes on to its next entry, which is returned if it is a file. */
  public Optional<ImageFile> step() {
    try {
      if (open == null) {
        String next = begin();
        open = next == null ? null : open(hadoop, next);
        return Optional.empty();
      }
      Entry entry = open.next();
      if (entry == null) {
        IOException failure = open.failure();
        close();
        end(failure);
        return Optional.empty();
      }
      return took(entry) ? Optional.ofNullable(entry.file()) : Optional.empty();
    } catch (IOException e) {
      close();
      end(e);
      return Optional.empty();
    }
  }

  /** The folder that is entered, or null if all are another walk's. */
  private synchronized String begin() {
    folder = givenUp ? folder : folders.pop();
    return givenUp ? null : folder;
  }

  private synchronized boolean took(Entry entry) {
    if (!givenUp && entry.folder() != null && depth == Depth.TREE) {
      folders.push(entry.folder());
    }
    return !givenUp;
  }

  /**
   * Leaves the folder.
   *
   * @param failure null if it was listed to its end
   */
  private synchronized void end(IOException failure) {
    if (givenUp) {
      return;
    }
    if (failure != null) {
      unlisted.add(new Unlisted(folder, failure));
    }
    folder = null;
  }

  /**
   * Gives this walk up, which finds nothing from now on, not even by a step that storage holds; any
   * thread may do so, and does not wait.
   *
   * @return a walk through the folders that are pending: all but the one that this walk is in
   */
  public synchronized FolderWalk rest() {
    givenUp = true;
    return new FolderWalk(hadoop, depth, folders);
  }

  /** The folder that the walk is in, or was in when it was given up; any thread may ask. */
  public synchronized Optional<String> folder() {
    return Optional.ofNullable(folder);
  }

  /**
   * Folders below which there may be more than was found, as a view. While the walk goes on, only
   * its thread may ask.
   */
  public List<Unlisted> unlisted() {
    return Collections.unmodifiableList(unlisted);
  }

  @Override
  public void close() {
    if (open != null) {
      IOUtils.closeQuietly(open);
      open = null;
    }
  }

  /** A folder's URI, or a file. */
  private record Entry(String folder, ImageFile file) {}

  /** What is in one folder. */
  private interface Found extends Closeable {

    Found NOTHING = () -> null;

    /** The next entry, or null after the last. */
    Entry next() throws IOException;

    /** Why an entry was left out, or null; asked after the last. */
    default IOException failure() {
      return null;
    }

    @Override
    default void close() throws IOException {}
  }

  private static Found open(Configuration hadoop, String folder) throws IOException {
    Path path = FolderListing.path(folder);
    try {
      return path.toUri().getScheme().equals(LOCAL)
          ? local(folder, java.nio.file.Path.of(ascii(folder)))
          : remote(path.getFileSystem(hadoop), path);
    } catch (NoSuchFileException | NotDirectoryException | FileNotFoundException e) {
      return Found.NOTHING;
    }
  }

  /**
   * A URI that stands for the same bytes in any locale, also where they are no text. What URI
   * itself makes of other characters would compose them first, and name another file.
   */
  private static URI ascii(String uri) {
    StringBuilder ascii = new StringBuilder();
    for (byte octet : uri.getBytes(StandardCharsets.UTF_8)) {
      if (octet < 0) {
        ascii.append('%').append(HexFormat.of().withUpperCase().toHexDigits(octet));
      } else {
        ascii.append((char) octet);
      }
    }
    return URI.create(ascii.toString());
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

      private IOException failure;

      @Override
      public Entry next() throws IOException {
        try {
          while (paths.hasNext()) {
            Entry entry = entry(paths.next());
            if (entry != null) {
              return entry;
            }
          }
        } catch (DirectoryIteratorException e) {
          throw e.getCause();
        }
        return null;
      }

      @Override
      public IOException failure() {
        return failure;
      }

      /** One that fails does not hide the others. */
      private Entry entry(java.nio.file.Path path) {
        try {
          return present(prefix, path);
        } catch (IOException e) {
          failure = e;
          return null;
        }
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  /** Null for what is gone since the folder was opened, and for links that lead nowhere or back. */
  private static Entry present(String prefix, java.nio.file.Path path) throws IOException {
    try {
      Entry entry = entry(prefix + encodedName(path), path);
      return entry.folder() == null || !leadsBack(path) ? entry : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      if (e instanceof AccessDeniedException || Files.exists(path) || !Files.isSymbolicLink(path)) {
        throw e;
      }
      return null;
    }
  }

  /**
   * A name that the process's locale cannot decode is read as UTF-8; one that is none keeps its
   * bytes, so that no two files become one.
   */
  private static String encodedName(java.nio.file.Path path) {
    String name = path.getFileName().toString();
    if (name.indexOf(UNDECODABLE) < 0) {
      return FolderListing.encoded(name);
    }
    String uri = path.toUri().getRawPath().replaceAll("/$", "");
    String bytes = uri.substring(uri.lastIndexOf('/') + 1);
    String latin1 = URLDecoder.decode(bytes.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
    String utf8 = ShardIndex.name(latin1);
    return utf8.equals(latin1) ? bytes : FolderListing.encoded(utf8);
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
