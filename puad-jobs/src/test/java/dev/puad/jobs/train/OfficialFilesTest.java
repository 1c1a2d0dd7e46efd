package dev.puad.jobs.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfficialFilesTest {

  @TempDir private Path folder;

  @Test
  void theFilesAreThoseOfTheOfficialLayout() throws IOException {
    Path teacher = file("s_size/teacher/teacher.pt");
    Path category = directory("s_size/mvtec_loco/pushpins");

    OfficialFiles files = find("pushpins");

    assertThat(files)
        .isEqualTo(
            new OfficialFiles(
                teacher,
                category.resolve("student.pt"),
                category.resolve("autoencoder.pt"),
                category.resolve("mu.pt"),
                category.resolve("sigma.pt"),
                category.resolve("quantile.pt")));
  }

  @Test
  void aTeacherOfAnotherNameIsFoundBesideItsStatistics() throws IOException {
    file("s_size/teacher/mu.pt");
    file("s_size/teacher/sigma.pt");
    Path teacher = file("s_size/teacher/teacher_small.pth");
    directory("s_size/mvtec/screw");

    assertThat(find("screw").teacher()).isEqualTo(teacher);
  }

  @Test
  void ofTwoTeachersOfOtherNamesNoneIsGuessed() throws IOException {
    file("s_size/teacher/teacher_small.pth");
    file("s_size/teacher/teacher_medium.pth");
    directory("s_size/mvtec/screw");

    assertRefused(
        "screw",
        "Cannot import the teacher: %s has no file teacher.pt. Put the teacher's weights there."
            .formatted(folder.resolve("s_size/teacher")));
  }

  @Test
  void ofTwoSizesOneMustBeChosen() throws IOException {
    file("s_size/teacher/teacher.pt");
    Path medium = file("m_size/teacher/teacher.pt");
    directory("s_size/mvtec/screw");
    directory("m_size/mvtec/screw");

    assertRefused(
        "screw",
        "Cannot import %s: it has models of the sizes m, s. Choose one with --size."
            .formatted(folder));
    assertThat(find(choice("screw", "m", null)).teacher()).isEqualTo(medium);
  }

  @Test
  void aSizeThatIsNotThereIsNamed() throws IOException {
    file("s_size/teacher/teacher.pt");

    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> find(choice("screw", "m", null)))
        .withMessage(
            "Cannot import size m: %s has the sizes s. Choose one with --size.".formatted(folder));
  }

  @Test
  void ofTwoDataSetsTheOneNamedAsTheImagesFolderIsTaken() throws IOException {
    file("s_size/teacher/teacher.pt");
    directory("s_size/first/screw");
    Path likely = directory("s_size/likely/screw");

    assertThat(find("screw").student()).isEqualTo(likely.resolve("student.pt"));
  }

  @Test
  void ofTwoDataSetsOfOtherNamesOneMustBeChosen() throws IOException {
    file("s_size/teacher/teacher.pt");
    directory("s_size/first/screw");
    Path second = directory("s_size/second/screw");

    assertRefused(
        "screw",
        "Cannot import category screw: in %s the data sets first, second have it. Choose one with --pytorch-dataset."
            .formatted(folder.resolve("s_size")));
    assertThat(find(choice("screw", null, "second")).student())
        .isEqualTo(second.resolve("student.pt"));
  }

  @Test
  void aCategoryThatIsNotThereIsNamed() throws IOException {
    file("s_size/teacher/teacher.pt");
    directory("s_size/mvtec/screw");

    assertRefused(
        "bottle",
        "Cannot import category bottle: no folder in %s has it. Give the model's folder, and name the images' folder as the category is named there."
            .formatted(folder.resolve("s_size")));
  }

  @Test
  void aFolderOfSomethingElseIsRefused() throws IOException {
    directory("images");

    assertRefused(
        "screw",
        "Cannot import %s: it has no folder such as s_size. Give the folder that the official code calls model_dir_path."
            .formatted(folder));
  }

  private void assertRefused(String category, String message) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> find(category))
        .withMessage(message);
  }

  private OfficialFiles find(String category) {
    return find(choice(category, null, null));
  }

  private OfficialFiles find(OfficialFiles.Choice choice) {
    return OfficialFiles.find(folder, choice);
  }

  private static OfficialFiles.Choice choice(String category, String size, String dataset) {
    return new OfficialFiles.Choice(
        category, Optional.ofNullable(size), Optional.ofNullable(dataset), "likely");
  }

  private Path directory(String relative) throws IOException {
    return Files.createDirectories(folder.resolve(relative));
  }

  private Path file(String relative) throws IOException {
    Path file = folder.resolve(relative);
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[] {1});
  }
}
