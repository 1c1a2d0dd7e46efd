package dev.puad.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Zeppelin's notes: valid, without results, and in SQL that Spark understands. */
public final class NotebookTest {

  private static final Path NOTES = Path.of("../notebooks-zeppelin");
  private static final String SQL = "%spark.sql\n";

  static List<Path> notes() throws IOException {
    try (Stream<Path> files = Files.list(NOTES)) {
      return files.filter(file -> file.toString().endsWith(".zpln")).sorted().toList();
    }
  }

  /** The SQL paragraphs of every note. */
  public static Stream<String> queries() throws IOException {
    return notes().stream()
        .flatMap(NotebookTest::paragraphs)
        .map(paragraph -> paragraph.path("text").asText())
        .filter(text -> text.startsWith(SQL))
        .map(text -> text.substring(SQL.length()));
  }

  @ParameterizedTest
  @MethodSource("notes")
  void holdsNoResults(Path note) {
    assertThat(paragraphs(note)).isNotEmpty().noneMatch(paragraph -> paragraph.has("results"));
  }

  @ParameterizedTest
  @MethodSource("notes")
  void carriesItsIdInItsFileNameAsZeppelinExpects(Path note) {
    JsonNode root = read(note);

    assertThat(note.getFileName())
        .hasToString(root.path("name").asText() + "_" + root.path("id").asText() + ".zpln");
  }

  @ParameterizedTest
  @MethodSource("queries")
  void asksInSqlThatSparkParses(String query) {
    assertThatCode(() -> new CatalystSqlParser().parsePlan(query)).doesNotThrowAnyException();
  }

  private static Stream<JsonNode> paragraphs(Path note) {
    return StreamSupport.stream(read(note).path("paragraphs").spliterator(), false);
  }

  private static JsonNode read(Path note) {
    try {
      return new ObjectMapper().readTree(note.toFile());
    } catch (IOException e) {
      throw new IllegalArgumentException("Cannot read note " + note, e);
    }
  }
}
