package dev.puad.model.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.puad.model.BadInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Safetensors: eight bytes with the length of a header in JSON, the header, and the tensors one
 * after the other without a gap.
 */
public final class SafetensorsFile {

  private static final String METADATA = "__metadata__";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SafetensorsFile() {}

  /** A file's bytes, wherever they are. */
  private record Contents(long size, Part bytes) {

    @FunctionalInterface
    interface Part {
      byte[] of(long from, long length) throws IOException;
    }
  }

  /** Where a tensor is, in bytes after the header. */
  private record Place(String name, Tensor.Type type, int[] shape, long begin, long end) {}

  /**
   * Reads every tensor of a file, by name, in the header's order.
   *
   * @throws BadInputException if the file is missing, damaged or too large, or a tensor is of an
   *     unknown type
   */
  public static StateDict read(Path file) throws IOException {
    if (FileFormat.of(file) != FileFormat.SAFETENSORS) {
      throw new BadInputException(
          "Cannot read %s: it is no safetensors file. Write it with safetensors.".formatted(file));
    }
    try (FileChannel in = FileChannel.open(file)) {
      return read(
          file.toString(), new Contents(in.size(), (from, length) -> bytes(in, from, length)));
    }
  }

  /**
   * Reads every tensor of a file that is in memory.
   *
   * @param source what messages call it
   * @throws BadInputException if it is damaged, or a tensor is of an unknown type
   */
  public static StateDict read(String source, byte[] file) throws IOException {
    return read(
        source,
        new Contents(
            file.length,
            (from, length) -> {
              if (from + length > file.length) {
                throw new EOFException();
              }
              return Arrays.copyOfRange(file, (int) from, (int) (from + length));
            }));
  }

  private static StateDict read(String file, Contents in) throws IOException {
    try {
      byte[] header = headerBytes(file, in);
      long start = (long) Long.BYTES + header.length;
      List<Place> places = places(file, header(file, header));
      checkWithoutGap(file, places, in.size() - start);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Place place : places) {
        byte[] bytes = in.bytes().of(start + place.begin(), place.end() - place.begin());
        tensors.put(place.name(), new Tensor(place.type(), place.shape(), bytes));
      }
      return new StateDict(file, tensors);
    } catch (EOFException e) {
      throw damaged(file, "it ends early", e);
    }
  }

  /**
   * What a file says of its tensors, in the header's order; empty where it says nothing.
   *
   * @throws BadInputException if the header is damaged
   */
  public static Map<String, String> metadata(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file)) {
      String source = file.toString();
      Contents contents = new Contents(in.size(), (from, length) -> bytes(in, from, length));
      Map<String, String> metadata = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry :
          header(source, headerBytes(source, contents)).path(METADATA).properties()) {
        metadata.put(entry.getKey(), entry.getValue().asText());
      }
      return metadata;
    } catch (EOFException e) {
      throw damaged(file.toString(), "it ends early", e);
    }
  }

  private static byte[] headerBytes(String file, Contents in) throws IOException {
    long length =
        ByteBuffer.wrap(in.bytes().of(0, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > Limits.DESCRIPTION_BYTES || length > in.size() - Long.BYTES) {
      throw new BadInputException(
          ("Cannot read %s: its header of %d bytes is longer than the file or than %d MiB."
                  + " Replace the file.")
              .formatted(file, length, Limits.DESCRIPTION_BYTES >> 20));
    }
    return in.bytes().of(Long.BYTES, length);
  }

  private static byte[] bytes(FileChannel in, long from, long length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
    while (bytes.hasRemaining()) {
      if (in.read(bytes, from + bytes.position()) < 0) {
        throw new EOFException();
      }
    }
    return bytes.array();
  }

  /** {@link #write(Path, Map, Map)} without metadata. */
  public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    write(file, tensors, Map.of());
  }

  /**
   * Writes tensors by name; the widest elements come first, so that each is aligned. The same
   * tensors and metadata in the same order give the same bytes.
   *
   * @param metadata what else is to be known of them
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<String> byWidth = new ArrayList<>(tensors.keySet());
    byWidth.sort(Comparator.comparingInt(name -> -tensors.get(name).type().width()));
    Map<String, Long> begins = new HashMap<>();
    long end = 0;
    for (String name : byWidth) {
      begins.put(name, end);
      end += tensors.get(name).bytes().length;
    }
    byte[] header = header(tensors, begins, metadata);
    int padding = Math.floorMod(-header.length, Long.BYTES);
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    length.putLong(header.length + padding);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(length.array());
      out.write(header);
      out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
      for (String name : byWidth) {
        out.write(tensors.get(name).bytes());
      }
    }
  }

  private static byte[] header(
      Map<String, Tensor> tensors, Map<String, Long> begins, Map<String, String> metadata)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode described = header.putObject(METADATA);
      metadata.forEach(described::put);
    }
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      long begin = begins.get(entry.getKey());
      ObjectNode place = header.putObject(entry.getKey());
      place.put("dtype", dtype(tensor.type()));
      ArrayNode shape = place.putArray("shape");
      for (int axis : tensor.shape()) {
        shape.add(axis);
      }
      place.putArray("data_offsets").add(begin).add(begin + tensor.bytes().length);
    }
    return JSON.writeValueAsBytes(header);
  }

  private static JsonNode header(String file, byte[] header) throws IOException {
    try {
      return JSON.readTree(header);
    } catch (JsonProcessingException e) {
      throw damaged(file, "its header is not JSON", e);
    }
  }

  private static List<Place> places(String file, JsonNode root) {
    List<Place> places = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      if (!entry.getKey().equals(METADATA)) {
        places.add(place(file, entry.getKey(), entry.getValue()));
      }
    }
    return places;
  }

  private static Place place(String file, String name, JsonNode node) {
    String shown = Printable.of(name);
    Tensor.Type type = typeOf(file, shown, node.path("dtype").asText());
    List<Long> axes = integers(node.path("shape"));
    List<Long> offsets = integers(node.path("data_offsets"));
    if (!node.path("shape").isArray()
        || axes.size() > Limits.AXES
        || offsets.size() != 2
        || axes.stream().anyMatch(axis -> axis < 0 || axis > Integer.MAX_VALUE)) {
      throw damaged(file, "the place of tensor %s is not understood".formatted(shown));
    }
    int[] shape = axes.stream().mapToInt(Long::intValue).toArray();
    Place place = new Place(name, type, shape, offsets.get(0), offsets.get(1));
    try {
      if (Tensor.byteLength(type, shape) == Math.subtractExact(place.end(), place.begin())) {
        return place;
      }
    } catch (ArithmeticException e) {
      // Neither the shape nor the place fits into a file.
    }
    throw damaged(
        file,
        "tensor %s of shape %s does not fill bytes %d to %d"
            .formatted(shown, axes, place.begin(), place.end()));
  }

  /** The integers of an array; one that is no long counts as -1. */
  private static List<Long> integers(JsonNode array) {
    List<Long> values = new ArrayList<>();
    for (JsonNode value : array) {
      values.add(value.isIntegralNumber() && value.canConvertToLong() ? value.longValue() : -1);
    }
    return values;
  }

  private static void checkWithoutGap(String file, List<Place> places, long length) {
    List<Place> inOrder = new ArrayList<>(places);
    inOrder.sort(Comparator.comparingLong(Place::begin).thenComparingLong(Place::end));
    long end = 0;
    for (Place place : inOrder) {
      if (place.begin() != end || place.end() > length) {
        throw damaged(
            file,
            "tensor %s at bytes %d to %d overlaps, leaves a gap or ends after the file"
                .formatted(Printable.of(place.name()), place.begin(), place.end()));
      }
      end = place.end();
    }
    if (end != length) {
      throw damaged(file, "%d bytes belong to no tensor".formatted(length - end));
    }
  }

  private static Tensor.Type typeOf(String file, String name, String dtype) {
    for (Tensor.Type type : Tensor.Type.values()) {
      if (dtype(type).equals(dtype)) {
        return type;
      }
    }
    throw new BadInputException(
        "Cannot read %s: the type %s of tensor %s is not supported. Convert it to F32."
            .formatted(file, Printable.of(dtype), name));
  }

  private static String dtype(Tensor.Type type) {
    return switch (type) {
      case BOOL -> "BOOL";
      case UINT8 -> "U8";
      case INT8 -> "I8";
      case INT16 -> "I16";
      case INT32 -> "I32";
      case INT64 -> "I64";
      case FLOAT16 -> "F16";
      case BFLOAT16 -> "BF16";
      case FLOAT32 -> "F32";
      case FLOAT64 -> "F64";
    };
  }

  private static BadInputException damaged(String file, String reason) {
    return damaged(file, reason, null);
  }

  private static BadInputException damaged(String file, String reason, Exception cause) {
    return new BadInputException(
        "Cannot read %s: %s. Replace the file.".formatted(file, reason), cause);
  }
}
