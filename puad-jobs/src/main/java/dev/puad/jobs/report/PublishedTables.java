package dev.puad.jobs.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.util.List;
import java.util.Map;

/**
 * What the papers print, as {@code published-tables.conf} holds it.
 *
 * @param papers by short name
 * @param dataSets by short name
 * @param networks how PUAD's Table 1 calls our networks
 * @param outputs how PUAD's Table 1 calls the networks whose features are pooled
 * @param warehouse the table of a warehouse's own categories
 */
record PublishedTables(
    Map<String, Paper> papers,
    Map<String, DataSet> dataSets,
    Map<String, String> networks,
    Map<String, String> outputs,
    WarehouseColumns warehouse,
    List<PublishedTable> tables) {

  private static final String RESOURCE = "published-tables.conf";

  /** A paper's short name, and how it is cited. */
  record Paper(String name, String citation) {}

  /** The columns of the table of a warehouse's own categories, in fractions, and its score. */
  record WarehouseColumns(String score, int decimals, List<Column> columns, List<String> notes) {}

  /** Reads the resource. */
  static PublishedTables read() {
    // As JSON, so that the records say what may be in it.
    String json =
        ConfigFactory.parseURL(PublishedTables.class.getResource(RESOURCE))
            .resolve()
            .root()
            .render(ConfigRenderOptions.concise());
    try {
      return JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build()
          .readValue(json, PublishedTables.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(RESOURCE + " is damaged", e);
    }
  }
}
