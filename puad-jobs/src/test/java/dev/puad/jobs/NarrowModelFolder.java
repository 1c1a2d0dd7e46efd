package dev.puad.jobs;

import dev.puad.model.dataset.SplitCounts;
import dev.puad.model.dataset.ToyDataset;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import dev.puad.model.network.TrainingNetwork;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Untrained networks of few channels and toy images, laid out as the official code wants them. */
public final class NarrowModelFolder {

  public static final int CHANNELS = 24;

  private static final String DATASET = "toys";

  private static final Architecture NARROW =
      new Architecture(
          "narrow",
          256,
          List.of(
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(4, 3, 32, true),
              new Architecture.Block(3, 1, 32, false),
              new Architecture.Block(4, 0, CHANNELS, false)),
          null,
          List.of(8, 8, 16, 16, 16),
          8,
          16,
          Architecture.SMALL.recipe());

  private NarrowModelFolder() {}

  /**
   * Writes {@code s_size} of a model folder.
   *
   * @return the folder of the category's files
   */
  public static Path writeModel(Path folder) throws IOException {
    Path sized = folder.resolve("s_size");
    Path teacher = Files.createDirectories(sized.resolve("teacher")).resolve("teacher.pt");
    Path category = Files.createDirectories(sized.resolve(DATASET).resolve(ToyDataset.CATEGORY));
    try (TeacherNetwork random = TeacherNetwork.random(NARROW, 1);
        TrainingNetwork network = TrainingNetwork.create(NARROW, 2)) {
      TorchZip.writeDict(teacher, random.weights().tensors());
      TorchZip.writeDict(category.resolve("student.pt"), network.student().tensors());
      TorchZip.writeDict(category.resolve("autoencoder.pt"), network.autoencoder().tensors());
    }
    TorchZip.writeTensor(category.resolve("mu.pt"), statistic(-0.25f));
    TorchZip.writeTensor(category.resolve("sigma.pt"), statistic(0.5f));
    TorchZip.writeDict(
        category.resolve("quantile.pt"),
        Map.of(
            "q_a_student", scalar(0.5f),
            "q_b_student", scalar(1),
            "q_a_autoencoder", scalar(0.25f),
            "q_b_autoencoder", scalar(2)));
    return category;
  }

  /**
   * Writes the images in LOCO's layout.
   *
   * @return the category's folder
   */
  public static Path writeImages(Path folder) throws IOException {
    return ToyDataset.write(folder.resolve(DATASET), new SplitCounts(2, 2, 1, 1, 1), 128, 1);
  }

  private static Tensor statistic(float value) {
    float[] values = new float[CHANNELS];
    Arrays.fill(values, value);
    return Tensor.of(values, 1, CHANNELS, 1, 1);
  }

  private static Tensor scalar(float value) {
    return Tensor.of(new float[] {value});
  }
}
