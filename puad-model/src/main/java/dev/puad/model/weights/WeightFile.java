package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Path;

/** A network's weights in any format that can be read, told by the file's content. */
public final class WeightFile {

  private WeightFile() {}

  /**
   * Reads a PyTorch state dict, a NumPy {@code .npz} or a safetensors file.
   *
   * @throws BadInputException if the file is none of these, damaged, or takes too much memory
   */
  public static StateDict read(Path file) throws IOException {
    FileFormat format = FileFormat.of(file);
    return switch (format) {
      case SAFETENSORS -> SafetensorsFile.read(file);
      case ZIP -> unzipped(file);
      case LEGACY_TORCH, PICKLE, NPY, HDF5, ONNX, UNKNOWN -> throw format.refused(file);
    };
  }

  private static StateDict unzipped(Path file) throws IOException {
    try (ZipContents zip = ZipContents.open(file)) {
      if (TorchFile.isTorch(zip)) {
        return TorchFile.readDict(zip);
      }
      if (zip.names().stream().anyMatch(name -> name.endsWith(NpzFile.SUFFIX))) {
        return NpzFile.read(zip);
      }
      throw FileFormat.ZIP.refused(file);
    }
  }
}
