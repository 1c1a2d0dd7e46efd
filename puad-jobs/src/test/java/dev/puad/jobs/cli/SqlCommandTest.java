package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlCommandTest {

  @TempDir static Path warehouse;

  @BeforeAll
  static void mergeTwoRuns() {
    SparkSession spark = LocalSpark.open(warehouse);
    Lake.open(spark)
        .merge(
            Tables.RUNS,
            spark.createDataFrame(
                List.of(
                    RowFactory.create(
                        "r1", "score", "{}", "{}", null, 1.5, 10L, 0L, 1L, "done", null, null, null,
                        null),
                    RowFactory.create(
                        "r2",
                        "train",
                        "{}",
                        "{}",
                        null,
                        Double.NaN,
                        0L,
                        0L,
                        0L,
                        "done",
                        null,
                        null,
                        null,
                        null)),
                Tables.RUNS.schema()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "drop table puad.runs",
        "delete from puad.runs",
        "insert into puad.runs select * from puad.runs",
        "with r as (select * from puad.runs) insert into puad.runs select * from r",
        "create table puad.mine (id int)"
      })
  void aStatementThatChangesSomethingIsRefused(String statement) {
    Ran ran = sql(statement);

    assertThat(ran.err()).startsWith("puad: Cannot run this statement: puad sql answers queries");
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void tablesAreShownAndDescribed() {
    assertThat(sql("show tables in puad").out()).contains("scores");
    assertThat(sql("describe table puad.scores").out()).contains("picturable_z");
  }

  @Test
  void printsAnAlignedTable() {
    Ran ran = sql("select run, seconds, scored, error from puad.runs order by run");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .isEqualTo(
            """
            run  seconds  scored  error
            ---  -------  ------  -----
            r1       1.5      10  null
            r2       NaN       0  null
            """);
    assertThat(ran.code()).isEqualTo(ExitCode.DONE);
  }

  @Test
  void breaksNoRowWhereStandardOutputIsNoTerminal() {
    String path = "file:///archive/" + "a".repeat(100) + "/part 1.png";

    Ran ran = sql("select '%s' image, 'two\\nlines' error".formatted(path));

    assertThat(ran.out().lines().skip(2)).containsExactly(path + "  two lines");
  }

  @Test
  void printsCsvByRfc4180() {
    Ran ran =
        sql(
            """
            select 'a,b' `comma`, 'a"b' quote, 'two\nlines' `lines`, ' x ' blanks, '' nothing,
              string(null) `null`, 1.5d number, array(1, 2) list, 'x' last
            """,
            "--format",
            "csv");

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .isEqualTo(
            """
            comma,quote,lines,blanks,nothing,null,number,list,last\r
            "a,b","a""b","two
            lines", x ,"",,1.5,"[1,2]",x\r
            """);
  }

  @Test
  void cutsNoCsvUnlessAsked() {
    assertThat(sql("select id from range(1500)", "--format", "csv").out().lines()).hasSize(1501);
    assertThat(sql("select id from range(5)", "--format", "csv", "--max-rows", "2").out().lines())
        .containsExactly("id", "0", "1");
  }

  @Test
  void printsTheSameJsonForEitherOption() {
    String query = "select run, seconds from puad.runs order by run";

    assertThat(sql(query, "--format", "json").out()).isEqualTo(sql(query, "--json").out());
  }

  @Test
  void printsJson() {
    assertThat(
            sql("select run, seconds, scored, error from puad.runs order by run", "--json").out())
        .isEqualTo(
            """
            {"columns":["run","seconds","scored","error"],\
            "rows":[["r1",1.5,10,null],["r2",null,0,null]]}
            """);
  }

  @Test
  void printsEveryKindOfValueAsJson() throws JsonProcessingException {
    Ran ran =
        sql(
            """
            select timestamp'2026-11-03 10:00:00.5' t, date'2026-11-03' d, unhex('00ff') b,
              array(1, null) a, named_struct('x', 1.5, 'y', '瓶') s, map('k', array(true)) m,
              cast(2.50 as decimal(4, 2)) n, array(timestamp'2026-11-03 00:00:00') ts
            """,
            "--json");

    assertThat(ran.err()).isEmpty();
    JsonNode row = new ObjectMapper().readTree(ran.lastLine()).get("rows").get(0);
    assertThat(row.toString())
        .isEqualTo(
            """
            ["2026-11-03T10:00:00.500Z","2026-11-03","AP8=",[1,null],{"x":1.5,"y":"瓶"},\
            {"k":[true]},2.5,["2026-11-03T00:00:00Z"]]""");
  }

  @Test
  void saysWhenItCutsATable() {
    Ran ran = sql("select id from range(5) order by id desc", "--max-rows", "2");

    assertThat(ran.out().lines().map(String::strip)).containsExactly("id", "--", "4", "3");
    assertThat(ran.err())
        .isEqualTo("puad: only the first 2 rows are shown. See more with --max-rows N.\n");
  }

  @Test
  void cutsNoJsonUnlessAsked() throws JsonProcessingException {
    Ran ran = sql("select id from range(1500)", "--json");

    assertThat(new ObjectMapper().readTree(ran.lastLine()).get("rows")).hasSize(1500);
    assertThat(ran.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "selec 1 | [PARSE_SYNTAX_ERROR] Syntax error at or near 'selec'",
        "select zz from puad.runs | [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column or function"
            + " parameter with name `zz` cannot be resolved",
        "select raise_error('x y') | x y",
      })
  void aQuerysMistakeIsOneLineAndCodeThree(String query, String message) {
    Ran ran = sql(query);

    assertThat(ran.err()).startsWith("puad: Cannot answer the query: " + message).hasLineCount(1);
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
  }

  @Test
  void anUnknownTableNamesThoseThereAre() {
    Ran ran = sql("select * from puad.score");

    assertThat(ran.err())
        .startsWith("puad: Cannot answer the query: [TABLE_OR_VIEW_NOT_FOUND]")
        .endsWith(
            "The tables are puad.anomaly_maps, puad.daily, puad.daily_made, puad.latest_scores, puad.metrics,"
                + " puad.models, puad.rejects, puad.run_status, puad.runs, puad.scores, puad.shards, puad.worst.\n")
        .hasLineCount(1);
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
  }

  @Test
  void verboseAddsTheStackTrace() {
    assertThat(sql("selec 1", "--verbose").err())
        .contains("\tat ", "Caused by: ")
        .contains("puad: Cannot answer the query: [PARSE_SYNTAX_ERROR]");
  }

  @Test
  void aMissingWarehouseIsNamedAndNotCreated(@TempDir Path empty) {
    Path missing = empty.resolve("w");

    Ran ran = Ran.puad("sql", "select 1", "--warehouse", missing.toString());

    assertThat(ran.err())
        .isEqualTo(
            "puad: Cannot read tables: no warehouse in %s. Run puad train or puad import first, or correct --warehouse.\n"
                .formatted(missing));
    assertThat(ran.code()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(empty).isEmptyDirectory();
  }

  private static Ran sql(String query, String... options) {
    String[] args = new String[options.length + 6];
    args[0] = "sql";
    args[1] = query;
    args[2] = "--warehouse";
    args[3] = warehouse.toString();
    args[4] = "--master";
    args[5] = "local[2]";
    System.arraycopy(options, 0, args, 6, options.length);
    return Ran.puad(args);
  }
}
