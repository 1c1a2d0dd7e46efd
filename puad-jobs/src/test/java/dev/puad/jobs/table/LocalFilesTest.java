package dev.puad.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.LocalSpark;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.spark.Spark3Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {

  @TempDir Path folder;

  @Test
  void tablesAreWrittenByIt() throws Exception {
    Lake lake = Lake.open(LocalSpark.open(folder));

    HadoopFileIO io =
        (HadoopFileIO) Spark3Util.loadIcebergTable(lake.spark(), Tables.RUNS.fullName()).io();

    assertThat(hadoop(folder).getFileSystem(io.getConf())).isInstanceOf(LocalFiles.class);
  }

  @Test
  void aFileHasThePermissionsOfHadoopsOwn() throws IOException {
    Configuration hadoop = new Configuration();

    assertThat(permissions(files(hadoop), "ours"))
        .isEqualTo(permissions(FileSystem.getLocal(hadoop), "hadoop"));
  }

  @Test
  void permissionsAreThoseThatAreSet() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    files(new Configuration()).setPermission(hadoop(file), new FsPermission((short) 0751));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rwxr-x--x");
  }

  @Test
  void aStickyFolderStaysSticky() throws IOException {
    Path shared = Files.createDirectory(folder.resolve("shared"));

    files(new Configuration()).setPermission(hadoop(shared), new FsPermission((short) 01777));

    assertThat(Files.getAttribute(shared, "unix:mode")).isEqualTo(0041777);
  }

  private FileSystem files(Configuration hadoop) throws IOException {
    FileSystem files = new LocalFiles();
    files.initialize(folder.toUri(), hadoop);
    return files;
  }

  /** Of a file in a folder that both are made for. */
  private String permissions(FileSystem files, String name) throws IOException {
    Path made = folder.resolve(name);
    files.mkdirs(hadoop(made));
    try (OutputStream out = files.create(hadoop(made.resolve("file")))) {
      out.write(1);
    }
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(made))
        + PosixFilePermissions.toString(Files.getPosixFilePermissions(made.resolve("file")));
  }

  private static org.apache.hadoop.fs.Path hadoop(Path file) {
    return new org.apache.hadoop.fs.Path(file.toUri());
  }
}
