package dev.puad.model.distill;

import dev.puad.model.BadInputException;
import dev.puad.model.network.Architecture;
import dev.puad.model.weights.SafetensorsFile;
import dev.puad.model.weights.StateDict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The teachers that come with this library, distilled from an Apache-2.0 backbone on generated
 * images; {@code teachers/README.md} beside them says how, and how good they are.
 *
 * @param weights by the names of the official PDN
 * @param file the bytes they were read from
 */
public record BuiltinTeacher(StateDict weights, byte[] file) {

  private static final List<Architecture> KNOWN = List.of(Architecture.SMALL, Architecture.TINY);

  /** The names of the networks that there is a teacher for. */
  public static List<String> networks() {
    return KNOWN.stream().map(Architecture::name).toList();
  }

  /**
   * A network's teacher.
   *
   * @throws BadInputException if there is none
   */
  public static BuiltinTeacher of(Architecture architecture) {
    if (!networks().contains(architecture.name())) {
      throw new BadInputException(
          ("Cannot use the built-in teacher with network %s: there is one for %s. Give --teacher a"
                  + " file (puad distill makes one) or random.")
              .formatted(architecture.name(), String.join(" and ", networks())));
    }
    String name = "teachers/" + architecture.name() + ".safetensors";
    try (InputStream in = BuiltinTeacher.class.getResourceAsStream(name)) {
      byte[] file = in.readAllBytes();
      return new BuiltinTeacher(TeacherFile.weights(SafetensorsFile.read(name, file)), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
