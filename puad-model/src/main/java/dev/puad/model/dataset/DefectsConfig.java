package dev.puad.model.dataset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.DefectType.Saturation;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The defect types of a category, as in LOCO's {@code defects_config.json}.
 *
 * <p>Types are told apart by their pixel value, never by name: sources spell the names differently.
 *
 * @param source what to call the file in an error
 * @param types in the file's order
 */
public record DefectsConfig(String source, List<DefectType> types) implements Serializable {

  private static final int LARGEST_VALUE = 255;
  private static final ObjectMapper JSON = new ObjectMapper();

  public DefectsConfig {
    types = List.copyOf(types);
  }

  /**
   * Reads a {@code defects_config.json} to its end.
   *
   * @param source what to call it in an error
   * @throws BadInputException if it is no JSON list, or an entry lacks a field or has a wrong one
   */
  public static DefectsConfig parse(String source, InputStream in) throws IOException {
    JsonNode entries;
    try {
      entries = JSON.readTree(in.readAllBytes());
    } catch (JsonProcessingException e) {
      throw new BadInputException(
          "Cannot read %s: it is not JSON (%s). Replace the file."
              .formatted(source, e.getOriginalMessage()),
          e);
    }
    if (!entries.isArray()) {
      throw new BadInputException(
          "Cannot read %s: it is not a list of defect types. Replace the file.".formatted(source));
    }
    Map<Integer, DefectType> types = new LinkedHashMap<>();
    for (JsonNode entry : entries) {
      DefectType type = type(source, entry);
      DefectType other = types.put(type.pixelValue(), type);
      if (other != null) {
        throw new BadInputException(
            "Cannot read %s: pixel_value %d belongs to both %s and %s. Give each its own."
                .formatted(source, type.pixelValue(), other.name(), type.name()));
      }
    }
    return new DefectsConfig(source, List.copyOf(types.values()));
  }

  /** The defect type that a mask's value stands for; empty if there is none. */
  public Optional<DefectType> ofPixelValue(int pixelValue) {
    return types.stream().filter(type -> type.pixelValue() == pixelValue).findFirst();
  }

  private static DefectType type(String source, JsonNode entry) {
    String name = field(source, entry, "defect_name", JsonNode::isTextual, "a string").textValue();
    int pixelValue =
        field(
                source,
                entry,
                "pixel_value",
                node -> node.isInt() && node.intValue() >= 1 && node.intValue() <= LARGEST_VALUE,
                "a whole number from 1 to 255")
            .intValue();
    Saturation saturation =
        field(source, entry, "relative_saturation", JsonNode::isBoolean, "true or false")
                .booleanValue()
            ? Saturation.RELATIVE
            : Saturation.ABSOLUTE;
    double threshold =
        switch (saturation) {
          case ABSOLUTE ->
              field(
                      source,
                      entry,
                      "saturation_threshold",
                      node ->
                          node.isNumber()
                              && node.doubleValue() >= 1
                              && node.doubleValue() == Math.rint(node.doubleValue()),
                      "a whole number of pixels, at least 1")
                  .doubleValue();
          case RELATIVE ->
              field(
                      source,
                      entry,
                      "saturation_threshold",
                      node -> node.isNumber() && node.doubleValue() > 0 && node.doubleValue() <= 1,
                      "a fraction above 0, at most 1")
                  .doubleValue();
        };
    return new DefectType(name, pixelValue, saturation, threshold);
  }

  private static JsonNode field(
      String source, JsonNode entry, String name, Predicate<JsonNode> valid, String expected) {
    JsonNode value = entry.path(name);
    if (!valid.test(value)) {
      throw new BadInputException(
          "Cannot read %s: %s is %s in %s. Make it %s."
              .formatted(source, name, value.isMissingNode() ? "missing" : value, entry, expected));
    }
    return value;
  }
}
