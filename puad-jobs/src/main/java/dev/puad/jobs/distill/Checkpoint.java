package dev.puad.jobs.distill;

import dev.puad.jobs.pipeline.WholeFile;
import dev.puad.model.BadInputException;
import dev.puad.model.Sha256;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.ChannelMap;
import dev.puad.model.weights.SafetensorsFile;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A distillation after some of its rounds: all that the rounds to come depend on, bit for bit.
 *
 * @param done steps so far, over all workers
 * @param network weights and updater as a DL4J model zip
 * @param target what the backbone's features become
 * @param statistics of the backbone's features
 */
record Checkpoint(int done, byte[] network, ChannelMap target, TeacherFile.Statistics statistics) {

  private static final String FINGERPRINT = "fingerprint";
  private static final String DONE = "done";
  private static final String DIGEST = "sha256";

  /** Where the checkpoints of a teacher's file lie. */
  static Path beside(Path teacher) {
    return teacher.resolveSibling(teacher.getFileName() + ".checkpoint");
  }

  /**
   * Reads a checkpoint.
   *
   * @param fingerprint of the distillation that goes on
   * @return empty where there is no file
   * @throws BadInputException if it is another distillation's, or damaged
   */
  static Optional<Checkpoint> read(Path file, String fingerprint) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Map<String, String> metadata = whole(file, SafetensorsFile::metadata);
    if (!fingerprint.equals(metadata.get(FINGERPRINT))) {
      throw new BadInputException(
          ("Cannot resume from %s: it was made with other options, images or another backbone."
                  + " Repeat them, or give --force instead of --resume to start anew.")
              .formatted(file));
    }
    StateDict state = whole(file, SafetensorsFile::read);
    String done = metadata.get(DONE);
    if (!digest(fingerprint, done, state.tensors()).equals(metadata.get(DIGEST))) {
      throw damaged(file, null);
    }
    return Optional.of(
        new Checkpoint(
            Integer.parseInt(done),
            state.tensor("network").bytes(),
            new ChannelMap(
                state.tensor("target.matrix").floats(), state.tensor("target.offset").floats()),
            new TeacherFile.Statistics(
                state.tensor("statistics.mean").doubles(),
                state.tensor("statistics.deviation").doubles())));
  }

  /** Replaces the file, whole or not at all. */
  void write(Path file, String fingerprint) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("network", new Tensor(Tensor.Type.UINT8, new int[] {network.length}, network));
    tensors.put("target.matrix", Tensor.of(target.matrix(), target.matrix().length));
    tensors.put("target.offset", Tensor.of(target.offset(), target.offset().length));
    tensors.put("statistics.mean", Tensor.of(statistics.mean(), statistics.mean().length));
    tensors.put(
        "statistics.deviation", Tensor.of(statistics.deviation(), statistics.deviation().length));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(FINGERPRINT, fingerprint);
    metadata.put(DONE, Integer.toString(done));
    metadata.put(DIGEST, digest(fingerprint, Integer.toString(done), tensors));
    WholeFile.replace(file, whole -> SafetensorsFile.write(whole, tensors, metadata));
  }

  @FunctionalInterface
  private interface Reading<T> {
    T of(Path file) throws IOException;
  }

  private static <T> T whole(Path file, Reading<T> reading) {
    try {
      return reading.of(file);
    } catch (BadInputException e) {
      throw damaged(file, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BadInputException damaged(Path file, BadInputException cause) {
    return new BadInputException(
        "Cannot resume from %s: it is damaged. Give --force instead of --resume to start anew."
            .formatted(file),
        cause);
  }

  /** Of all that a checkpoint holds: a wrong bit would be trained on unseen. */
  private static String digest(String fingerprint, String done, Map<String, Tensor> tensors) {
    StringBuilder parts = new StringBuilder(fingerprint).append(' ').append(done);
    tensors.forEach(
        (name, tensor) ->
            parts.append(' ').append(name).append(' ').append(Sha256.of(tensor.bytes())));
    return Sha256.of(parts.toString().getBytes(StandardCharsets.UTF_8));
  }
}
