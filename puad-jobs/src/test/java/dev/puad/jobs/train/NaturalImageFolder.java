package dev.puad.jobs.train;

import dev.puad.model.image.PngEncoder;
import dev.puad.model.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Images in folders: noise, each of a size of its own. */
final class NaturalImageFolder {

  private NaturalImageFolder() {}

  /** Writes {@code count} images, one a folder. */
  static Path write(Path root, int count) throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[3 * (20 + i) * 30];
      random.nextBytes(pixels);
      Path folder = Files.createDirectories(root.resolve("class " + i));
      Files.write(folder.resolve("image.png"), PngEncoder.encode(new RgbImage(20 + i, 30, pixels)));
    }
    return root;
  }
}
