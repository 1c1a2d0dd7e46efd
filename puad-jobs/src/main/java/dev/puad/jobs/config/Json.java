package dev.puad.jobs.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** JSON on one line; what is undefined (NaN, infinite) is null. */
public final class Json {

  private static final ObjectMapper LINE = JsonMapper.builder().addModule(finiteNumbers()).build();

  private static final ObjectMapper SETTINGS =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
          .build();

  private Json() {}

  /** Maps, lists, records, numbers and strings as one line of JSON, in their own order. */
  public static String line(Object value) {
    try {
      return LINE.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot write as JSON: " + value.getClass(), e);
    }
  }

  /** A flat record as a map with its components' names in kebab-case, sorted. */
  static Map<String, Object> tree(Record settings) {
    return SETTINGS.convertValue(settings, new TypeReference<TreeMap<String, Object>>() {});
  }

  private static SimpleModule finiteNumbers() {
    SimpleModule module = new SimpleModule();
    module.addSerializer(Double.class, new FiniteOrNull<>(Double.class));
    module.addSerializer(double.class, new FiniteOrNull<>(double.class));
    module.addSerializer(Float.class, new FiniteOrNull<>(Float.class));
    module.addSerializer(float.class, new FiniteOrNull<>(float.class));
    return module;
  }

  private static final class FiniteOrNull<T extends Number> extends StdSerializer<T> {

    private static final long serialVersionUID = 1L;

    FiniteOrNull(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (!Double.isFinite(value.doubleValue())) {
        out.writeNull();
      } else if (value instanceof Float f) {
        out.writeNumber(f);
      } else {
        out.writeNumber(value.doubleValue());
      }
    }
  }
}
