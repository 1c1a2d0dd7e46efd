package dev.puad.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToyDatasetTest {

  private static final SplitCounts COUNTS = new SplitCounts(3, 2, 2, 2, 2);
  private static final int SIZE = 96;

  @TempDir Path out;

  @Test
  void isACategoryInLocoLayout() throws IOException {
    Path category = ToyDataset.write(out, COUNTS, SIZE, 1);

    CategoryLayout layout = CategoryLayout.of(ToyDataset.CATEGORY, files(category).keySet());
    assertThat(category).isEqualTo(out.resolve("black_circle"));
    assertThat(layout.layout()).isEqualTo(Layout.LOCO);
    assertThat(layout.counts()).isEqualTo(COUNTS);
    assertThat(layout.train())
        .containsExactly("train/good/000.png", "train/good/001.png", "train/good/002.png");
  }

  @Test
  void everyAnomalyHasOneRegionOfAKnownDefect() throws IOException {
    Path category = ToyDataset.write(out, COUNTS, SIZE, 1);
    DefectsConfig config = config(category);

    for (TestImage image :
        CategoryLayout.of(ToyDataset.CATEGORY, files(category).keySet()).test()) {
      if (image.kind() == AnomalyKind.GOOD) {
        continue;
      }
      assertThat(image.groundTruths()).hasSize(1);
      GroundTruthRegion region = region(category, image.groundTruths().get(0), config);
      int area = region.area();
      assertThat(region.saturation())
          .isEqualTo(image.kind() == AnomalyKind.LOGICAL ? area / 2 : area);
    }
  }

  @Test
  void sameSeedGivesSameBytes() throws IOException {
    Path first = ToyDataset.write(out.resolve("first"), COUNTS, SIZE, 1);
    Path second = ToyDataset.write(out.resolve("second"), COUNTS, SIZE, 1);

    assertThat(files(second)).usingRecursiveComparison().isEqualTo(files(first));
  }

  @Test
  void noTwoImagesAreEqualWhateverTheirSeedAndFolder() throws IOException {
    Path first = ToyDataset.write(out.resolve("first"), COUNTS, SIZE, 1);
    Path second = ToyDataset.write(out.resolve("second"), COUNTS, SIZE, 2);

    List<byte[]> images =
        Stream.of(first, second)
            .flatMap(category -> files(category).entrySet().stream())
            .filter(file -> file.getKey().contains("/good/") || file.getKey().contains("test/"))
            .map(Map.Entry::getValue)
            .toList();
    assertThat(images).hasSize(22);
    assertThat(images.stream().map(ByteBuffer::wrap).distinct()).hasSize(22);
  }

  @Test
  void moreImagesLeaveTheOthersAsTheyWere() throws IOException {
    Path few = ToyDataset.write(out.resolve("few"), COUNTS, SIZE, 1);
    Path more = ToyDataset.write(out.resolve("more"), new SplitCounts(4, 3, 3, 3, 3), SIZE, 1);

    Map<String, byte[]> shared = files(more);
    shared.keySet().retainAll(files(few).keySet());
    assertThat(shared).usingRecursiveComparison().isEqualTo(files(few));
  }

  @Test
  void leavesAnExistingFolderAlone() throws IOException {
    Path category = Files.createDirectories(out.resolve("black_circle"));
    Files.writeString(category.resolve("mine.txt"), "mine");

    assertThatThrownBy(() -> ToyDataset.write(out, COUNTS, SIZE, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot write %s: it already exists. Remove it or choose another folder."
                .formatted(category));
    assertThat(files(category)).containsOnlyKeys("mine.txt");
  }

  @Test
  void startsAfreshAfterAnInterruptedRun() throws IOException {
    Path leftover = out.resolve(".black_circle.partial/train/good/999.png");
    Files.createDirectories(leftover.getParent());
    Files.write(leftover, new byte[] {1});

    Path category = ToyDataset.write(out, COUNTS, SIZE, 1);

    assertThat(files(category)).doesNotContainKey("train/good/999.png");
    assertThat(leftover).doesNotExist();
  }

  @Test
  void refusesImagesTooSmallForTwoCircles() {
    assertThatThrownBy(() -> ToyDataset.write(out, COUNTS, 95, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot draw images of size 95: two circles need 96 pixels. Choose a larger size.");
  }

  private static DefectsConfig config(Path category) throws IOException {
    Path file = category.resolve(CategoryLayout.DEFECTS_CONFIG);
    try (InputStream in = Files.newInputStream(file)) {
      return DefectsConfig.parse(file.toString(), in);
    }
  }

  private static GroundTruthRegion region(Path category, String path, DefectsConfig config)
      throws IOException {
    byte[] encoded = Files.readAllBytes(category.resolve(path));
    return GroundTruthRegion.ofLocoMask(
        path, ImageDecoder.decodeGrey(encoded, DecodeLimits.defaults()), config);
  }

  /** The bytes of every file by its path relative to the category. */
  private static Map<String, byte[]> files(Path category) {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(category)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(category.relativize(file).toString(), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
