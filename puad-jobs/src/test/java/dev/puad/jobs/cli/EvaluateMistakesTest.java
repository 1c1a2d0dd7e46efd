package dev.puad.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.puad.jobs.DrawnMaps;
import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.image.GreyImage;
import dev.puad.model.image.PngEncoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user may get wrong with maps and ground truth: one line each, and no number kept. */
@Tag("slow")
class EvaluateMistakesTest {

  private static final String IMAGE = "structural_anomalies/001";
  private static final String MASK = IMAGE + "/000";

  @TempDir static Path warehouse;

  /** Its path as in the messages, links resolved. */
  private DrawnMaps drawn;

  @BeforeEach
  void draw(@TempDir Path folder) throws IOException {
    drawn = DrawnMaps.loco(folder.toRealPath(), "bottle");
  }

  @Test
  void aMapOfAnotherSizeThanItsGroundTruth() throws IOException {
    byte[] marked = new byte[8 * 4];
    Arrays.fill(marked, (byte) 255);
    Files.write(drawn.maskFile(MASK), PngEncoder.encode(new GreyImage(8, 4, marked)));

    assertRefused(
        "Cannot use map %s: it has 16 x 12 pixels, but its ground truth %s has 8 x 4. Make them the same size.",
        drawn.mapFile(IMAGE), drawn.maskFile(MASK));
  }

  @Test
  void masksOfOneImageThatDifferInSize() throws IOException {
    Path mask = drawn.maskFile("logical_anomalies/001/001");
    Files.write(mask, PngEncoder.encode(new GreyImage(2, 1, new byte[] {(byte) 254, 0})));

    assertRefused(
        "Cannot use ground truth %s: it has 2 x 1 pixels, but %s has 16 x 12. Make them the same size.",
        mask, drawn.maskFile("logical_anomalies/001/000"));
  }

  @Test
  void aNanInAMap() throws IOException {
    float[] values = DrawnMaps.noise(new Random(1));
    values[2 * DrawnMaps.WIDTH + 5] = Float.NaN;
    drawn.map("good/001", values);

    assertRefused(
        "Cannot use map %s: it is NaN at column 5, row 2, write a number for each pixel. Replace the file.",
        drawn.mapFile("good/001"));
  }

  @Test
  void aValueOfGroundTruthThatIsNoDefectType() throws IOException {
    drawn.mask(MASK, DrawnMaps.rectangle(17, 2, 2, 5, 1));

    assertRefused(
        "Cannot read %s: it holds the value 17, which is no pixel_value in %s. Add its defect type there, or correct the mask.",
        drawn.maskFile(MASK), config());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-0.5", "1.01"})
  void aRelativeSaturationThatIsNoFraction(String threshold) throws IOException {
    replaceInConfig("\"saturation_threshold\": 1.0", "\"saturation_threshold\": " + threshold);

    assertRefused(
        "Cannot read %s: saturation_threshold is "
            + threshold
            + " in {\"defect_name\":\"scratch\",\"pixel_value\":255,\"saturation_threshold\":"
            + threshold
            + ",\"relative_saturation\":true}. Make it a fraction above 0, at most 1.",
        config());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1.5"})
  void anAbsoluteSaturationThatIsNoNumberOfPixels(String threshold) throws IOException {
    replaceInConfig("\"saturation_threshold\": 6", "\"saturation_threshold\": " + threshold);

    assertRefused(
        "Cannot read %s: saturation_threshold is "
            + threshold
            + " in {\"defect_name\":\"missing part\",\"pixel_value\":254,\"saturation_threshold\":"
            + threshold
            + ",\"relative_saturation\":false}. Make it a whole number of pixels, at least 1.",
        config());
  }

  @Test
  void anAnomalousMapWithoutGroundTruth() throws IOException {
    Files.delete(drawn.maskFile(MASK));

    assertRefused(
        "Cannot use map test/structural_anomalies/001.tiff of category bottle: its ground truth is missing. Add ground_truth/structural_anomalies/001/000.png to the data set.");
  }

  @Test
  void aMaskThatMarksNothing() throws IOException {
    drawn.mask(MASK, new byte[DrawnMaps.WIDTH * DrawnMaps.HEIGHT]);

    assertRefused(
        "Cannot read %s: no pixel is marked. Draw the region or delete the mask.",
        drawn.maskFile(MASK));
  }

  @Test
  void aMaskOfTwoValues() throws IOException {
    byte[] mask = DrawnMaps.rectangle(255, 2, 2, 5, 1);
    mask[40] = (byte) 254;
    drawn.mask(MASK, mask);

    assertRefused(
        "Cannot read %s: it holds the values 255 and 254. Draw each region into a mask of its own.",
        drawn.maskFile(MASK));
  }

  @Test
  void aMaskInColour() throws IOException {
    BufferedImage image =
        new BufferedImage(DrawnMaps.WIDTH, DrawnMaps.HEIGHT, BufferedImage.TYPE_INT_RGB);
    image.setRGB(3, 2, 0xff0000);
    write(image, "png", drawn.maskFile(MASK));

    assertRefused(
        "Cannot read ground truth %s: it is in colour at column 3, row 2, a mask is grey. Replace the file.",
        drawn.maskFile(MASK));
  }

  @Test
  void aMaskOf16Bits() throws IOException {
    write(
        new BufferedImage(DrawnMaps.WIDTH, DrawnMaps.HEIGHT, BufferedImage.TYPE_USHORT_GRAY),
        "png",
        drawn.maskFile(MASK));

    assertRefused(
        "Cannot read ground truth %s: it has 16 bits a channel, a mask has 8. Replace the file.",
        drawn.maskFile(MASK));
  }

  @Test
  void aTiffThatEndsTooSoon() throws IOException {
    Path map = drawn.mapFile(IMAGE);
    byte[] whole = Files.readAllBytes(map);
    Files.write(map, Arrays.copyOf(whole, whole.length - 1));

    assertRefused("Cannot use map %s: it ends before the image does. Replace the file.", map);
  }

  @Test
  void aTiffOfBytes() throws IOException {
    write(
        new BufferedImage(DrawnMaps.WIDTH, DrawnMaps.HEIGHT, BufferedImage.TYPE_BYTE_GRAY),
        "tiff",
        drawn.mapFile(IMAGE));

    assertRefused(
        "Cannot use map %s: it has 8-bit unsigned integers, write float32. Replace the file.",
        drawn.mapFile(IMAGE));
  }

  @Test
  void aMapThatIsMissing() throws IOException {
    Files.delete(drawn.mapFile(IMAGE));

    assertRefused(
        "Cannot use the maps of category bottle: there is none for ground truth ground_truth/structural_anomalies/001/000.png. Write test/structural_anomalies/001.tiff.");
  }

  @Test
  void aFolderWithoutMapsOfTheCategory() throws IOException {
    Files.move(drawn.maps(), drawn.maps().resolveSibling("jar"));

    puad("evaluate", "--data", drawn.data(), "--maps", drawn.maps().getParent())
        .assertMistake(
            ExitCode.BAD_INPUT,
            "Cannot read file:%s/bottle: there is no such folder. Correct the path."
                .formatted(drawn.maps().getParent()));
  }

  @Test
  void aFolderOfMapsThatDoesNotExist() {
    Path absent = drawn.maps().resolveSibling("absent");
    Ran ran = puad("evaluate", "--data", drawn.data(), "--maps", absent);

    ran.assertMistake(
        ExitCode.BAD_INPUT,
        "Cannot read file:%s/bottle: there is no such folder. Correct the path.".formatted(absent));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--maps m | Nothing to evaluate: name a category's folder with --data, or ask for --tables.",
        "--tables --maps m | Cannot use --maps here: it needs --data, the data set's ground truth.",
        "--tables --write-maps m | Cannot use --write-maps here: it needs --data.",
        "--data d --maps m --version 2 | Cannot use --version here: maps of --maps have none.",
        "--data d --maps m --write-maps w | Cannot use --write-maps here: it writes our maps, not --maps.",
        "--data d --name n | Cannot use --name here: it names the maps of --maps.",
        "--data d --tables --json | Cannot use --tables --json here: leave --data out."
      })
  void optionsThatDoNotGoTogether(String options, String message) {
    puad((Object[]) ("evaluate " + options).split(" ")).assertMistake(ExitCode.USAGE, message);
  }

  @Test
  void aBoundThatIsNegative() {
    puad("evaluate", "--data", drawn.data(), "--maps", drawn.maps(), "--bound", "-1")
        .assertMistake(
            ExitCode.USAGE,
            "Cannot set puad.evaluate.error-bound to -1.0, the value must be in [0, 1).");
  }

  /** As a user sees it: Spark's own logging, set by the launcher, adds nothing to our lines. */
  @Test
  void theWholeProcessPrintsNoMoreThanTheLine(@TempDir Path elsewhere) throws Exception {
    Path nan = elsewhere.toRealPath().resolve("nan");
    DrawnMaps withNan = DrawnMaps.loco(nan, "bottle");
    float[] values = DrawnMaps.noise(new Random(1));
    values[0] = Float.NaN;
    withNan.map(IMAGE, values);
    drawn.mask(MASK, new byte[DrawnMaps.WIDTH * DrawnMaps.HEIGHT]);

    List<String> err = evaluateInAProcess(elsewhere, drawn, withNan);

    assertThat(err)
        .containsExactly(
            "puad: Cannot read file://%s: no pixel is marked. Draw the region or delete the mask."
                .formatted(drawn.maskFile(MASK)),
            "puad: Cannot use map file://%s: it is NaN at column 0, row 0, write a number for each pixel. Replace the file."
                .formatted(withNan.mapFile(IMAGE)));
  }

  /** Evaluates categories one after the other in a process of its own. */
  static final class Driver {

    private Driver() {}

    public static void main(String[] args) {
      for (int i = 1; i < args.length; i += 2) {
        Puad.run(
            System.out,
            System.err,
            "evaluate",
            "--data",
            args[i],
            "--maps",
            args[i + 1],
            "--master",
            "local[2]",
            "--warehouse",
            args[0]);
      }
      System.exit(0);
    }
  }

  private static List<String> evaluateInAProcess(Path folder, DrawnMaps... categories)
      throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.add(folder.resolve("warehouse").toString());
    for (DrawnMaps category : categories) {
      arguments.addAll(List.of(category.data().toString(), category.maps().getParent().toString()));
    }
    Path err = folder.resolve("err.txt");
    Process process = JavaProcess.start(folder, err, Driver.class, arguments);
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(err);
  }

  /** Evaluating the maps fails with a message, in which paths are URIs, and leaves no number. */
  private void assertRefused(String message, Path... files) {
    Ran ran = puad("evaluate", "--data", drawn.data(), "--maps", drawn.maps().getParent());

    Object[] uris = Stream.of(files).map(file -> "file://" + file).toArray();
    ran.assertMistake(ExitCode.BAD_INPUT, message.formatted(uris));
    assertThat(Lake.existing(LocalSpark.open(warehouse)).read(Tables.METRICS).isEmpty()).isTrue();
  }

  private Path config() {
    return drawn.data().resolve("defects_config.json");
  }

  private void replaceInConfig(String right, String wrong) throws IOException {
    String text = Files.readString(config());
    assertThat(text).contains(right);
    Files.writeString(config(), text.replace(right, wrong));
  }

  private static void write(BufferedImage image, String format, Path file) throws IOException {
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
  }

  private static Ran puad(Object... arguments) {
    return Ran.in(warehouse, arguments);
  }
}
