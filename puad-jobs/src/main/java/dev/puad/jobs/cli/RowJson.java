package dev.puad.jobs.cli;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/**
 * A row's values as JSON knows them: numbers, booleans, strings, null; timestamps in ISO 8601
 * (UTC), binary in base64, arrays as lists, structs and maps as objects.
 */
final class RowJson {

  private RowJson() {}

  /** One value a column, in the columns' order. */
  static List<Object> values(Row row) {
    StructField[] fields = row.schema().fields();
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < fields.length; i++) {
      values.add(value(row.get(i), fields[i].dataType()));
    }
    return values;
  }

  private static Object value(Object value, DataType type) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    if (value instanceof Timestamp timestamp) {
      return timestamp.toInstant().toString();
    }
    if (value instanceof Row row) {
      return object(row, (StructType) type);
    }
    if (value instanceof scala.collection.Seq<?> sequence) {
      DataType element = ((ArrayType) type).elementType();
      List<Object> list = new ArrayList<>();
      for (Object each : JavaConverters.seqAsJavaList(sequence)) {
        list.add(value(each, element));
      }
      return list;
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      MapType entries = (MapType) type;
      Map<String, Object> object = new LinkedHashMap<>();
      JavaConverters.mapAsJavaMap(map)
          .forEach(
              (key, each) ->
                  object.put(
                      String.valueOf(value(key, entries.keyType())),
                      value(each, entries.valueType())));
      return object;
    }
    return value.toString();
  }

  private static Map<String, Object> object(Row row, StructType type) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < type.length(); i++) {
      object.put(type.fields()[i].name(), value(row.get(i), type.fields()[i].dataType()));
    }
    return object;
  }
}
