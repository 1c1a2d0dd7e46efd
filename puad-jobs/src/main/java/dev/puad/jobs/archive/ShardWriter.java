package dev.puad.jobs.archive;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Packs files into one shard, a plain tar, which is there whole or not at all; on any Hadoop file
 * system, file by file.
 */
public final class ShardWriter {

  private final Configuration hadoop;
  private final Map<String, String> leftOut = new TreeMap<>();

  private ShardWriter(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * What became of the files.
   *
   * @param images in the shard; without any there is no shard
   * @param bytes of the shard
   * @param leftOut those that could not be read, and why
   */
  public record Packed(int images, long bytes, Map<String, String> leftOut)
      implements Serializable {}

  /** Bytes that a file takes in a shard, at most. */
  public static long bytes(String path, long length) {
    return TarWriter.bytes(path, length);
  }

  /** Bytes that a shard has beside its files. */
  public static long frame() {
    return TarWriter.END;
  }

  /**
   * Writes a shard beside its place, and renames it.
   *
   * @param root what the files' paths in the shard count from, a normalised URI
   * @param files their URIs, in the shard's order
   * @param beside a name that no other writer uses, for what is unfinished
   * @param progress hears of each file
   * @throws IOException if the shard cannot be written
   */
  public static Packed write(
      Configuration hadoop,
      String root,
      List<String> files,
      Path shard,
      String beside,
      LongConsumer progress)
      throws IOException {
    return new ShardWriter(hadoop)
        .write(root, files, shard, new Path(shard.getParent(), beside), progress);
  }

  private Packed write(
      String root, List<String> files, Path shard, Path unfinished, LongConsumer progress)
      throws IOException {
    FileSystem out = FileContents.fileSystem(hadoop, shard);
    try {
      // A file that fails half-way damages the tar: once more, without it.
      while (!isWritten(out, unfinished, root, files, progress)) {}
      int images = files.size() - leftOut.size();
      if (images == 0) {
        return new Packed(0, 0, leftOut);
      }
      long bytes = out.getFileStatus(unfinished).getLen();
      // Another attempt at this task may have been first, with the same bytes.
      if (!out.exists(shard) && !out.rename(unfinished, shard) && !out.exists(shard)) {
        throw new IOException("%s cannot be renamed to %s".formatted(unfinished, shard));
      }
      return new Packed(images, bytes, leftOut);
    } finally {
      out.delete(unfinished, false);
    }
  }

  /** False if a file failed half-way. */
  private boolean isWritten(
      FileSystem out, Path unfinished, String root, List<String> files, LongConsumer progress)
      throws IOException {
    String current = null;
    try (FSDataOutputStream stream = out.create(unfinished, true);
        TarWriter tar = new TarWriter(stream)) {
      for (String file : files) {
        current = file;
        if (!leftOut.containsKey(file)) {
          add(tar, FolderListing.relative(root, file), file);
        }
        progress.accept(1);
      }
      return true;
    } catch (TarWriter.ChangedFileException e) {
      leftOut.put(current, e.getMessage());
      return false;
    }
  }

  private void add(TarWriter tar, String path, String file) throws IOException {
    Path source = FolderListing.path(file);
    FileStatus status;
    FSDataInputStream opened;
    try {
      FileSystem files = FileContents.fileSystem(hadoop, source);
      status = files.getFileStatus(source);
      opened = files.open(source);
    } catch (IOException e) {
      leftOut.put(file, FileContents.firstLine(e));
      return;
    }
    try (opened) {
      tar.add(path, status.getModificationTime(), status.getLen(), opened);
    }
  }
}
