package dev.puad.model.network;

import dev.puad.model.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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

  private static final Set<String> NEEDED =
      Set.of(ModelSerializer.CONFIGURATION_JSON, ModelSerializer.COEFFICIENTS_BIN);

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
    ComputationGraph graph = null;
    try {
      Map<String, byte[]> entries = entries(name, bytes);
      byte[] configuration = entries.get(ModelSerializer.CONFIGURATION_JSON);
      INDArray weights = vector(entries.get(ModelSerializer.COEFFICIENTS_BIN));
      graph =
          new ComputationGraph(
              ComputationGraphConfiguration.fromJson(
                  new String(configuration, StandardCharsets.UTF_8)));
      graph.init(weights, false);
      if (entries.containsKey(ModelSerializer.UPDATER_BIN)) {
        // The graph keeps a copy.
        try (INDArray state = vector(entries.get(ModelSerializer.UPDATER_BIN))) {
          graph.getUpdater().setStateViewArray(state);
        }
      }
    } catch (BadInputException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (graph != null && graph.params() != null) {
        GraphMemory.free(graph);
      }
      throw new BadInputException(
          "Cannot read network %s: it is not a Deeplearning4j model, or damaged. Train again."
              .formatted(name),
          e);
    }
    INDArray parameters = graph.params();
    if (!Double.isFinite(parameters.sumNumber().doubleValue())) {
      GraphMemory.free(graph);
      throw new BadInputException(
          "Cannot use network %s: it has a weight that is not finite. Train again."
              .formatted(name));
    }
    return graph;
  }

  /**
   * The entries by name. DL4J would deserialize Java objects from others than these, and so run
   * code of a file's choice.
   */
  private static Map<String, byte[]> entries(String name, byte[] bytes) throws IOException {
    Map<String, byte[]> entries = new HashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!ENTRIES.contains(entry.getName())) {
          throw new BadInputException(
              "Cannot read network %s: it has an entry %s, which no network has. Train again."
                  .formatted(name, entry.getName()));
        }
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    if (!entries.keySet().containsAll(NEEDED)) {
      throw new IOException("it has no entry of " + NEEDED);
    }
    return entries;
  }

  /**
   * A row of floats as {@code Nd4j.write} wrote it: shape, then values, big-endian. {@code
   * Nd4j.read} asks the stream for each byte, which took a third of a short training.
   */
  private static INDArray vector(byte[] bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      long[] shape = shape(in);
      in.readUTF(); // how it was allocated
      long length = in.readLong();
      DataType type = DataType.valueOf(in.readUTF());
      if (type != DataType.FLOAT
          || Arrays.stream(shape).reduce(1, Math::multiplyExact) != length
          || Math.multiplyExact(length, Float.BYTES) != in.available()) {
        throw new IOException(
            "%d values of %s in the shape %s, of which %d bytes are there"
                .formatted(length, type, Arrays.toString(shape), in.available()));
      }
      float[] values = new float[Math.toIntExact(length)];
      ByteBuffer.wrap(bytes, bytes.length - in.available(), in.available())
          .asFloatBuffer()
          .get(values);
      return Nd4j.create(values, shape, 'c');
    }
  }

  /** ND4J describes a shape by its rank, the axes, and what else it needs to find an element. */
  private static long[] shape(DataInputStream in) throws IOException {
    in.readUTF(); // how it was allocated
    long length = in.readLong();
    in.readUTF(); // its type, long
    if (length < 1 || length > in.available() / Long.BYTES) {
      throw new IOException("a shape of %d numbers".formatted(length));
    }
    long[] description = new long[(int) length];
    for (int i = 0; i < description.length; i++) {
      description[i] = in.readLong();
    }
    if (description[0] < 0 || description[0] >= length) {
      throw new IOException("a shape of rank %d".formatted(description[0]));
    }
    return Arrays.copyOfRange(description, 1, 1 + (int) description[0]);
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
