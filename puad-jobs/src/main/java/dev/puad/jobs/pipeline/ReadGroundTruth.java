package dev.puad.jobs.pipeline;

import dev.puad.jobs.archive.FileContents;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.DefectsConfig;
import dev.puad.model.dataset.GroundTruthRegion;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.GreyImage;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.RejectedImageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Reads the masks of labelled images, so that no later pass decodes them again. */
final class ReadGroundTruth {

  private static final StructType REGION =
      new StructType()
          .add("defect", DataTypes.StringType)
          .add("runs", DataTypes.BinaryType)
          .add("saturation", DataTypes.IntegerType);

  private ReadGroundTruth() {}

  /**
   * Adds the columns {@code regions}, {@code truth_width}, {@code truth_height} and {@code
   * truth_mistake}. Width and height are null where there is no mask. The last is null, or says why
   * the masks cannot be used.
   *
   * @param labelled with the columns {@code defect}, the folder, and {@code ground_truth}, the URIs
   *     of the masks
   * @param types null in MVTec AD's layout, whose masks tell none
   */
  static Dataset<Row> read(
      Dataset<Row> labelled,
      Broadcast<SerializableConfiguration> hadoop,
      DefectsConfig types,
      DecodeLimits limits) {
    StructType schema =
        labelled
            .schema()
            .add("regions", new ArrayType(REGION, false))
            .add("truth_width", DataTypes.IntegerType)
            .add("truth_height", DataTypes.IntegerType)
            .add("truth_mistake", DataTypes.StringType);
    return labelled.map(new Read(hadoop, types, limits), Encoders.row(schema));
  }

  /**
   * The regions of a row that was {@link #read}.
   *
   * @throws BadInputException if its masks cannot be used
   */
  static List<GroundTruthRegion> regions(Row row) {
    String mistake = row.getAs("truth_mistake");
    if (mistake != null) {
      throw new BadInputException(mistake);
    }
    List<GroundTruthRegion> regions = new ArrayList<>();
    for (Row region : row.<Row>getList(row.fieldIndex("regions"))) {
      ByteBuffer bytes = ByteBuffer.wrap(region.getAs("runs"));
      int[] runs = new int[bytes.remaining() / Integer.BYTES];
      bytes.asIntBuffer().get(runs);
      regions.add(new GroundTruthRegion(region.getAs("defect"), runs, region.getAs("saturation")));
    }
    return regions;
  }

  private record Read(
      Broadcast<SerializableConfiguration> hadoop, DefectsConfig types, DecodeLimits limits)
      implements MapFunction<Row, Row> {

    @Override
    public Row call(Row row) {
      Object[] values = new Object[row.size() + 4];
      for (int i = 0; i < row.size(); i++) {
        values[i] = row.get(i);
      }
      values[row.size()] = new Row[0];
      try {
        read(row, values);
      } catch (BadInputException e) {
        // Thrown while rows are kept for later passes, it would be logged as a failure of storage.
        values[row.size() + 3] = e.getMessage();
      }
      return RowFactory.create(values);
    }

    private void read(Row row, Object[] values) {
      List<Row> regions = new ArrayList<>();
      GreyImage first = null;
      String firstName = null;
      for (String name : row.<String>getList(row.fieldIndex("ground_truth"))) {
        GreyImage mask = decode(name);
        if (first == null) {
          first = mask;
          firstName = name;
        } else if (mask.width() != first.width() || mask.height() != first.height()) {
          throw new BadInputException(
              "Cannot use ground truth %s: it has %d x %d pixels, but %s has %d x %d. Make them the same size."
                  .formatted(
                      name, mask.width(), mask.height(), firstName, first.width(), first.height()));
        }
        for (GroundTruthRegion region : regions(name, mask, row.getAs("defect"))) {
          ByteBuffer runs = ByteBuffer.allocate(Integer.BYTES * region.runs().length);
          runs.asIntBuffer().put(region.runs());
          regions.add(RowFactory.create(region.defect(), runs.array(), region.saturation()));
        }
      }
      values[row.size()] = regions.toArray(Row[]::new);
      values[row.size() + 1] = first == null ? null : first.width();
      values[row.size() + 2] = first == null ? null : first.height();
    }

    private GreyImage decode(String name) {
      try {
        return ImageDecoder.decodeGrey(
            FileContents.read(hadoop.value().value(), name, limits.maxBytes()), limits);
      } catch (RejectedImageException e) {
        throw new BadInputException(
            "Cannot read ground truth %s: %s. Replace the file.".formatted(name, e.getMessage()),
            e);
      }
    }

    private List<GroundTruthRegion> regions(String name, GreyImage mask, String defect) {
      return types == null
          ? GroundTruthRegion.ofMvtecMask(name, mask, defect)
          : List.of(GroundTruthRegion.ofLocoMask(name, mask, types));
    }
  }
}
