package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.jobs.LocalSpark;
import dev.puad.jobs.archive.FolderListing;
import dev.puad.jobs.archive.FolderWalk;
import dev.puad.jobs.archive.ImageFile;
import dev.puad.jobs.archive.TroubledFileSystem;
import dev.puad.model.BadInputException;
import dev.puad.model.image.RejectReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listings by tasks, of storage that answers, fails or is silent. */
@Timeout(60)
class ListFilesTest {

  private static final Configuration HADOOP = TroubledFileSystem.configuration();
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration IMPATIENCE = Duration.ofSeconds(1);

  @TempDir static Path warehouse;
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 7, 8, 20, 1000})
  void partsHaveEveryFileOnce(int wanted) throws IOException {
    List<String> files =
        List.of(
            "1.png", "a/2.png", "a/b/3.png", "a/b/c/d/4.png", "e/5.png", "f/g/6.png", "f/g/7.png");
    for (String file : files) {
      write(file);
    }
    Files.createDirectories(folder.resolve("empty/within"));
    Files.createSymbolicLink(folder.resolve("f/back"), folder);
    String root = FolderListing.root(HADOOP, folder.toString());

    List<FolderWalk.Part> parts = ListFiles.parts(HADOOP, root, wanted, PATIENCE);

    assertThat(parts.stream().flatMap(part -> walk(part).stream()))
        .extracting(file -> FolderListing.relative(root, file.image()))
        .containsExactlyInAnyOrderElementsOf(files);
    assertThat(parts).hasSizeGreaterThanOrEqualTo(Math.min(wanted, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64})
  void aSingleFileIsOnePart(int wanted) throws IOException {
    String file = FolderListing.root(HADOOP, write("x.png").toString());

    List<FolderWalk.Part> parts = ListFiles.parts(HADOOP, file, wanted, PATIENCE);

    assertThat(parts).hasSize(1);
    assertThat(walk(parts.get(0))).extracting(ImageFile::image).containsExactly(file);
  }

  @Test
  void hiddenFilesAreNotListed() throws IOException {
    write("a/1.png");
    write("a/.2.png");
    write(".b/3.png");

    assertThat(list(PATIENCE)).containsOnlyKeys("a/1.png");
  }

  @Test
  void moreFilesThanAPieceHasAreListed() throws IOException {
    for (int i = 0; i < 2001; i++) {
      write(i + ".png");
    }

    assertThat(list(PATIENCE)).hasSize(2001);
  }

  @Test
  void foldersThatFailOrAreSilentAreListedAsSuchBesideTheOthers() throws IOException {
    write("fine/1.png");
    write("failing/2.png");
    write("failing/" + TroubledFileSystem.FAILS);
    write("silent/3.png");
    write("silent/" + TroubledFileSystem.HANGS);
    write("deep/silent/4.png");
    write("deep/silent/" + TroubledFileSystem.HANGS);

    assertThat(list(IMPATIENCE))
        .isEqualTo(
            Map.of(
                "fine/1.png", "",
                "failing/", RejectReason.UNREADABLE.title(),
                "silent/", RejectReason.TIMEOUT.title(),
                "deep/silent/", RejectReason.TIMEOUT.title()));
  }

  @Test
  void onlyASilentFolderIsMissedOfThePartThatItIsIn() throws IOException {
    Map<String, String> wanted = new HashMap<>();
    for (int i = 0; i < 70; i++) {
      write("d" + i + "/x.png");
      wanted.put("d" + i + "/x.png", "");
    }
    for (String file : List.of("y.png", "a/1.png", "b/2.png", "x/3.png", "y/4.png", "z/5.png")) {
      write("d0/" + file);
      wanted.put("d0/" + file, "");
    }
    write("d0/dead/6.png");
    write("d0/dead/" + TroubledFileSystem.HANGS);
    wanted.put("d0/dead/", RejectReason.TIMEOUT.title());
    write("d0/still/7.png");
    write("d0/still/" + TroubledFileSystem.HANGS);
    wanted.put("d0/still/", RejectReason.TIMEOUT.title());
    write("d0/failing/" + TroubledFileSystem.FAILS);
    wanted.put("d0/failing/", RejectReason.UNREADABLE.title());

    assertThat(list(IMPATIENCE)).isEqualTo(wanted);
  }

  @Test
  void aPartThatIsListedKeepsNoThread() throws IOException {
    for (int i = 0; i < 70; i++) {
      write("d" + i + "/x.png");
    }
    SparkSession spark = LocalSpark.open(warehouse);
    String root = FolderListing.root(HADOOP, folder.toString());

    assertThat(
            ListFiles.of(spark, DecodeImages.hadoop(spark), root, PATIENCE)
                .coalesce(1)
                .mapPartitions(ListFilesTest::threadsAfter)
                .collect()
                .get(0))
        .isLessThan(20);
  }

  /** Threads that read ahead when a task has all its files; those that end get some time for it. */
  private static Iterator<Long> threadsAfter(Iterator<ListFiles.Listed> listed)
      throws InterruptedException {
    listed.forEachRemaining(file -> {});
    long threads = threads();
    for (int i = 0; i < 50 && threads >= 20; i++) {
      Thread.sleep(100);
      threads = threads();
    }
    return List.of(threads).iterator();
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("read-ahead"))
        .count();
  }

  @ParameterizedTest
  @ValueSource(strings = {TroubledFileSystem.FAILS, TroubledFileSystem.HANGS})
  void aRootThatCannotBeListedIsRefused(String trouble) throws IOException {
    write(trouble);

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> list(IMPATIENCE))
        .withMessageMatching(
            "Cannot read troubled://.*: %s\\. Correct the path or its permissions\\."
                .formatted(
                    trouble.equals(TroubledFileSystem.FAILS)
                        ? TroubledFileSystem.FAILURE
                        : "the storage was silent for 1 s"));
  }

  /** Why each cannot be listed, by its path; empty for a file. */
  private Map<String, String> list(Duration patience) throws IOException {
    SparkSession spark = LocalSpark.open(warehouse);
    spark.conf().set(TroubledFileSystem.KEY, TroubledFileSystem.class.getName());
    String root = TroubledFileSystem.uri(folder).replaceAll("/$", "");
    return ListFiles.of(spark, DecodeImages.hadoop(spark), root, patience)
        .map(
            listed ->
                List.of(
                    listed.relative(root),
                    listed.problem().map(problem -> problem.reason().title()).orElse("")))
        .collect()
        .stream()
        .collect(Collectors.toMap(listed -> listed.get(0), listed -> listed.get(1)));
  }

  private Path write(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, name);
  }

  private static List<ImageFile> walk(FolderWalk.Part part) {
    List<ImageFile> found = new ArrayList<>();
    try (FolderWalk walk = FolderWalk.of(HADOOP, part)) {
      while (!walk.isDone()) {
        walk.step().ifPresent(found::add);
      }
    }
    return found;
  }
}
