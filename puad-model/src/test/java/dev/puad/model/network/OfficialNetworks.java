package dev.puad.model.network;

import dev.puad.model.Fixtures;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.weights.NpzFile;
import dev.puad.model.weights.StateDict;
import dev.puad.model.weights.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The networks and images of the golden files. */
public final class OfficialNetworks {

  /** The official classes with narrower convolutions; dropout is off, as in the golden files. */
  public static final Architecture REDUCED =
      new Architecture(
          "reduced",
          256,
          List.of(
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(4, 3, 32, true),
              new Architecture.Block(3, 1, 32, false),
              new Architecture.Block(4, 0, 24, false)),
          null,
          List.of(8, 8, 16, 16, 16),
          8,
          16,
          new Architecture.Recipe(1e-4, 1e-5, 1e-5, 0, 5));

  static final Architecture REDUCED_MEDIUM =
      new Architecture(
          "reduced-medium",
          256,
          List.of(
              new Architecture.Block(4, 3, 16, true),
              new Architecture.Block(4, 3, 32, true),
              new Architecture.Block(1, 0, 32, false),
              new Architecture.Block(3, 1, 32, false),
              new Architecture.Block(4, 0, 24, false),
              new Architecture.Block(1, 0, 24, false)),
          null,
          List.of(8, 8, 16, 16, 16),
          8,
          16,
          new Architecture.Recipe(1e-4, 1e-5, 1e-5, 0, 5));

  /** How many test images, the first ones, have the networks' whole outputs in golden files. */
  public static final int OUTPUTS = 2;

  private OfficialNetworks() {}

  /** The reduced weights of that name. */
  public static StateDict reduced(String name) {
    return npz("networks/reduced/" + name + ".npz");
  }

  /** A file of named arrays. */
  static StateDict npz(String relative) {
    Path file = Fixtures.path(relative);
    try {
      return NpzFile.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The normalised images of a file of [N, S, S, 3] or [S, S, 3] bytes. */
  public static float[][] images(String relative) {
    List<byte[]> pixels = pixels(relative);
    float[][] images = new float[pixels.size()][];
    for (int i = 0; i < images.length; i++) {
      int side = (int) Math.round(Math.sqrt(pixels.get(i).length / 3.0));
      images[i] = Normalization.normalize(new RgbImage(side, side, pixels.get(i)));
    }
    return images;
  }

  /** The same as bytes, each [S, S, 3]. */
  public static List<byte[]> pixels(String relative) {
    Tensor pixels = Fixtures.npy(relative);
    int side = pixels.shape()[pixels.shape().length - 2];
    int length = 3 * side * side;
    List<byte[]> images = new ArrayList<>();
    for (int from = 0; from < pixels.size(); from += length) {
      images.add(Arrays.copyOfRange(pixels.bytes(), from, from + length));
    }
    return images;
  }
}
