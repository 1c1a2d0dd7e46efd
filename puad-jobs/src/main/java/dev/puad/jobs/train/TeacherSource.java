package dev.puad.jobs.train;

import dev.puad.model.BadInputException;
import dev.puad.model.Sha256;
import dev.puad.model.distill.BuiltinTeacher;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.WeightFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a training's teacher comes from.
 *
 * @param weights its weights; empty for random ones, drawn from the seed
 * @param fingerprint {@code random}, or the SHA-256 of the file of the weights, the built-in one's
 *     too
 */
public record TeacherSource(Optional<StateDict> weights, String fingerprint) {

  private static final String RANDOM_NAME = "random";
  private static final String BUILTIN_NAME = "builtin";

  /** Random weights. */
  public static final TeacherSource RANDOM = new TeacherSource(Optional.empty(), RANDOM_NAME);

  /**
   * The teacher of that name or file.
   *
   * @param teacher {@code builtin}, {@code random}, or a file of weights: PyTorch's, {@code .npz}
   *     or safetensors; a relative one counts from the working directory
   * @throws BadInputException if it is none of them, or not of a teacher of this architecture
   */
  public static TeacherSource open(String teacher, Architecture architecture) {
    if (teacher.equals(RANDOM_NAME)) {
      return RANDOM;
    }
    if (teacher.equals(BUILTIN_NAME)) {
      BuiltinTeacher builtin = BuiltinTeacher.of(architecture);
      return new TeacherSource(
          Optional.of(builtin.weights()), "builtin sha256:" + Sha256.of(builtin.file()));
    }
    Path file = file(teacher);
    try {
      StateDict weights = TeacherFile.weights(WeightFile.read(file));
      TeacherNetwork.of(architecture, weights).close();
      return new TeacherSource(Optional.of(weights), "sha256:" + Sha256.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The teacher as a DL4J model zip. */
  byte[] network(Architecture architecture, long seed) {
    try (TeacherNetwork teacher =
        weights
            .map(given -> TeacherNetwork.of(architecture, given))
            .orElseGet(() -> TeacherNetwork.random(architecture, seed))) {
      return teacher.bytes();
    }
  }

  private static Path file(String teacher) {
    try {
      Path file = Path.of(teacher);
      if (Files.exists(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw neither(teacher, e);
    }
    throw neither(teacher, null);
  }

  private static BadInputException neither(String teacher, Throwable cause) {
    return new BadInputException(
        "Cannot use teacher %s: it is neither builtin nor random nor a file. Correct the path."
            .formatted(teacher),
        cause);
  }
}
