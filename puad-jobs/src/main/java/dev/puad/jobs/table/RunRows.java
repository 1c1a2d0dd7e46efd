package dev.puad.jobs.table;

import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.parser.ParseException;

/**
 * Rows of {@code puad.runs} that are changed without Spark: when a run is stopped, its tasks may
 * have every core for minutes to come.
 */
final class RunRows {

  private static final String RUN = "run";

  private final Table table;

  private RunRows(Table table) {
    this.table = table;
  }

  static RunRows of(Lake lake) {
    try {
      Table table = Spark3Util.loadIcebergTable(lake.spark(), Tables.RUNS.fullName());
      table.refresh();
      return new RunRows(table);
    } catch (NoSuchTableException | ParseException e) {
      throw new IllegalStateException(Tables.RUNS.fullName() + " is gone", e);
    }
  }

  /** A run that goes on was told to end. */
  void stop(RunLog run) {
    for (Record row : running(equal(RUN, run.run()))) {
      change(row, Map.of("outcome", RunLog.STOPPED, "seconds", run.seconds()));
    }
  }

  /**
   * Runs of this host that did not tell how they ended, and whose process is gone, are lost. One in
   * another container of the same name only looks gone: it tells how it ended all the same.
   */
  void markLost(String host) {
    for (Record row : running(equal("host", host))) {
      RunProcess process = process(row);
      if (process.isGone()) {
        String error = "process %d of %s is gone".formatted(process.pid(), host);
        change(row, Map.of("outcome", RunLog.LOST, "error", error));
      }
    }
  }

  private static RunProcess process(Record row) {
    OffsetDateTime started = (OffsetDateTime) row.getField("process_started");
    return new RunProcess(
        (String) row.getField("host"),
        (Long) row.getField("pid"),
        Optional.ofNullable(started).map(OffsetDateTime::toInstant));
  }

  private List<Record> running(Expression which) {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> found =
        IcebergGenerics.read(table).where(and(equal("outcome", RunLog.RUNNING), which)).build()) {
      found.forEach(rows::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** Deletes a row by its key and adds another, in one commit. */
  private void change(Record row, Map<String, Object> fields) {
    OutputFileFactory files =
        OutputFileFactory.builderFor(table, 0, Instant.now().toEpochMilli())
            .format(FileFormat.PARQUET)
            .build();
    try {
      table
          .newRowDelta()
          .addDeletes(delete(row, files))
          .addRows(add(row.copy(fields), files))
          .commit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DeleteFile delete(Record row, OutputFileFactory files) throws IOException {
    Schema key = table.schema().select(RUN);
    EqualityDeleteWriter<Record> writer =
        Parquet.writeDeletes(files.newOutputFile())
            .forTable(table)
            .rowSchema(key)
            .equalityFieldIds(table.schema().findField(RUN).fieldId())
            .createWriterFunc(GenericParquetWriter::create)
            .buildEqualityWriter();
    try (writer) {
      writer.write(GenericRecord.create(key).copy(RUN, row.getField(RUN)));
    }
    return writer.toDeleteFile();
  }

  private DataFile add(Record row, OutputFileFactory files) throws IOException {
    DataWriter<Record> writer =
        Parquet.writeData(files.newOutputFile())
            .forTable(table)
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (writer) {
      writer.write(row);
    }
    return writer.toDataFile();
  }
}
