package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.model.generate.GeneratedImage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GeneratedNameTest {

  @Test
  void saysSeedAndIndex() {
    assertThat(new GeneratedName(-7, 12).uri()).isEqualTo("generated:-7/12");
  }

  @Test
  void isReadAsItWasWritten() {
    assertThat(
            Stream.of(
                new GeneratedName(Long.MIN_VALUE, 0),
                new GeneratedName(-1, 5),
                new GeneratedName(Long.MAX_VALUE, Long.MAX_VALUE)))
        .allSatisfy(name -> assertThat(GeneratedName.parse(name.uri())).contains(name));
  }

  @Test
  void aFileIsNone() {
    assertThat(Stream.of("file:/p/generated:1/2", "file:/generated", "generated:/1/2.png"))
        .allSatisfy(uri -> assertThat(GeneratedName.parse(uri)).isEmpty());
  }

  @Test
  void drawsTheImageOfSeedAndIndex() {
    assertThat(new GeneratedName(3, 4).draw(16).pixels())
        .isEqualTo(GeneratedImage.draw(3, 4, 16).pixels());
  }
}
