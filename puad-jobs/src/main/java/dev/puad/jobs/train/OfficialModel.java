package dev.puad.jobs.train;

import dev.puad.model.BadInputException;
import dev.puad.model.Sha256;
import dev.puad.model.detect.FeatureSource;
import dev.puad.model.detect.MapScaling;
import dev.puad.model.detect.PackedNetworks;
import dev.puad.model.detect.TeacherStatistics;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import dev.puad.model.weights.TorchFile;
import dev.puad.model.weights.WeightFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A model that the official code trained, read and checked: all of EfficientAD, nothing yet of
 * PUAD's statistics.
 *
 * @param networks its networks and the teacher's statistics
 * @param network student and autoencoder as a DL4J model zip to train on
 * @param scaling of the maps, by the quantiles it brings
 * @param fingerprint of every file's content
 */
public record OfficialModel(
    PackedNetworks networks, byte[] network, MapScaling scaling, String fingerprint) {

  private static final String MU = "mu";
  private static final String SIGMA = "sigma";

  /**
   * Reads a model; nothing of its files is executed.
   *
   * @param imageSize the side of the networks' input, in pixels
   * @param source whose features are to be pooled
   * @throws BadInputException if a file is missing, damaged or not of this kind of model
   */
  public static OfficialModel read(OfficialFiles files, int imageSize, FeatureSource source) {
    try {
      StateDict teacher = WeightFile.read(files.teacher());
      StateDict student = WeightFile.read(files.student());
      StateDict autoencoder = WeightFile.read(files.autoencoder());
      Architecture architecture = Architecture.of(imageSize, teacher, student, autoencoder);
      TeacherStatistics statistics = statistics(files, architecture.channels());
      MapScaling scaling = scaling(TorchFile.readDict(files.quantile()));
      try (TeacherNetwork described = TeacherNetwork.of(architecture, teacher);
          TrainingNetwork network = TrainingNetwork.of(architecture, student, autoencoder)) {
        return new OfficialModel(
            PackedNetworks.of(architecture, described.bytes(), network, statistics, source),
            network.bytes(),
            scaling,
            fingerprint(files));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String fingerprint(OfficialFiles files) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Path file : files.all()) {
      lines.append(Sha256.of(file)).append('\n');
    }
    return lines.toString();
  }

  private static TeacherStatistics statistics(OfficialFiles files, int channels)
      throws IOException {
    float[] mean = channelValues(files.mu(), MU, channels);
    float[] deviation = channelValues(files.sigma(), SIGMA, channels);
    for (int c = 0; c < channels; c++) {
      if (!(deviation[c] > 0)) {
        throw new BadInputException(
            "Cannot use %s: its tensor %s is %s at channel %d, not positive. Give the sigma.pt of the training."
                .formatted(files.sigma(), SIGMA, deviation[c], c));
      }
    }
    return new TeacherStatistics(widened(mean), widened(deviation));
  }

  /** One value a channel, in a tensor [C] or [1, C, 1, 1]. */
  private static float[] channelValues(Path file, String name, int channels) throws IOException {
    Tensor tensor = TorchFile.readTensor(file);
    int[] shape = {1, channels, 1, 1};
    if (!Arrays.equals(tensor.shape(), shape)) {
      shape = new int[] {channels};
    }
    return new StateDict(file.toString(), Map.of(name, tensor)).floats(name, shape);
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static MapScaling scaling(StateDict quantiles) {
    List<String> names =
        List.of("q_a_student", "q_b_student", "q_a_autoencoder", "q_b_autoencoder");
    double[] values = names.stream().mapToDouble(name -> quantiles.floats(name)[0]).toArray();
    quantiles.refuseOthers(names);
    for (int low = 0; low < values.length; low += 2) {
      if (!(values[low + 1] > values[low])) {
        throw new BadInputException(
            "Cannot use %s: its tensor %s is %s, not above %s, which is %s. Give the quantile.pt of the training."
                .formatted(
                    quantiles.source(),
                    names.get(low + 1),
                    values[low + 1],
                    names.get(low),
                    values[low]));
      }
    }
    return new MapScaling(values[0], values[1], values[2], values[3]);
  }
}
