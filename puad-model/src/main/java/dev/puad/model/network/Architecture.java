package dev.puad.model.network;

import dev.puad.model.BadInputException;
import java.io.Serializable;
import java.util.List;

/**
 * The sizes of one family of networks: teacher, student and autoencoder fit each other by
 * construction.
 *
 * <p>Every network sees a square RGB image and draws {@link #outputSize()}² positions of {@link
 * #channels()} channels. Teacher and student are patch description networks (PDN, EfficientAD table
 * 5): unpadded convolutions, each but the last followed by a ReLU and, where the block says so, a
 * 2×2 average pooling of stride 2. The autoencoder (EfficientAD table 7) halves the image with 4×4
 * convolutions down to a bottleneck of 1×1, then resizes and convolves up again.
 *
 * @param name what a user calls it
 * @param imageSize the side of the input, in pixels
 * @param descriptor the blocks of the PDN; the last one's channels are the teacher's
 * @param encoder the channels of the autoencoder's halving convolutions
 * @param bottleneckKernel the kernel of the convolution that ends in 1×1
 * @param decoder the channels of the autoencoder's inner decoder convolutions and bottleneck
 * @param recipe how it is trained unless a user says otherwise
 */
public record Architecture(
    String name,
    int imageSize,
    List<Block> descriptor,
    List<Integer> encoder,
    int bottleneckKernel,
    int decoder,
    Recipe recipe)
    implements Serializable {

  /** A convolution of a PDN: square kernel, output channels, and whether pooling follows. */
  public record Block(int kernel, int channels, boolean pooled) implements Serializable {}

  /**
   * Training defaults.
   *
   * @param learningRate Adam's, until 95 % of the steps
   * @param finalLearningRate Adam's, for the last 5 %
   * @param l2 the weight decay added to every gradient, biases included
   * @param steps minibatches over all workers
   */
  public record Recipe(double learningRate, double finalLearningRate, double l2, int steps)
      implements Serializable {}

  /** PDN-S at 256 px, as in EfficientAD and PUAD. */
  public static final Architecture SMALL =
      new Architecture(
          "small",
          256,
          List.of(
              new Block(4, 128, true),
              new Block(4, 256, true),
              new Block(3, 256, false),
              new Block(4, 384, false)),
          List.of(32, 32, 64, 64, 64),
          8,
          64,
          new Recipe(1e-4, 1e-5, 1e-5, 70_000));

  /** A network for toy data and tests: 128 px, minutes on two cores. */
  public static final Architecture TINY =
      new Architecture(
          "tiny",
          128,
          List.of(
              new Block(4, 32, true),
              new Block(4, 64, true),
              new Block(3, 64, false),
              new Block(4, 64, false)),
          List.of(32, 32, 64, 64, 64),
          4,
          64,
          new Recipe(1e-3, 1e-3, 1e-5, 250));

  private static final int SMALLEST_IMAGE = 128;

  private static final List<Architecture> KNOWN = List.of(SMALL, TINY);

  /**
   * Checks that the networks fit each other.
   *
   * @throws IllegalArgumentException if the PDN has no trunk or no output, or the image is too
   *     small for the autoencoder
   */
  public Architecture {
    descriptor = List.copyOf(descriptor);
    encoder = List.copyOf(encoder);
    if (descriptor.size() < 2 || outputSize(imageSize, descriptor) < 1) {
      throw new IllegalArgumentException(
          "A PDN of %d blocks has no output for an image of %d px."
              .formatted(descriptor.size(), imageSize));
    }
    if (imageSize >> encoder.size() < bottleneckKernel) {
      throw new IllegalArgumentException(
          "%d halvings of %d px leave less than the %d px of the bottleneck's kernel."
              .formatted(encoder.size(), imageSize, bottleneckKernel));
    }
    if (imageSize < SMALLEST_IMAGE) {
      throw new IllegalArgumentException(
          "The decoder's first size is imageSize / 64 - 1: %d px are less than %d px."
              .formatted(imageSize, SMALLEST_IMAGE));
    }
  }

  /**
   * The architecture of that name.
   *
   * @throws BadInputException if there is none
   */
  public static Architecture named(String name) {
    return KNOWN.stream()
        .filter(known -> known.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    "Cannot find a network named %s. Choose one of: %s."
                        .formatted(name, String.join(", ", names()))));
  }

  /** The names of the architectures that there are. */
  public static List<String> names() {
    return KNOWN.stream().map(Architecture::name).toList();
  }

  /**
   * The same networks for images of another size.
   *
   * @throws BadInputException if they do not fit it
   */
  public Architecture withImageSize(int side) {
    try {
      return new Architecture(name, side, descriptor, encoder, bottleneckKernel, decoder, recipe);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(
          "Cannot use network %s for images of %d px: %s".formatted(name, side, e.getMessage()), e);
    }
  }

  /** The channels of the teacher, of each half of the student, and of the autoencoder. */
  public int channels() {
    return descriptor.get(descriptor.size() - 1).channels();
  }

  /** The side of every network's output, in positions. */
  public int outputSize() {
    return outputSize(imageSize, descriptor);
  }

  /** The number of output positions. */
  public int positions() {
    return outputSize() * outputSize();
  }

  /** The number of values of an input image. */
  public int imageLength() {
    return 3 * imageSize * imageSize;
  }

  /** The sides to which the autoencoder's decoder resizes before each 4×4 convolution. */
  List<Integer> decoderSizes() {
    return List.of(
        imageSize / 64 - 1,
        imageSize / 32,
        imageSize / 16 - 1,
        imageSize / 8,
        imageSize / 4 - 1,
        imageSize / 2 - 1);
  }

  private static int outputSize(int imageSize, List<Block> descriptor) {
    int size = imageSize;
    for (Block block : descriptor) {
      size = size - block.kernel() + 1;
      if (block.pooled()) {
        size /= 2;
      }
    }
    return size;
  }
}
