package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipContentsTest {

  private static final int SIZE_IN_DIRECTORY = 24;

  @TempDir private Path folder;

  @Test
  void entriesAreReadBack() throws IOException {
    Path file = ZipWriter.write(folder.resolve("a.zip"), Map.of("a", new byte[] {1, 2, 3}));
    try (ZipContents zip = ZipContents.open(file)) {
      assertThat(zip.names()).containsExactly("a");
      assertThat(zip.size("a")).isEqualTo(3);
      assertThat(zip.read("a")).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aFileThatInflatesBeyondTheLimitIsRefused() throws IOException {
    Path file = zeros(129);
    assertThat(Files.size(file)).isLessThan(700_000);
    assertThatThrownBy(() -> ZipContents.open(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read %s: with its entry a it takes more than 128 MiB. Give the weights alone."
                .formatted(file));
  }

  @Test
  void anEntryCompressedBeyondWhatWeightsAreIsRefused() throws IOException {
    Path file = zeros(127);
    assertThatThrownBy(() -> ZipContents.open(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read %s: its entry a inflates to over 100 times its length. Do not compress it."
                .formatted(file));
  }

  @Test
  void aSmallEntryOfZerosIsRead() throws IOException {
    Path file = zeros(4);
    try (ZipContents zip = ZipContents.open(file)) {
      assertThat(zip.read("a")).hasSize(4 << 20);
    }
  }

  @Test
  void aFileThatInflatesToTheLimitIsRead() throws IOException {
    byte[] half = new byte[1 << 20];
    new Random(1).nextBytes(half);
    Arrays.fill(half, 0, half.length / 2, (byte) 0);
    Path file = repeated(half, 128);
    try (ZipContents zip = ZipContents.open(file)) {
      byte[] bytes = zip.read("a");
      assertThat(bytes).hasSize((int) Limits.BYTES);
      assertThat(Arrays.mismatch(Arrays.copyOfRange(bytes, 127 << 20, 128 << 20), half))
          .isEqualTo(-1);
    }
  }

  /** The directory says 1000 bytes: only inflating shows that they are more. */
  @Test
  void anEntryThatInflatesBeyondWhatItDeclaresIsRefused() throws IOException {
    Path file = zeros(8);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = buffer.getInt(bytes.length - 6);
    buffer.putInt(directory + SIZE_IN_DIRECTORY, 1000);
    Files.write(file, bytes);
    try (ZipContents zip = ZipContents.open(file)) {
      assertThatThrownBy(() -> zip.read("a"))
          .isInstanceOf(BadInputException.class)
          .hasMessage("Cannot read %s: its entry a is damaged. Replace the file.".formatted(file));
    }
  }

  @Test
  void tooManyEntriesAreRefused() throws IOException {
    Path file = folder.resolve("many.zip");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i <= Limits.ENTRIES; i++) {
        zip.putNextEntry(new ZipEntry("e" + i));
      }
    }
    assertThatThrownBy(() -> ZipContents.open(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read %s: it has 10001 entries, more than 10000. Give the weights alone."
                .formatted(file));
  }

  @Test
  void twoEntriesOfOneNameAreRefused() throws IOException {
    Path file =
        ZipWriter.write(folder.resolve("a.zip"), Map.of("one", new byte[1], "two", new byte[2]));
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1).replace("two", "one");
    Files.writeString(file, bytes, StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> ZipContents.open(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage("Cannot read %s: it has two entries one. Replace the file.".formatted(file));
  }

  /** Entry a, all zeros. */
  private Path zeros(int mebibytes) throws IOException {
    return repeated(new byte[1 << 20], mebibytes);
  }

  /** Entry a, the same again and again. */
  private Path repeated(byte[] bytes, int times) throws IOException {
    Path file = folder.resolve("repeated.zip");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(new ZipEntry("a"));
      for (int i = 0; i < times; i++) {
        zip.write(bytes);
      }
    }
    return file;
  }
}
