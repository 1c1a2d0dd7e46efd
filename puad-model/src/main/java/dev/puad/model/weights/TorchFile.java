package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * PyTorch's {@code .pt} and {@code .pth} as of version 1.6: a zip of a pickle that describes
 * tensors, and of their numbers. Nothing of the pickle is executed: see {@link TorchPickle}.
 */
public final class TorchFile {

  private static final String PICKLE = "data.pkl";

  private TorchFile() {}

  /**
   * Reads a state dict: tensors by name, in the file's order, wherever they were when saved.
   *
   * @throws BadInputException if the file is missing, damaged, takes too much memory, or holds
   *     anything but a dict of tensors
   */
  public static StateDict readDict(Path file) throws IOException {
    try (ZipContents zip = open(file)) {
      return readDict(zip);
    }
  }

  /**
   * Reads a file of one tensor.
   *
   * @throws BadInputException if the file is missing, damaged, takes too much memory, or holds
   *     anything but a tensor
   */
  public static Tensor readTensor(Path file) throws IOException {
    try (ZipContents zip = open(file)) {
      String prefix = prefix(zip);
      if (pickled(zip, prefix) instanceof TorchPickle.View view) {
        return new TorchStorages(zip, prefix + "data/").tensor("", view);
      }
      throw new BadInputException(
          "Cannot read %s: it does not hold one tensor. Save it with torch.save(tensor, …)."
              .formatted(file));
    }
  }

  /** Whether a zip is of this format. */
  static boolean isTorch(ZipContents zip) {
    return !pickles(zip).isEmpty();
  }

  static StateDict readDict(ZipContents zip) throws IOException {
    String prefix = prefix(zip);
    if (!(pickled(zip, prefix) instanceof Map<?, ?> dict)) {
      throw new BadInputException(
          "Cannot read %s: it holds no dict. Save it with torch.save(model.state_dict(), …)."
              .formatted(zip.source()));
    }
    TorchStorages storages = new TorchStorages(zip, prefix + "data/");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : dict.entrySet()) {
      if (!(entry.getKey() instanceof String name)
          || !(entry.getValue() instanceof TorchPickle.View view)) {
        throw new BadInputException(
            ("Cannot read %s: its entry %s is not a tensor. Save the state dict alone:"
                    + " torch.save(model.state_dict(), …).")
                .formatted(zip.source(), Printable.of(entry.getKey().toString())));
      }
      tensors.put(name, storages.tensor(name, view));
    }
    return new StateDict(zip.source(), tensors);
  }

  private static ZipContents open(Path file) throws IOException {
    FileFormat format = FileFormat.of(file);
    if (format == FileFormat.LEGACY_TORCH || format == FileFormat.PICKLE) {
      throw format.refused(file);
    }
    return ZipContents.open(file);
  }

  private static Object pickled(ZipContents zip, String prefix) throws IOException {
    String pickle = prefix + PICKLE;
    if (zip.size(pickle) > Limits.DESCRIPTION_BYTES) {
      throw new BadInputException(
          "Cannot read %s: its pickle takes more than %d MiB. Give the weights alone."
              .formatted(zip.source(), Limits.DESCRIPTION_BYTES >> 20));
    }
    return TorchPickle.read(zip.source(), zip.read(pickle));
  }

  /** The folder of all entries, which bears the name under which the file was saved. */
  private static String prefix(ZipContents zip) {
    List<String> pickles = pickles(zip);
    if (pickles.size() != 1) {
      throw new BadInputException(
          ("Cannot read %s: it has %d entries %s, not one."
                  + " Save it with torch.save(model.state_dict(), …).")
              .formatted(zip.source(), pickles.size(), PICKLE));
    }
    return pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
  }

  private static List<String> pickles(ZipContents zip) {
    return zip.names().stream()
        .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
        .toList();
  }
}
