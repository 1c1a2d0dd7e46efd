package dev.puad.jobs.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Row;

/** Which networks the models of {@code puad.models} are made of. */
final class Networks {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<Model, Network> byModel = new HashMap<>();

  private record Model(String category, long version) {}

  /**
   * A model's networks.
   *
   * @param size for example {@code small}
   * @param output the network whose features are pooled, {@code student} or {@code teacher}
   */
  record Network(String size, String output) implements Comparable<Network> {

    /** Of a model of which neither table nor bundle says it. */
    static final Network UNKNOWN = new Network("unknown", "unknown");

    /** Where there is no model. */
    static final Network NONE = new Network("-", "-");

    @Override
    public int compareTo(Network other) {
      int byOutput = output.compareTo(other.output);
      return byOutput == 0 ? size.compareTo(other.size) : byOutput;
    }
  }

  private Networks() {}

  /** Reads a data set's models of one method. */
  static Networks read(Lake lake, String dataset, String method) {
    Networks networks = new Networks();
    lake.read(Tables.MODELS)
        .where(col("dataset").equalTo(dataset).and(col("method").equalTo(method)))
        .collectAsList()
        .forEach(
            row ->
                networks.byModel.put(
                    new Model(row.getAs("category"), row.<Long>getAs("version")), network(row)));
    return networks;
  }

  /** The networks of the model that was evaluated; unknown where neither table nor bundle says. */
  Network of(Evaluation evaluation) {
    return byModel.getOrDefault(
        new Model(evaluation.category(), evaluation.version()), Network.UNKNOWN);
  }

  private static Network network(Row row) {
    JsonNode train = configuration(row.getAs("configuration")).path("train");
    JsonNode size = train.path("network");
    JsonNode output = train.path("unpicturable-features");
    return size.isTextual() && output.isTextual()
        ? new Network(size.textValue(), output.textValue())
        : ofBundle(Path.of(row.<String>getAs("path")));
  }

  private static JsonNode configuration(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a configuration in puad.models is no JSON", e);
    }
  }

  /** An imported model has its size from its weights, which no setting names. */
  private static Network ofBundle(Path bundle) {
    try {
      Manifest manifest = Bundle.manifest(bundle);
      return new Network(manifest.architecture().name(), manifest.features());
    } catch (IOException | BadInputException e) {
      return Network.UNKNOWN; // a bundle may have been moved: its numbers hold all the same
    }
  }
}
