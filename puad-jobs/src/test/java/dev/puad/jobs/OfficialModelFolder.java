package dev.puad.jobs;

import dev.puad.model.Fixtures;
import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The golden networks and images, laid out as the official code wants them. */
public final class OfficialModelFolder {

  public static final String CATEGORY = "drawn_objects";
  public static final String DATASET = "drawn_loco";

  /** Of every split's images; each test image's kind is said by the golden files. */
  private static final String[] TEST_KINDS = {
    "good", "logical_anomalies", "structural_anomalies", "logical_anomalies", "good"
  };

  private OfficialModelFolder() {}

  /**
   * Writes {@code s_size} of a model folder. The teacher's folder has statistics of its own, as the
   * official one; they are no tensors, so that whoever reads them fails.
   *
   * @return the folder of the category's files
   */
  public static Path writeModel(Path folder) throws IOException {
    Path teacher = Files.createDirectories(folder.resolve("s_size/teacher"));
    copy("teacher.pt", teacher);
    Files.writeString(teacher.resolve("mu.pt"), "of the distillation");
    Files.writeString(teacher.resolve("sigma.pt"), "of the distillation");
    Path category =
        Files.createDirectories(folder.resolve("s_size").resolve(DATASET).resolve(CATEGORY));
    for (String name : new String[] {"student", "autoencoder", "mu", "sigma", "quantile"}) {
      copy(name + ".pt", category);
    }
    return category;
  }

  /**
   * Writes the images in LOCO's layout.
   *
   * @return the category's folder
   */
  public static Path writeImages(Path folder) throws IOException {
    Path category = folder.resolve(DATASET).resolve(CATEGORY);
    write("train", category, "train/good");
    write("validation", category, "validation/good");
    byte[][] test = images("test");
    for (int i = 0; i < test.length; i++) {
      write(test[i], category.resolve("test").resolve(TEST_KINDS[i]), i);
    }
    return category;
  }

  private static void copy(String name, Path folder) throws IOException {
    Files.copy(Fixtures.path("networks/reduced/" + name), folder.resolve(name));
  }

  private static void write(String split, Path category, String relative) throws IOException {
    byte[][] images = images(split);
    for (int i = 0; i < images.length; i++) {
      write(images[i], category.resolve(relative), i);
    }
  }

  private static void write(byte[] pixels, Path folder, int number) throws IOException {
    int side = (int) Math.sqrt(pixels.length / 3.0);
    Files.createDirectories(folder);
    Files.write(
        folder.resolve("%03d.png".formatted(number)),
        PngEncoder.encode(new RgbImage(side, side, pixels)));
  }

  private static byte[][] images(String split) {
    Tensor all = Fixtures.npy("networks/images/" + split + "-u8.npy");
    int count = all.shape()[0];
    int length = all.size() / count;
    byte[][] images = new byte[count][];
    for (int i = 0; i < count; i++) {
      images[i] = Arrays.copyOfRange(all.bytes(), i * length, (i + 1) * length);
    }
    return images;
  }
}
