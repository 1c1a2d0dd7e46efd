package dev.puad.model.network;

import dev.puad.model.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph as bytes: DL4J's model zip.
 *
 * <p>A graph that went through Java serialization computes no more, so graphs travel as these
 * bytes.
 */
final class GraphFile {

  private static final Set<String> ENTRIES =
      Set.of(
          ModelSerializer.CONFIGURATION_JSON,
          ModelSerializer.COEFFICIENTS_BIN,
          ModelSerializer.NO_PARAMS_MARKER,
          ModelSerializer.UPDATER_BIN);

  private GraphFile() {}

  static byte[] parametersOf(ComputationGraph graph) {
    return write(graph, false);
  }

  static byte[] parametersAndUpdaterOf(ComputationGraph graph) {
    return write(graph, true);
  }

  /**
   * Reads a graph, with its updater where the bytes hold one.
   *
   * @throws BadInputException if the bytes are no graph, or one with a value that is not finite
   */
  static ComputationGraph read(String name, byte[] bytes) {
    ComputationGraph graph;
    try {
      refuseOtherEntries(name, bytes);
      graph = ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(bytes), true);
    } catch (BadInputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new BadInputException(
          "Cannot read network %s: it is not a Deeplearning4j model, or damaged. Train again."
              .formatted(name),
          e);
    }
    INDArray parameters = graph.params();
    if (!Double.isFinite(parameters.sumNumber().doubleValue())) {
      graph.close();
      throw new BadInputException(
          "Cannot use network %s: it has a weight that is not finite. Train again."
              .formatted(name));
    }
    return graph;
  }

  /**
   * DL4J would deserialize Java objects from further entries, and so run code of a file's choice.
   */
  private static void refuseOtherEntries(String name, byte[] bytes) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!ENTRIES.contains(entry.getName())) {
          throw new BadInputException(
              "Cannot read network %s: it has an entry %s, which no network has. Train again."
                  .formatted(name, entry.getName()));
        }
      }
    }
  }

  private static byte[] write(ComputationGraph graph, boolean updater) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ModelSerializer.writeModel(graph, bytes, updater);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
