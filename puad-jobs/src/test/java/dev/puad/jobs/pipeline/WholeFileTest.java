package dev.puad.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

  @TempDir Path folder;

  @Test
  void writesANewFile() throws IOException {
    Path file = folder.resolve("file");

    WholeFile.replace(file, whole -> Files.writeString(whole, "new"));

    assertThat(file).hasContent("new");
    assertThat(names()).containsExactly("file");
  }

  @Test
  void replacesAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");

    WholeFile.replace(file, whole -> Files.writeString(whole, "new"));

    assertThat(file).hasContent("new");
    assertThat(names()).containsExactly("file");
  }

  @Test
  void aFileOfTheUsersWithASimilarNameStays() throws IOException {
    Path users = Files.writeString(folder.resolve("file.new"), "the user's");

    WholeFile.replace(folder.resolve("file"), whole -> Files.writeString(whole, "new"));

    assertThat(users).hasContent("the user's");
  }

  @Test
  void mayBeReadByWhomOtherFilesMayBeRead() throws IOException {
    Path other = Files.createFile(folder.resolve("other"));
    Path file = folder.resolve("file");

    WholeFile.replace(file, whole -> Files.writeString(whole, "new"));

    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(other));
  }

  @Test
  void writesWhereALinkLeads() throws IOException {
    Path file =
        Files.createFile(Files.createDirectory(folder.resolve("elsewhere")).resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);

    WholeFile.replace(link, whole -> Files.writeString(whole, "new"));

    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
    assertThat(names()).containsExactly("elsewhere", "link");
  }

  @Test
  void aFailureLeavesTheFileAsItWasAndNothingBeside() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(
            () ->
                WholeFile.replace(
                    file,
                    whole -> {
                      Files.writeString(whole, "ne");
                      throw new IOException("No space left on device");
                    }));

    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("file");
  }

  @Test
  void aBugLeavesNothingBesideEither() throws IOException {
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                WholeFile.replace(
                    folder.resolve("file"),
                    whole -> {
                      throw new IllegalStateException();
                    }));

    assertThat(names()).isEmpty();
  }

  @Test
  void aMissingFolderIsTheReason() {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> WholeFile.replace(folder.resolve("no/file"), whole -> {}))
        .satisfies(e -> assertThat(WholeFile.reason(e)).isEqualTo("no such folder"));
  }

  @Test
  void theReasonNamesNoFile() {
    assertThat(
            Stream.of(
                    new AccessDeniedException("/folder/file.123.new"),
                    new FileSystemException("/folder/file.123.new", null, "Read-only file system"),
                    new IOException("No space left on device"))
                .map(cause -> WholeFile.reason(new UncheckedIOException(cause))))
        .containsExactly("no permission", "Read-only file system", "No space left on device");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
