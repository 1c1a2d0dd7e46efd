package dev.puad.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Walks over local folders, and over the same by way of a file system that is not local. */
@Timeout(60)
class FolderWalkTest {

  private static final Configuration HADOOP = TroubledFileSystem.configuration();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain.png",
        "two words.png",
        "100%.png",
        "a%20b.png",
        "a+b&c=d.png",
        "#1.png",
        "what?.png",
        "what!.png",
        "a:b.png",
        "[x]{y}*.png",
        "quote'\".png",
        "Flasche ä 瓶 🍾.png",
        "\u00e9.png",
        "e\u0301.png"
      })
  void bothWaysOfListingGiveFilesTheirNamesAndBytes(String name) throws IOException {
    Path file = write("sub " + name + "/" + name);

    for (String root : List.of(local(folder), TroubledFileSystem.uri(folder))) {
      String bare = root.replaceAll("/$", "");

      List<ImageFile> found = walk(new FolderWalk.Part(bare, FolderWalk.Depth.TREE));

      assertThat(found).hasSize(1);
      assertThat(FolderListing.relative(bare, found.get(0).image()))
          .isEqualTo("sub " + name + "/" + name);
      assertThat(found.get(0).length()).isEqualTo(Files.size(file));
      assertThat(found.get(0).modified()).isEqualTo(Files.getLastModifiedTime(file).toMillis());
      assertThat(
              new String(
                  FileContents.bytes(HADOOP, found.get(0).image(), 1000), StandardCharsets.UTF_8))
          .isEqualTo(folder.relativize(file).toString());
    }
  }

  @Test
  void nothingInAFolderLooksLikeAnEntryOfAShard() throws IOException {
    write("s.tar!/x.png");

    List<ImageFile> found = walk(new FolderWalk.Part(local(folder), FolderWalk.Depth.TREE));

    assertThat(found)
        .extracting(ImageFile::image)
        .containsExactly(local(folder) + "/s.tar%21/x.png");
    assertThat(ShardIndex.identity(local(folder) + "/s.tar", "x.png"))
        .isEqualTo(local(folder) + "/s.tar!/x.png");
  }

  @Test
  void namesThatAreNoTextStayApart() throws Exception {
    String script = "for byte in 376 377; do : > \"$(printf \"a\\\\$byte.png\")\"; done";
    assertThat(
            new ProcessBuilder("bash", "-c", script).directory(folder.toFile()).start().waitFor())
        .isZero();

    assertThat(walk(new FolderWalk.Part(local(folder), FolderWalk.Depth.TREE)))
        .extracting(ImageFile::image)
        .containsExactlyInAnyOrder(local(folder) + "/a%FE.png", local(folder) + "/a%FF.png");
  }

  @Test
  void aFolderWhoseNameIsNoTextIsWalked() throws Exception {
    String script =
        "name=\"$(printf 'Pr\\374fung \\303\\244')\"; mkdir -p \"$name/sub\";"
            + " : > \"$name/1.png\"; : > \"$name/sub/2.png\"";
    assertThat(
            new ProcessBuilder("bash", "-c", script).directory(folder.toFile()).start().waitFor())
        .isZero();
    String named = local(folder) + "/Pr%FCfung%20%C3%A4";

    assertThat(walk(new FolderWalk.Part(local(folder), FolderWalk.Depth.TREE)))
        .extracting(ImageFile::image)
        .containsExactlyInAnyOrder(named + "/1.png", named + "/sub/2.png");
  }

  @Test
  void linksThatLeadBackEnd() throws IOException {
    write("a/x.png");
    write("b/y.png");
    Files.createSymbolicLink(folder.resolve("a/itself"), folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("a/root"), folder);
    Files.createSymbolicLink(folder.resolve("a/above"), folder.getParent());
    Files.createSymbolicLink(folder.resolve("a/to b"), folder.resolve("b"));
    Files.createSymbolicLink(folder.resolve("b/to a"), folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("b/ring"), folder.resolve("b/ring"));

    assertThat(relative(walk(new FolderWalk.Part(local(folder), FolderWalk.Depth.TREE))))
        .containsExactlyInAnyOrder("a/x.png", "b/y.png", "a/to b/y.png", "b/to a/x.png");
  }

  @Test
  void aLinkToAnotherFolderIsAFolder() throws IOException {
    Path outside = write("outside/x.png").getParent();
    Path within = write("within/y.png").getParent();
    Files.createSymbolicLink(within.resolve("link"), outside);

    assertThat(relative(walk(new FolderWalk.Part(local(within), FolderWalk.Depth.TREE))))
        .containsExactlyInAnyOrder("within/y.png", "within/link/x.png");
  }

  @Test
  void aFolderThatCannotBeListedIsToldOfAndTheOthersAreWalked() throws IOException {
    write("a/1.png");
    write("b/2.png");
    write("b/" + TroubledFileSystem.FAILS);
    write("c/3.png");
    String root = TroubledFileSystem.uri(folder).replaceAll("/$", "");
    List<String> found = new ArrayList<>();
    try (FolderWalk walk =
        FolderWalk.of(HADOOP, new FolderWalk.Part(root, FolderWalk.Depth.TREE))) {
      while (!walk.isDone()) {
        walk.step().ifPresent(file -> found.add(FolderListing.relative(root, file.image())));
      }

      assertThat(walk.unlisted())
          .singleElement()
          .satisfies(
              unlisted -> {
                assertThat(unlisted.folder()).isEqualTo(root + "/b");
                assertThat(unlisted.failure()).hasMessage(TroubledFileSystem.FAILURE);
              });
    }
    assertThat(found).containsExactlyInAnyOrder("a/1.png", "c/3.png");
  }

  @Test
  void anotherWalkGoesOnWhereOneIsHeldAndFindsNothingAnyMore() throws Exception {
    for (int i = 0; i < 5; i++) {
      write("a" + i + "/x.png");
      write("z" + i + "/x.png");
    }
    write("dead/x.png");
    Path hangs = write("dead/" + TroubledFileSystem.HANGS);
    String root = TroubledFileSystem.uri(folder).replaceAll("/$", "");
    FolderWalk held = FolderWalk.of(HADOOP, new FolderWalk.Part(root, FolderWalk.Depth.TREE));
    List<String> found = Collections.synchronizedList(new ArrayList<>());
    Thread walker = new Thread(() -> exhaust(held, found), "held");
    walker.start();
    while (!held.folder().equals(Optional.of(root + "/dead"))) {
      Thread.sleep(10);
    }

    FolderWalk rest = held.rest();
    exhaust(rest, found);
    Files.delete(hangs);
    walker.join();

    assertThat(found)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 5)
                .boxed()
                .flatMap(i -> Stream.of(root + "/a" + i + "/x.png", root + "/z" + i + "/x.png"))
                .toList());
    assertThat(held.folder()).contains(root + "/dead");
    assertThat(rest.isDone()).isTrue();
  }

  private static void exhaust(FolderWalk walk, List<String> found) {
    try (walk) {
      while (!walk.isDone()) {
        walk.step().ifPresent(file -> found.add(file.image()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"file", "troubled"})
  void aFolderThatDisappearsMeanwhileIsPassedOver(String scheme) throws IOException {
    for (int i = 0; i < 10; i++) {
      write(i + "/x.png");
    }
    String root = scheme.equals("file") ? local(folder) : TroubledFileSystem.uri(folder);
    FolderWalk.Part part = new FolderWalk.Part(root.replaceAll("/$", ""), FolderWalk.Depth.TREE);
    List<ImageFile> found = new ArrayList<>();
    try (FolderWalk walk = FolderWalk.of(HADOOP, part)) {
      while (found.isEmpty()) {
        walk.step().ifPresent(found::add);
      }
      for (int i = 0; i < 10; i++) {
        Files.delete(folder.resolve(i + "/x.png"));
        Files.delete(folder.resolve("" + i));
      }
      while (!walk.isDone()) {
        walk.step().ifPresent(found::add);
      }
      assertThat(walk.unlisted()).isEmpty();
    }

    assertThat(found).hasSize(1);
    assertThat(walk(new FolderWalk.Part(part.folder() + "/3", FolderWalk.Depth.TREE))).isEmpty();
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
      assertThat(walk.unlisted()).isEmpty();
    }
    assertThat(new TreeSet<>(found.stream().map(ImageFile::image).toList())).hasSize(found.size());
    return found;
  }

  private List<String> relative(List<ImageFile> files) {
    return files.stream().map(file -> FolderListing.relative(local(folder), file.image())).toList();
  }

  private static String local(Path path) {
    return FolderListing.root(HADOOP, path.toString());
  }
}
