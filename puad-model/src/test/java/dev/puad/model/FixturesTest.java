package dev.puad.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FixturesTest {

  private static final String SUMS = "SHA256SUMS";

  /** Tests that list a folder would not miss a file of it. */
  @Test
  void everyGoldenFileIsThereAndAsItWas() throws IOException {
    Path folder = Fixtures.path(SUMS).getParent();
    Map<String, String> expected = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve(SUMS))) {
      expected.put(line.substring(66), line.substring(0, 64));
    }
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.put(folder.relativize(file).toString(), Sha256.of(file));
      }
    }
    found.keySet().removeAll(Set.of(SUMS, "README.md"));

    assertThat(found).isNotEmpty().isEqualTo(expected);
  }
}
