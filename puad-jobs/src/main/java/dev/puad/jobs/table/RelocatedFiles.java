package dev.puad.jobs.table;

import java.util.Map;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/** Reads a table's files where they are now by the paths that they had; writes as it is told. */
final class RelocatedFiles implements FileIO {

  private static final long serialVersionUID = 1L;

  private final FileIO files;
  private final PathPrefix prefix;

  RelocatedFiles(FileIO files, PathPrefix prefix) {
    this.files = files;
    this.prefix = prefix;
  }

  @Override
  public InputFile newInputFile(String path) {
    return files.newInputFile(prefix.replacedIn(path));
  }

  @Override
  public OutputFile newOutputFile(String path) {
    return files.newOutputFile(path);
  }

  @Override
  public void deleteFile(String path) {
    throw new UnsupportedOperationException("relocating deletes nothing");
  }

  @Override
  public Map<String, String> properties() {
    return Map.of();
  }
}
