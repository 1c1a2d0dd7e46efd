package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.puad.model.BadInputException;
import dev.puad.model.network.NarrowNetworks;
import dev.puad.model.onnx.NetworkGraph;
import dev.puad.model.onnx.OnnxSessions;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.weights.NpzFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {

  private static final Bundle BUNDLE = NarrowDetector.bundle(FeatureSource.STUDENT);

  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsOpenedAgain() throws IOException {
    Bundle opened = Bundle.open(written());
    Manifest manifest = opened.manifest();
    assertThat(manifest)
        .usingRecursiveComparison()
        .ignoringFields("sha256")
        .isEqualTo(BUNDLE.manifest());
    assertThat(manifest.configuration().get("steps").intValue()).isEqualTo(3);
    assertThat(opened.teacher()).isEqualTo(BUNDLE.teacher());
    assertThat(opened.network()).isEqualTo(BUNDLE.network());
    assertThat(opened.statistics()).usingRecursiveComparison().isEqualTo(BUNDLE.statistics());
    assertThat(opened.calibrations()).usingRecursiveComparison().isEqualTo(BUNDLE.calibrations());
  }

  /** Names that this version knows no graph for included. */
  @Test
  void everyArithmeticsStatisticsAreOpenedAgain() throws IOException {
    Calibration coarse = coarse();
    Bundle both =
        calibrated(Map.of("int8", coarse, "float32", BUNDLE.calibration(GraphVariant.PLAIN)));
    both.write(folder.resolve("v1"));
    Bundle opened = Bundle.open(folder.resolve("v1"));
    assertThat(opened.calibrations()).containsOnlyKeys("float32", "int8");
    assertThat(opened.calibrations().get("int8")).usingRecursiveComparison().isEqualTo(coarse);
    assertThat(opened.calibration(GraphVariant.WINOGRAD))
        .usingRecursiveComparison()
        .isEqualTo(BUNDLE.calibration(GraphVariant.WINOGRAD));
  }

  @ParameterizedTest
  @EnumSource
  void aGraphOfAnArithmeticThatWasNotCalibratedIsRefused(GraphVariant graph) {
    Bundle other =
        new Bundle(
            BUNDLE.manifest(),
            BUNDLE.onnx(),
            BUNDLE.teacher(),
            BUNDLE.network(),
            BUNDLE.statistics(),
            Map.of("int8", coarse()));
    assertThatThrownBy(() -> other.calibration(graph))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            ("Cannot judge by graph %s with version 7 of category black_circle: it has no"
                    + " statistics for float32, only for int8. Train it again, or choose another"
                    + " graph.")
                .formatted(graph.title()));
  }

  @ParameterizedTest
  @EnumSource
  void anOpenedBundleAnalyzesToTheSameBits(FeatureSource source) throws IOException {
    Path directory = folder.resolve("v1");
    NarrowDetector.bundle(source).write(directory);
    byte[] image = NarrowDetector.image(6);
    assertThat(NarrowDetector.said(Bundle.open(directory).detector(GraphVariant.DL4J), image))
        .isEqualTo(NarrowDetector.said(NarrowDetector.of(source).packed(), image));
  }

  @Test
  void theChecksumIsOfTheManifest() throws Exception {
    String checksum = BUNDLE.write(folder.resolve("v1"));
    byte[] manifest = Files.readAllBytes(folder.resolve("v1/manifest.json"));
    assertThat(checksum)
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(manifest)));
  }

  @Test
  void theSameBundleHasTheSameChecksum() throws IOException {
    assertThat(BUNDLE.write(folder.resolve("a"))).isEqualTo(BUNDLE.write(folder.resolve("b")));
  }

  @Test
  void missingParentDirectoriesAreMade() throws IOException {
    BUNDLE.write(folder.resolve("toys/black_circle/v1"));
    assertThat(Bundle.open(folder.resolve("toys/black_circle/v1")).manifest().version())
        .isEqualTo(7);
  }

  @Test
  void anExistingBundleIsNeverOverwritten() throws IOException {
    Path directory = written();
    byte[] before = Files.readAllBytes(directory.resolve("manifest.json"));
    Bundle other = NarrowDetector.bundle(FeatureSource.TEACHER);
    assertThatThrownBy(() -> other.write(directory)).isInstanceOf(FileSystemException.class);
    assertThat(directory.resolve("manifest.json")).hasBinaryContent(before);
    assertThat(names(folder)).containsExactly("v1");
  }

  @Test
  void aWriteThatFailsLeavesNothing() {
    Bundle broken =
        new Bundle(
            BUNDLE.manifest(),
            BUNDLE.onnx(),
            BUNDLE.teacher(),
            BUNDLE.network(),
            null,
            BUNDLE.calibrations());
    assertThatThrownBy(() -> broken.write(folder.resolve("v1")))
        .isInstanceOf(NullPointerException.class);
    assertThat(names(folder)).isEmpty();
  }

  /** What a process that was killed leaves is beside the directory, under another name. */
  @Test
  void aWriteThatWasInterruptedIsNotInTheWay() throws IOException {
    Files.createDirectory(folder.resolve(".v1.interrupted"));
    Files.writeString(folder.resolve(".v1.interrupted/teacher.zip"), "half a file");
    assertThat(Bundle.open(written()).manifest().version()).isEqualTo(7);
  }

  @Test
  void aManifestOfAnotherChecksumIsRefused() throws IOException {
    Path directory = folder.resolve("v1");
    String checksum = BUNDLE.write(directory);
    assertThat(Bundle.open(directory, checksum).manifest().version()).isEqualTo(7);
    assertThatThrownBy(() -> Bundle.open(directory, "0".repeat(64)))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot use bundle %s: its file manifest.json has changed. Restore it or train again."
                .formatted(directory));
  }

  @ParameterizedTest
  @ValueSource(strings = {"puad.onnx", "teacher.zip", "network.zip", "teacher.npz", "gaussian.npz"})
  void aChangedFileIsRefused(String file) throws IOException {
    Path directory = written();
    byte[] bytes = Files.readAllBytes(directory.resolve(file));
    bytes[bytes.length / 2] ^= 1;
    Files.write(directory.resolve(file), bytes);
    assertRefused(
        directory,
        "Cannot use bundle %s: its file %s has changed. Restore it or train again."
            .formatted(directory, file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifest.json",
        "puad.onnx",
        "teacher.zip",
        "network.zip",
        "teacher.npz",
        "gaussian.npz"
      })
  void aMissingFileIsRefused(String file) throws IOException {
    Path directory = written();
    Files.delete(directory.resolve(file));
    assertRefused(
        directory,
        "Cannot open bundle %s: file %s is missing. Restore it or train again."
            .formatted(directory, directory.resolve(file)));
  }

  @Test
  void aMissingDirectoryIsRefused() {
    Path directory = folder.resolve("v2");
    assertRefused(
        directory,
        "Cannot open bundle %s: file %s is missing. Restore it or train again."
            .formatted(directory, directory.resolve("manifest.json")));
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    Path directory = written();
    edit(directory, manifest -> manifest.put("format", 4).remove("variants"));
    assertRefused(
        directory,
        ("Cannot open bundle %s: its format 4 is newer than 3, the newest this version knows."
                + " Use a newer PUAD.")
            .formatted(directory));
  }

  @Test
  void theMapVariantIsOpenedAgain() throws IOException {
    Path directory = folder.resolve("v1");
    NarrowDetector.bundle(FeatureSource.STUDENT, MapVariant.NELSON1425).write(directory);
    Bundle opened = Bundle.open(directory);
    assertThat(opened.manifest().mapVariant()).isEqualTo("nelson1425");
    assertThat(opened.calibration(GraphVariant.PLAIN).scorer().variant())
        .isEqualTo(MapVariant.NELSON1425);
  }

  /** It was written when there was no other. */
  @Test
  void aBundleOfFormatOneHasTheMapVariantOfPuad() throws Exception {
    Bundle opened = Bundle.open(formatOne());
    assertThat(opened.manifest().mapVariant()).isEqualTo("puad");
    assertThat(opened.calibration(GraphVariant.PLAIN))
        .usingRecursiveComparison()
        .isEqualTo(NarrowDetector.calibration(MapVariant.PUAD));
  }

  /** The bundle and what its detector said are from the last version that wrote format 1. */
  @Test
  void aBundleOfFormatOneAnalyzesAsTheVersionThatWroteIt() throws Exception {
    Path directory = formatOne();
    double[] expected = NpzFile.read(directory.resolve("said.npz")).tensor("said").doubles();
    double[] said;
    try (Dl4jDetector.Networks networks = Bundle.open(directory).networks().networks()) {
      said =
          NarrowDetector.joined(
              Dl4jDetector.analyze(Bundle.open(directory).networks(), networks, noise(6)));
    }
    assertThat(said).hasSameSizeAs(expected);
    for (int i = 0; i < said.length; i++) {
      assertThat(said[i]).isCloseTo(expected[i], within(1e-5));
    }
  }

  /** Format 2 was format 1 with a map variant. */
  @Test
  void aBundleOfFormatTwoHasTheMapVariantThatItNames() throws Exception {
    Path directory = folder.resolve("v1");
    Files.createDirectory(directory);
    for (String file : names(formatOne())) {
      Files.copy(formatOne().resolve(file), directory.resolve(file));
    }
    edit(directory, manifest -> manifest.put("format", 2).put("mapVariant", "nelson1425"));
    assertThat(Bundle.open(directory).calibration(GraphVariant.PLAIN))
        .usingRecursiveComparison()
        .isEqualTo(NarrowDetector.calibration(MapVariant.NELSON1425));
  }

  /** It was written before there were ONNX models: its own is derived. */
  @ParameterizedTest
  @EnumSource(names = {"PLAIN", "WINOGRAD"})
  void aBundleOfFormatOneIsScoredInOnnxRuntimeToo(GraphVariant graph) throws Exception {
    Bundle opened = Bundle.open(formatOne());
    byte[] image = NarrowDetector.image(6);
    double[] said = NarrowDetector.said(opened.detector(graph), image);
    double[] expected = NarrowDetector.said(opened.detector(GraphVariant.DL4J), image);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertThat(said).containsExactly(expected, within(1e-5 * largest));
  }

  @Test
  void theModelIsThePlainOneOfAllThatTheBundleHolds() throws IOException {
    assertThat(Bundle.open(written()).onnx(GraphVariant.PLAIN)).isEqualTo(BUNDLE.onnx());
    assertThat(folder.resolve("v1/puad.onnx")).hasBinaryContent(BUNDLE.onnx());
  }

  /** Remarks included, which no graph that is drawn anew would have. */
  @Test
  void thePlainModelIsTheStoredOne() throws Exception {
    byte[] remarked =
        ModelProto.parseFrom(BUNDLE.onnx()).toBuilder()
            .setDocString("signed")
            .build()
            .toByteArray();
    assertThat(Bundle.open(withModel(remarked)).onnx(GraphVariant.PLAIN)).isEqualTo(remarked);
  }

  @Test
  void theModelSaysWhatItIs() throws OrtException {
    try (OrtSession session =
        OnnxSessions.open(BUNDLE.onnx(GraphVariant.WINOGRAD), 1, OptionalInt.empty())) {
      assertThat(session.getMetadata().getCustomMetadata())
          .containsOnly(
              entry("dataset", "toys"),
              entry("category", "black_circle"),
              entry("method", "puad"),
              entry("version", "7"),
              entry("threshold", "1.25"),
              entry("features", "student"),
              entry("map_variant", "puad"),
              entry("network", "narrow"),
              entry("graph", "winograd"),
              entry("fingerprint", "f00d"));
    }
  }

  @Test
  void theReferenceIsNoModel() {
    assertThatThrownBy(() -> BUNDLE.onnx(GraphVariant.DL4J))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("DL4J's graph is no ONNX model.");
  }

  @Test
  void aModelThatEndsEarlyIsRefused() throws IOException {
    Path directory = written();
    Files.write(
        directory.resolve("puad.onnx"), Arrays.copyOf(BUNDLE.onnx(), BUNDLE.onnx().length - 1));
    assertRefused(
        directory,
        "Cannot use bundle %s: its file puad.onnx has changed. Restore it or train again."
            .formatted(directory));
  }

  /** Whoever wrote the checksum too: what cannot be scored with is refused before any image is. */
  @Test
  void aModelThatEndsEarlyIsRefusedEvenIfTheManifestAgrees() throws Exception {
    Path directory = withModel(Arrays.copyOf(BUNDLE.onnx(), BUNDLE.onnx().length - 1));
    assertRefused(
        directory,
        "Cannot use %s: it is no whole ONNX model. Restore it or train again."
            .formatted(directory.resolve("puad.onnx")));
  }

  @Test
  void aModelOfAnotherOperatorSetIsRefused() throws Exception {
    ModelProto.Builder model = ModelProto.parseFrom(BUNDLE.onnx()).toBuilder();
    model.getOpsetImportBuilder(0).setVersion(14);
    Path directory = withModel(model.build().toByteArray());
    assertRefused(
        directory,
        ("Cannot use %s: it is written in operator set 14, not in ONNX's 13."
                + " Restore it or train again.")
            .formatted(directory.resolve("puad.onnx")));
  }

  @Test
  void aModelOfOtherNetworksIsRefused() throws Exception {
    NarrowDetector other =
        NarrowDetector.of(NarrowNetworks.SIXTEEN_CHANNELS, FeatureSource.STUDENT);
    Path directory =
        withModel(
            ScoringGraph.uncalibrated(
                other.packed().folded(), NetworkGraph.Style.PLAIN, FeatureSource.STUDENT));
    assertRefused(
        directory,
        ("Cannot use %s: its tensor teacher.conv1.weight is [16, 3, 4, 4], not [3, 3, 4, 4]."
                + " Give the weights of a network of this size.")
            .formatted(directory.resolve("puad.onnx")));
  }

  @Test
  void anUnknownMapVariantIsRefused() throws IOException {
    Path directory = written();
    edit(directory, manifest -> manifest.put("mapVariant", "nelson"));
    assertRefused(directory, "Cannot draw anomaly maps as nelson does. Choose puad or nelson1425.");
  }

  @Test
  void whatAManifestSaysBesidesIsIgnored() throws IOException {
    Path directory = written();
    edit(directory, manifest -> manifest.put("remark", "made by hand"));
    assertThat(Bundle.open(directory).manifest().category()).isEqualTo("black_circle");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "null", "[]", "{}", "{\"format\": 1}", "not json"})
  void aManifestThatIsNoneIsRefused(String manifest) throws IOException {
    Path directory = written();
    Files.writeString(directory.resolve("manifest.json"), manifest);
    assertDamaged(directory);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "format",
        "dataset",
        "category",
        "method",
        "architecture",
        "features",
        "mapVariant",
        "configuration",
        "fingerprint",
        "variants",
        "sha256"
      })
  void aManifestThatLacksAFieldIsRefused(String field) throws IOException {
    Path directory = written();
    edit(directory, manifest -> manifest.remove(field));
    assertDamaged(directory);
  }

  @Test
  void aManifestWithoutOurVariantIsRefused() throws IOException {
    Path directory = written();
    edit(directory, manifest -> manifest.withObject("/variants").remove("float32"));
    assertDamaged(directory);
  }

  @Test
  void aManifestWithQuantilesThatDoNotSpreadIsRefused() throws IOException {
    Path directory = written();
    edit(
        directory,
        manifest -> manifest.withObject("/variants/float32/scaling").put("studentLow", 1e9));
    assertDamaged(directory);
  }

  @Test
  void aFileWithoutAChecksumIsRefused() throws IOException {
    Path directory = written();
    edit(directory, manifest -> manifest.withObject("/sha256").remove("gaussian.npz"));
    assertRefused(
        directory,
        "Cannot use bundle %s: its file gaussian.npz has changed. Restore it or train again."
            .formatted(directory));
  }

  @Test
  void aConfigurationThatIsNoJsonIsABug() {
    Bundle.Identity identity = new Bundle.Identity("toys", "black_circle", "puad", 7, "f00d");
    PackedNetworks detector = BUNDLE.networks();
    assertThatThrownBy(
            () -> Bundle.of(identity, "{steps", detector, BUNDLE.network(), BUNDLE.calibrations()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Configuration must be JSON: {steps");
  }

  private static Bundle calibrated(Map<String, Calibration> calibrations) {
    return Bundle.of(
        new Bundle.Identity("toys", "black_circle", "puad", 7, "f00d"),
        "{}",
        BUNDLE.networks(),
        BUNDLE.network(),
        calibrations);
  }

  /** Of no number that the bundle's own has. */
  private static Calibration coarse() {
    int channels = NarrowDetector.ARCHITECTURE.channels();
    double[] precision = new double[channels * channels];
    Arrays.setAll(precision, i -> i % (channels + 1) == 0 ? 8 : 0);
    Scorer scorer =
        new Scorer(
            NarrowDetector.ARCHITECTURE.imageSize(),
            NarrowDetector.ARCHITECTURE.outputSize(),
            MapVariant.PUAD,
            new MapScaling(0.2, 0.8, 0.4, 3),
            new Gaussian(new double[channels], precision));
    return new Calibration(
        scorer, new ScoreNormalization(0.5, 0.1), new ScoreNormalization(3, 2), 2.5);
  }

  private static Path formatOne() throws URISyntaxException {
    return Path.of(BundleTest.class.getResource("format-1").toURI());
  }

  /** A normalised image as that version's test drew it. */
  private static float[] noise(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] image = new float[NarrowDetector.ARCHITECTURE.imageLength()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) random.nextGaussian();
    }
    return image;
  }

  private interface Edit {

    void apply(ObjectNode manifest);
  }

  private static void edit(Path directory, Edit edit) throws IOException {
    Path file = directory.resolve("manifest.json");
    ObjectMapper json = new ObjectMapper();
    ObjectNode manifest = (ObjectNode) json.readTree(file.toFile());
    edit.apply(manifest);
    Files.writeString(file, json.writeValueAsString(manifest), StandardCharsets.UTF_8);
  }

  private Path written() throws IOException {
    Path directory = folder.resolve("v1");
    BUNDLE.write(directory);
    return directory;
  }

  /** The bundle with another model, of which the manifest knows. */
  private Path withModel(byte[] model) throws IOException, NoSuchAlgorithmException {
    Path directory = written();
    Files.write(directory.resolve("puad.onnx"), model);
    String checksum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model));
    edit(directory, manifest -> manifest.withObject("/sha256").put("puad.onnx", checksum));
    return directory;
  }

  private static void assertDamaged(Path directory) {
    assertRefused(
        directory,
        "Cannot open bundle %s: its manifest is damaged. Restore it or train again."
            .formatted(directory));
  }

  private static void assertRefused(Path directory, String message) {
    assertThatThrownBy(() -> Bundle.open(directory))
        .isInstanceOf(BadInputException.class)
        .hasMessage(message);
  }

  private static List<String> names(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
