package dev.puad.jobs.archive;

import dev.puad.model.image.RejectReason;
import dev.puad.model.image.RejectedImageException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads whole files, wherever they are. */
public final class FileContents {

  /** Bytes that one array can hold. */
  public static final int LONGEST = Integer.MAX_VALUE - 8;

  private FileContents() {}

  /**
   * A whole file, unless it is longer than {@code most} bytes.
   *
   * @throws RejectedImageException if it is longer or cannot be read
   */
  public static byte[] read(Configuration hadoop, String image, long most) {
    try {
      return bytes(hadoop, image, most);
    } catch (IOException e) {
      throw new RejectedImageException(
          RejectReason.UNREADABLE, "the file cannot be read: " + firstLine(e), e);
    }
  }

  /**
   * A whole file, unless it is longer than {@code most} bytes.
   *
   * @throws IOException if the storage fails, which says nothing of the file
   * @throws RejectedImageException if it is longer
   */
  public static byte[] bytes(Configuration hadoop, String image, long most) throws IOException {
    Path path = FolderListing.path(image);
    FileSystem files = fileSystem(hadoop, path);
    FileStatus status = files.getFileStatus(path);
    checkLength(status.getLen(), Math.min(most, LONGEST));
    byte[] bytes = new byte[(int) status.getLen()];
    try (FSDataInputStream in = files.open(path)) {
      in.readFully(bytes);
    }
    return bytes;
  }

  /** A file as storage has it now, whatever it was when it was listed. */
  public static ImageFile state(Configuration hadoop, String file) throws IOException {
    Path path = FolderListing.path(file);
    FileStatus status = fileSystem(hadoop, path).getFileStatus(path);
    return new ImageFile(file, status.getModificationTime(), status.getLen());
  }

  /**
   * A path's file system; the local one without the checksums that Hadoop keeps in hidden files,
   * since others wrote the images, and their names may hold a colon, at which it would fail.
   */
  public static FileSystem fileSystem(Configuration hadoop, Path path) throws IOException {
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : files;
  }

  /**
   * Refuses what is too long before it is read.
   *
   * @throws RejectedImageException if it is longer than {@code most} bytes
   */
  public static void checkLength(long length, long most) {
    if (length > most) {
      throw new RejectedImageException(
          RejectReason.TOO_LARGE, "it has more than %d bytes".formatted(most));
    }
  }

  static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
