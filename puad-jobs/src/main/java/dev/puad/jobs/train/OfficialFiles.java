package dev.puad.jobs.train;

import dev.puad.model.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of one category's model in a folder that the official PUAD code filled: {@code
 * <size>_size/teacher/teacher.pt}, and the others in {@code <size>_size/<dataset>/<category>}.
 *
 * <p>The teacher's folder has a {@code mu.pt} and a {@code sigma.pt} of its own: statistics of the
 * network it was distilled from, which have no place here.
 */
public record OfficialFiles(
    Path teacher, Path student, Path autoencoder, Path mu, Path sigma, Path quantile) {

  private static final String SIZE = "_size";
  private static final String TEACHER = "teacher";
  private static final Set<String> DISTILLATION = Set.of("mu.pt", "sigma.pt");

  /**
   * Which of a folder's models.
   *
   * @param category its name there
   * @param size for example {@code s} of {@code s_size}; empty for the only one
   * @param dataset its name there; empty for the only one that has the category, or that of {@code
   *     likely}
   * @param likely the name of the folder of the category's images' folder, as the official code
   *     names data sets
   */
  public record Choice(
      String category, Optional<String> size, Optional<String> dataset, String likely) {}

  /**
   * Finds a model's files; whether each is there is seen when it is read.
   *
   * @throws BadInputException if the folder has no such model, or several
   */
  public static OfficialFiles find(Path folder, Choice choice) {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(
          "Cannot import %s: there is no such folder. Correct the path.".formatted(folder));
    }
    Path sized = sized(folder, choice);
    Path model = dataset(sized, choice).resolve(choice.category());
    return new OfficialFiles(
        teacher(sized.resolve(TEACHER)),
        model.resolve("student.pt"),
        model.resolve("autoencoder.pt"),
        model.resolve("mu.pt"),
        model.resolve("sigma.pt"),
        model.resolve("quantile.pt"));
  }

  /** Every file, in a fixed order. */
  List<Path> all() {
    return List.of(teacher, student, autoencoder, mu, sigma, quantile);
  }

  private static Path sized(Path folder, Choice choice) {
    List<String> sizes =
        names(folder, Files::isDirectory).stream()
            .filter(name -> name.endsWith(SIZE))
            .map(name -> name.substring(0, name.length() - SIZE.length()))
            .toList();
    if (sizes.isEmpty()) {
      throw new BadInputException(
          ("Cannot import %s: it has no folder such as s_size. Give the folder that the official"
                  + " code calls model_dir_path.")
              .formatted(folder));
    }
    if (choice.size().isEmpty() && sizes.size() > 1) {
      throw new BadInputException(
          "Cannot import %s: it has models of the sizes %s. Choose one with --size."
              .formatted(folder, String.join(", ", sizes)));
    }
    String size = choice.size().orElse(sizes.get(0));
    if (!sizes.contains(size)) {
      throw new BadInputException(
          "Cannot import size %s: %s has the sizes %s. Choose one with --size."
              .formatted(size, folder, String.join(", ", sizes)));
    }
    return folder.resolve(size + SIZE);
  }

  private static Path dataset(Path sized, Choice choice) {
    List<String> having =
        names(sized, path -> Files.isDirectory(path.resolve(choice.category()))).stream()
            .filter(name -> !name.equals(TEACHER))
            .toList();
    if (having.isEmpty()) {
      throw new BadInputException(
          ("Cannot import category %s: no folder in %s has it. Give the model's folder, and name"
                  + " the images' folder as the category is named there.")
              .formatted(choice.category(), sized));
    }
    String only = having.contains(choice.likely()) ? choice.likely() : having.get(0);
    String dataset = choice.dataset().orElse(only);
    boolean ambiguous =
        choice.dataset().isEmpty() && having.size() > 1 && !having.contains(choice.likely());
    if (ambiguous || !having.contains(dataset)) {
      throw new BadInputException(
          "Cannot import category %s: in %s the data sets %s have it. Choose one with --pytorch-dataset."
              .formatted(choice.category(), sized, String.join(", ", having)));
    }
    return sized.resolve(dataset);
  }

  private static Path teacher(Path folder) {
    Path official = folder.resolve("teacher.pt");
    if (Files.exists(official)) {
      return official;
    }
    List<String> others =
        Files.isDirectory(folder)
            ? names(folder, Files::isRegularFile).stream()
                .filter(name -> name.endsWith(".pt") || name.endsWith(".pth"))
                .filter(name -> !DISTILLATION.contains(name))
                .toList()
            : List.of();
    if (others.size() != 1) {
      throw new BadInputException(
          "Cannot import the teacher: %s has no file teacher.pt. Put the teacher's weights there."
              .formatted(folder));
    }
    return folder.resolve(others.get(0));
  }

  private static List<String> names(Path folder, Predicate<Path> wanted) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.filter(wanted).map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
