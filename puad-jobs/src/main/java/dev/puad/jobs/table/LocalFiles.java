package dev.puad.jobs.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, with permissions set by Java. Without Hadoop's native library, which
 * Maven does not have, Hadoop starts the program {@code chmod} for them: four times for each file
 * that a table gains.
 */
public final class LocalFiles extends LocalFileSystem {

  /** By reflection, as Hadoop makes file systems. */
  public LocalFiles() {
    super(new OwnPermissions());
  }

  private static final class OwnPermissions extends RawLocalFileSystem {

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      PosixFileAttributeView file =
          Files.getFileAttributeView(pathToFile(path).toPath(), PosixFileAttributeView.class);
      if (file == null || permission.getStickyBit()) {
        // Java knows no sticky bit, and not every system knows permissions.
        super.setPermission(path, permission);
      } else {
        file.setPermissions(PosixFilePermissions.fromString(permission.toString()));
      }
    }
  }
}
