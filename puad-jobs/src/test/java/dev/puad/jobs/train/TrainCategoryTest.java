package dev.puad.jobs.train;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.ScoringPlan;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.Tables;
import dev.puad.model.BadInputException;
import dev.puad.model.dataset.Augmentation;
import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import dev.puad.model.detect.Analysis;
import dev.puad.model.detect.Bundle;
import dev.puad.model.detect.Calibration;
import dev.puad.model.detect.Detector;
import dev.puad.model.detect.Device;
import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.Fit;
import dev.puad.model.detect.FittedScores;
import dev.puad.model.detect.GraphVariant;
import dev.puad.model.detect.MapVariant;
import dev.puad.model.detect.ScoreNormalization;
import dev.puad.model.detect.Scorer;
import dev.puad.model.image.DecodeLimits;
import dev.puad.model.image.ImageDecoder;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.stats.Gaussian;
import dev.puad.model.stats.VectorMoments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole trainings of a few steps. Each takes seconds, so that most tests look at the same few
 * versions of one category.
 */
@Tag("slow")
class TrainCategoryTest {

  private static final Architecture TINY = Architecture.TINY;
  private static final int STEPS = 3;

  @TempDir static Path warehouse;
  @TempDir static Path toys;

  private static Lake lake;
  private static Path category;

  // Versions of black_circle, in this order.
  private static Trained oneWorker;
  private static final ScoringPlan SCORING =
      new ScoringPlan(GraphVariant.WINOGRAD, 1, Device.Kind.CPU);

  private static Trained oneWorkerAgain;
  private static Trained twoWorkers;
  private static Trained twoWorkersAgain;

  /** Those that were opened: to check their sums takes as long as a step. */
  private static final Map<Path, Bundle> BUNDLES = new HashMap<>();

  /** A result, its bundle, and what the listener heard. */
  private record Trained(PublishBundle.Result result, Heard heard) {

    Bundle bundle() {
      return BUNDLES.computeIfAbsent(Path.of(result.model().path()), Bundle::open);
    }

    float[] parameters() {
      try (TrainingNetwork network = TrainingNetwork.read(TINY, bundle().network())) {
        return network.parameters();
      }
    }

    float[] updater() {
      try (TrainingNetwork network = TrainingNetwork.read(TINY, bundle().network())) {
        return network.graph().getUpdater().getStateViewArray().dup('c').data().asFloat();
      }
    }
  }

  /** Writes down what it hears. */
  private static final class Heard implements TrainCategory.Listener {

    private final List<Integer> steps = new ArrayList<>();
    private final List<Double> losses = new ArrayList<>();
    private final List<String> penaltyRejected = new ArrayList<>();
    private long rejected;

    @Override
    public void rejected(long images) {
      rejected += images;
    }

    @Override
    public void penaltyImagesRejected(int images, String example) {
      penaltyRejected.add(images + " " + example);
    }

    @Override
    public void trained(int done, double loss) {
      steps.add(done);
      losses.add(loss);
    }
  }

  @BeforeAll
  static void trainFourVersions() throws IOException {
    lake = Lake.open(LocalSpark.open(warehouse));
    category = ToyDataset.write(toys, new SplitCounts(5, 3, 0, 0, 0), 128, 1);
    oneWorker = train(category, plan(1), PublishBundle.Repeat.MAKE_ANOTHER);
    oneWorkerAgain = train(category, plan(1), PublishBundle.Repeat.MAKE_ANOTHER);
    twoWorkers = train(category, plan(2), PublishBundle.Repeat.MAKE_ANOTHER);
    twoWorkersAgain = train(category, plan(2), PublishBundle.Repeat.MAKE_ANOTHER);
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    assertSameBits(oneWorkerAgain, oneWorker);
  }

  @Test
  void theSameSeedGivesTheSameBitsWithTwoWorkersToo() {
    assertSameBits(twoWorkersAgain, twoWorkers);
  }

  @Test
  void theNumberOfWorkersChangesTheResult() {
    assertThat(Arrays.equals(twoWorkers.parameters(), oneWorker.parameters())).isFalse();
  }

  @Test
  void everyStepIsTrainedWhetherOrNotWorkersDivideThem() {
    assertThat(oneWorker.heard().steps).containsExactly(2, 3);
    assertThat(twoWorkers.heard().steps).containsExactly(3);
    assertThat(twoWorkers.result().steps()).isEqualTo(STEPS);
  }

  @Test
  void lossesAreFinite() {
    assertThat(twoWorkers.heard().losses)
        .allSatisfy(loss -> assertThat(loss).isPositive().isFinite());
  }

  @Test
  void everyForcedTrainingIsANewVersion() {
    assertThat(
            List.of(oneWorker, oneWorkerAgain, twoWorkers, twoWorkersAgain).stream()
                .map(trained -> trained.result().model().version()))
        .containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void theBundleSaysWhatTheTableSays() {
    Bundle bundle = twoWorkers.bundle();

    assertThat(bundle.manifest().category()).isEqualTo("black_circle");
    assertThat(bundle.manifest().version()).isEqualTo(twoWorkers.result().model().version());
    assertThat(bundle.manifest().fingerprint())
        .isEqualTo(twoWorkers.result().model().fingerprint());
    assertThat(bundle.calibration(GraphVariant.WINOGRAD).threshold())
        .isEqualTo(twoWorkers.result().threshold());
  }

  @Test
  void trainingTheSameAgainReturnsItsNewestVersionAndLeavesTheCurrentOne() {
    List<Long> current = current("black_circle");
    Trained older = train(category, plan(1), PublishBundle.Repeat.REUSE);

    assertThat(older.result().model().version())
        .isEqualTo(oneWorkerAgain.result().model().version());
    assertThat(current("black_circle"))
        .isEqualTo(current)
        .containsExactly(older.result().current())
        .doesNotContain(older.result().model().version());

    Trained again = train(category, plan(2), PublishBundle.Repeat.REUSE);

    assertThat(again.result().steps()).isZero();
    assertThat(again.heard().steps).isEmpty();
    assertThat(again.result().model().version())
        .isEqualTo(twoWorkersAgain.result().model().version());
    assertThat(again.result().threshold()).isEqualTo(twoWorkersAgain.result().threshold());
    assertThat(again.result().current()).isEqualTo(current.get(0));
  }

  @Test
  void trainingTheSameAgainMakesItCurrentWhereThatIsAskedFor(@TempDir Path elsewhere)
      throws IOException {
    Path folder = category(elsewhere, "back");
    Trained first = train(folder, plan(1), PublishBundle.Repeat.REUSE);
    Trained second = train(folder, plan(2), PublishBundle.Repeat.REUSE);
    assertThat(current("back")).containsExactly(second.result().model().version());

    Trained again = train(folder, plan(1), PublishBundle.Repeat.MAKE_CURRENT);

    assertThat(again.result().steps()).isZero();
    assertThat(again.result().model().version()).isEqualTo(first.result().model().version());
    assertThat(again.result().current()).isEqualTo(first.result().model().version());
    assertThat(current("back")).containsExactly(first.result().model().version());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 6, 14, 30})
  void aFewImagesWithoutValidationFolderAreCrossFitted(int images, @TempDir Path elsewhere)
      throws IOException {
    Path folder = ToyDataset.write(elsewhere, new SplitCounts(images, 0, 0, 0, 0), 128, images);

    Trained trained = train(folder, crossFitting(30), PublishBundle.Repeat.MAKE_ANOTHER);

    assertThat(trained.result().steps()).isEqualTo(STEPS);
    assertThat(trained.bundle().calibration(GraphVariant.WINOGRAD).fit())
        .isEqualTo(new Fit(images, images));
    assertThat(trained.result().fitted().orElseThrow().threshold().images()).isEqualTo(images);
    assertThat(trained.result().threshold()).isFinite();
  }

  /** Each image is scored by a Gaussian that is fitted from scratch to all the others. */
  @Test
  void crossFittedStatisticsAreThoseOfFitsFromScratch(@TempDir Path elsewhere) throws IOException {
    Path folder = ToyDataset.write(elsewhere, new SplitCounts(7, 2, 0, 0, 0), 128, 3);
    Bundle bundle = train(folder, crossFitting(3), PublishBundle.Repeat.MAKE_ANOTHER).bundle();
    Calibration calibration = bundle.calibration(GraphVariant.WINOGRAD);
    List<Analysis> analyses = new ArrayList<>();
    try (Detector detector = bundle.detector(GraphVariant.WINOGRAD).open(Device.cpu(1))) {
      for (String part : List.of("train/good/%03d.png", "validation/good/%03d.png")) {
        for (int i = 0; Files.exists(folder.resolve(part.formatted(i))); i++) {
          byte[] file = Files.readAllBytes(folder.resolve(part.formatted(i)));
          analyses.addAll(detector.analyze(List.of(ImageDecoder.decode(file).pixels())));
        }
      }
    }
    List<Scorer.Scores> scores = new ArrayList<>();
    for (int i = 0; i < analyses.size(); i++) {
      scores.add(scorer(calibration, analyses, i).score(analyses.get(i), 128, 128));
    }
    FittedScores fitted = FittedScores.ofCrossFitted(scores, 7, 0.01);

    assertThat(calibration.threshold()).isCloseTo(fitted.threshold().value(), within(1e-9));
    assertSame(calibration.picturable(), fitted.picturable());
    assertSame(calibration.unpicturable(), fitted.unpicturable());
    assertThat(scorer(calibration, analyses, -1).gaussian().mahalanobis(new double[64]))
        .isCloseTo(
            calibration.scorer().gaussian().mahalanobis(new double[64]), withinPercentage(1e-7));
  }

  @Test
  void enoughValidationImagesAreCalibratedAsInThePapers(@TempDir Path elsewhere)
      throws IOException {
    Path folder = category(elsewhere, "enough");

    Trained papers = train(folder, crossFitting(0), PublishBundle.Repeat.MAKE_ANOTHER);
    Trained enough = train(folder, crossFitting(3), PublishBundle.Repeat.MAKE_ANOTHER);
    Trained few = train(folder, crossFitting(4), PublishBundle.Repeat.MAKE_ANOTHER);

    assertSameBits(enough, papers);
    assertThat(papers.bundle().calibration(GraphVariant.WINOGRAD).fit()).isEqualTo(new Fit(3, 0));
    assertThat(few.bundle().calibration(GraphVariant.WINOGRAD).fit()).isEqualTo(new Fit(6, 6));
  }

  @Test
  void crossFittingGivesTheSameBitsAgain(@TempDir Path elsewhere) throws IOException {
    Path folder = category(elsewhere, "crossed");

    assertSameBits(
        train(folder, crossFitting(30), PublishBundle.Repeat.MAKE_ANOTHER),
        train(folder, crossFitting(30), PublishBundle.Repeat.MAKE_ANOTHER));
  }

  @Test
  void aSingleReadableImageIsRefused(@TempDir Path elsewhere) throws IOException {
    Path folder = ToyDataset.write(elsewhere, new SplitCounts(2, 0, 0, 0, 0), 128, 1);
    CategoryFolder split = CategoryFolder.open(new Configuration(), folder.toString());
    Files.writeString(folder.resolve(split.layout().validation().get(0)), "no image");

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> train(folder, crossFitting(30), PublishBundle.Repeat.REUSE))
        .withMessage(
            "Cannot use category black_circle: 0 of its validation images can be read, at least 1 must. Add images; without cross-fitting, 30 in validation/good or 200 in train/good will do.");
  }

  @Test
  void aChangedImageIsTrainedAnew(@TempDir Path elsewhere) throws IOException {
    Path folder = ToyDataset.write(elsewhere, new SplitCounts(5, 3, 0, 0, 0), 128, 1);
    Files.copy(
        ToyDataset.write(elsewhere.resolve("other"), new SplitCounts(1, 0, 0, 0, 0), 128, 2)
            .resolve("train/good/000.png"),
        folder.resolve("train/good/004.png"),
        StandardCopyOption.REPLACE_EXISTING);

    Trained changed = train(folder, plan(1), PublishBundle.Repeat.REUSE);

    assertThat(changed.result().steps()).isEqualTo(STEPS);
    assertThat(changed.result().model().version()).isGreaterThan(4);
    assertThat(changed.result().model().fingerprint())
        .isNotEqualTo(oneWorker.result().model().fingerprint());
    assertThat(current("black_circle")).containsExactly(changed.result().model().version());
  }

  @Test
  void aDataSetThatHasMovedIsTheSame(@TempDir Path elsewhere) throws IOException {
    Path folder = ToyDataset.write(elsewhere, new SplitCounts(5, 3, 0, 0, 0), 128, 1);

    assertThat(train(folder, plan(1), PublishBundle.Repeat.REUSE).result().model().version())
        .isEqualTo(oneWorkerAgain.result().model().version());
  }

  @Test
  void theMapVariantDecidesTheStatisticsOfTeacherAndMaps(@TempDir Path elsewhere)
      throws IOException {
    Path folder = category(elsewhere, "variants");

    Bundle puad = train(folder, plan(MapVariant.PUAD), PublishBundle.Repeat.MAKE_ANOTHER).bundle();
    Bundle nelson =
        train(folder, plan(MapVariant.NELSON1425), PublishBundle.Repeat.MAKE_ANOTHER).bundle();

    assertThat(nelson.manifest().mapVariant()).isEqualTo("nelson1425");
    // 3 images of 24 x 24 positions, ddof 1 and 0.
    double ratio = Math.sqrt(3 * 24 * 24 / (3 * 24 * 24 - 1.0));
    for (int c = 0; c < TINY.channels(); c++) {
      double deviation = nelson.statistics().standardDeviation()[c];
      assertThat(puad.statistics().standardDeviation()[c] / deviation)
          .isCloseTo(ratio, within(1e-12));
    }
    assertThat(nelson.calibration(GraphVariant.WINOGRAD).scorer().scaling())
        .isNotEqualTo(puad.calibration(GraphVariant.WINOGRAD).scorer().scaling());
  }

  @Test
  void aCorruptImageIsARejectAndTrainingGoesOn(@TempDir Path elsewhere) throws IOException {
    Path folder = category(elsewhere, "damaged");
    Path corrupt = folder.resolve("train/good/001.png");
    Files.writeString(corrupt, "no image");
    Path empty = Files.write(folder.resolve("validation/good/001.png"), new byte[0]);

    Trained trained = train(folder, plan(1), PublishBundle.Repeat.REUSE);

    assertThat(trained.result().steps()).isEqualTo(STEPS);
    assertThat(trained.heard().rejected).isEqualTo(2);
    List<Row> rejects =
        lake.read(Tables.REJECTS)
            .where(col("category").equalTo("damaged"))
            .orderBy("image")
            .collectAsList();
    assertThat(rejects)
        .extracting(row -> row.<String>getAs("image"))
        .containsExactly("file://" + corrupt.toRealPath(), "file://" + empty.toRealPath());
    assertThat(rejects)
        .extracting(row -> row.<String>getAs("reason"))
        .containsExactly("unsupported", "empty");
  }

  @Test
  void penaltyImagesDecideTheBundleAndItsFingerprint(@TempDir Path elsewhere, @TempDir Path natural)
      throws IOException {
    Path folder = category(elsewhere, "penalised");
    Trained without = train(folder, plan(1), PublishBundle.Repeat.REUSE);
    Trained with =
        train(
            folder, withPenalty(NaturalImageFolder.write(natural, 3)), PublishBundle.Repeat.REUSE);
    Trained again = train(folder, withPenalty(natural), PublishBundle.Repeat.REUSE);
    Trained other =
        train(
            folder, withPenalty(NaturalImageFolder.write(natural, 4)), PublishBundle.Repeat.REUSE);

    assertThat(with.result().steps()).isEqualTo(STEPS);
    assertThat(Arrays.equals(with.parameters(), without.parameters())).isFalse();
    assertThat(with.heard().penaltyRejected).isEmpty();
    assertThat(again.result().steps()).isZero();
    assertThat(other.result().steps()).isEqualTo(STEPS);
    assertThat(
            Stream.of(without, with, other).map(trained -> trained.result().model().fingerprint()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aPenaltyImageThatCannotBeReadIsReported(@TempDir Path elsewhere, @TempDir Path natural)
      throws IOException {
    NaturalImageFolder.write(natural, 2);
    Path broken = Files.writeString(natural.resolve("class 0/image.png"), "no image");

    Trained trained =
        train(category(elsewhere, "patched"), withPenalty(natural), PublishBundle.Repeat.REUSE);

    assertThat(trained.heard().penaltyRejected)
        .singleElement()
        .asString()
        .startsWith("1 file://" + broken.toRealPath().toString().replace(" ", "%20") + ": ");
  }

  @Test
  void moreWorkersThanImagesAreRefused() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> train(category, plan(6), PublishBundle.Repeat.REUSE))
        .withMessage(
            "Cannot train category black_circle with 6 workers: it has 5 training images. Use fewer workers.");
  }

  @Test
  void blankImagesAreRefused(@TempDir Path elsewhere) throws IOException {
    Path folder = category(elsewhere, "blank");
    byte[] grey = new byte[3 * 128 * 128];
    Arrays.fill(grey, (byte) 127);
    for (String image : List.of("train/good/000", "train/good/001", "train/good/002")) {
      Files.write(folder.resolve(image + ".png"), PngEncoder.encode(new RgbImage(128, 128, grey)));
    }

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> train(folder, plan(1), PublishBundle.Repeat.REUSE))
        .withMessage(
            "Cannot normalise the teacher: channel 0 is the same everywhere in the training images. Check that they are not blank, or choose another teacher.");
  }

  @Test
  void imagesOfWhichNoneCanBeReadAreCounted(@TempDir Path elsewhere) throws IOException {
    Path folder = category(elsewhere, "unreadable");
    for (String image : List.of("000", "001", "002")) {
      Files.writeString(folder.resolve("train/good/" + image + ".png"), "no image");
    }

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> train(folder, plan(1), PublishBundle.Repeat.REUSE))
        .withMessage(
            "Cannot use category unreadable: 0 of its training images can be read, at least 1 must. Add images.");
  }

  private static void assertSameBits(Trained again, Trained first) {
    // AssertJ would compare every number with every other.
    assertThat(Arrays.mismatch(again.parameters(), first.parameters())).isEqualTo(-1);
    assertThat(Arrays.mismatch(again.updater(), first.updater())).isEqualTo(-1);
    assertThat(again.heard().losses).isEqualTo(first.heard().losses);
    Bundle a = again.bundle();
    Bundle b = first.bundle();
    assertThat(a.manifest().variants()).isEqualTo(b.manifest().variants());
    assertThat(Arrays.mismatch(statistics(a), statistics(b))).isEqualTo(-1);
  }

  /** Every number that is fitted and not among the manifest's. */
  private static double[] statistics(Bundle bundle) {
    return Stream.of(
            bundle.statistics().mean(),
            bundle.statistics().standardDeviation(),
            bundle.calibration(GraphVariant.WINOGRAD).scorer().gaussian().mean(),
            bundle.calibration(GraphVariant.WINOGRAD).scorer().gaussian().precision())
        .flatMapToDouble(Arrays::stream)
        .toArray();
  }

  private static Trained train(Path folder, TrainingPlan plan, PublishBundle.Repeat repeat) {
    Heard heard = new Heard();
    String configuration = "{\"workers\":%d}".formatted(plan.workers());
    PublishBundle.Target target =
        new PublishBundle.Target(
            "tests",
            warehouse.resolve("bundles"),
            configuration,
            configuration,
            DecodeLimits.defaults(),
            "run",
            repeat);
    return new Trained(
        new TrainCategory(lake, plan, SCORING, target)
            .train(CategoryFolder.open(new Configuration(), folder.toString()), heard),
        heard);
  }

  /** Of the images but one; of all where that is none of them. */
  private static Scorer scorer(Calibration calibration, List<Analysis> analyses, int without) {
    VectorMoments others = new VectorMoments();
    for (int i = 0; i < analyses.size(); i++) {
      if (i != without) {
        others.add(analyses.get(i).features());
      }
    }
    return new Scorer(
        128, 24, MapVariant.PUAD, calibration.scorer().scaling(), Gaussian.fit(others));
  }

  private static void assertSame(ScoreNormalization actual, ScoreNormalization expected) {
    assertThat(actual.mean()).isCloseTo(expected.mean(), withinPercentage(1e-7));
    assertThat(actual.standardDeviation())
        .isCloseTo(expected.standardDeviation(), withinPercentage(1e-7));
  }

  private static TrainingPlan crossFitting(int below) {
    return new TrainingPlan(
        TINY,
        STEPS,
        1,
        1,
        2,
        FeatureSource.STUDENT,
        MapVariant.PUAD,
        0.01,
        below,
        1,
        TrainingPlan.Input.PLAIN);
  }

  private static TrainingPlan plan(MapVariant variant) {
    return new TrainingPlan(
        TINY, STEPS, 1, 1, 2, FeatureSource.STUDENT, variant, 0.01, 0, 1, TrainingPlan.Input.PLAIN);
  }

  private static TrainingPlan plan(int workers) {
    return plan(workers, TrainingPlan.Input.PLAIN);
  }

  private static TrainingPlan plan(int workers, TrainingPlan.Input input) {
    return new TrainingPlan(
        TINY, STEPS, 1, workers, 2, FeatureSource.STUDENT, MapVariant.PUAD, 0.01, 0, 1, input);
  }

  private static TrainingPlan withPenalty(Path folder) {
    return plan(
        1,
        new TrainingPlan.Input(
            TeacherSource.RANDOM,
            Augmentation.NONE,
            NaturalImages.open(new Configuration(), "--penalty-images", folder.toString()),
            0));
  }

  private static Path category(Path parent, String name) throws IOException {
    Path toy = ToyDataset.write(parent, new SplitCounts(3, 3, 0, 0, 0), 128, 1);
    return Files.move(toy, parent.resolve(name));
  }

  private static List<Long> current(String category) {
    return lake
        .read(Tables.MODELS)
        .where(col("category").equalTo(category).and(col("current")))
        .collectAsList()
        .stream()
        .map(row -> row.<Long>getAs("version"))
        .toList();
  }
}
