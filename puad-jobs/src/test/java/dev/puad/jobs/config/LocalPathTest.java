package dev.puad.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPathTest {

  @ParameterizedTest
  @CsvSource({
    "/data/a, /data/a",
    "data/a, data/a",
    "/data/100%25, /data/100%25",
    "file:name, file:name",
    "file:/data/a, /data/a",
    "file:///data/a, /data/a",
    "FILE:///data/a, /data/a",
    "file://localhost/data/a, /data/a",
    "file:////data/a, /data/a",
    "file:///data/two%20words%C3%A9, /data/two wordsé",
    "file:///data/two words, /data/two words",
    "file:///data/100%, /data/100%",
    "file:///data/what?, /data/what?",
    "file:///, /",
  })
  void aFileUriIsThePathThatItNames(String text, String path) {
    assertThat(LocalPath.of(text)).isEqualTo(Path.of(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hdfs://namenode/a", "hdfs:/a", "s3a://bucket/a", "file://elsewhere/a"})
  void aUriOfAnythingElseIsRefused(String text) {
    assertThatExceptionOfType(InvalidPathException.class)
        .isThrownBy(() -> LocalPath.of(text))
        .satisfies(
            refused ->
                assertThat(refused.getReason())
                    .isEqualTo("must be a path on this machine, plain or a file: URI"));
  }
}
