package dev.puad.model.network;

import dev.puad.model.BadInputException;
import dev.puad.model.weights.StateDict;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The sizes of one family of networks: teacher, student and autoencoder fit each other by
 * construction.
 *
 * <p>Every network sees a square RGB image and draws {@link #outputSize()}² positions of {@link
 * #channels()} channels, the student of twice as many. Teacher and student are patch description
 * networks (PDN, EfficientAD tables 5 and 6): unpadded convolutions, each but the last followed by
 * a ReLU and, where the block says so, a 2×2 average pooling of stride 2. The autoencoder
 * (EfficientAD table 7) halves the image with 4×4 convolutions down to a bottleneck, 1×1 at the
 * smallest image, then resizes and convolves up again.
 *
 * @param name what a user calls it
 * @param imageSize the side of the input, in pixels: a multiple of 4
 * @param descriptor the blocks of the teacher; the last one's channels are its output's
 * @param student the blocks of the student, which differ from the teacher's in channels only; null
 *     for twice the channels in the last block
 * @param encoder the channels of the autoencoder's halving convolutions
 * @param bottleneckKernel the kernel of the convolution that ends the encoder
 * @param decoder the channels of the autoencoder's inner decoder convolutions and bottleneck
 * @param recipe how it is trained unless a user says otherwise
 */
public record Architecture(
    String name,
    int imageSize,
    List<Block> descriptor,
    List<Block> student,
    List<Integer> encoder,
    int bottleneckKernel,
    int decoder,
    Recipe recipe)
    implements Serializable {

  /**
   * A convolution of a PDN.
   *
   * @param kernel its side
   * @param padding the zeros on every side of its input in a padded PDN, as teachers are distilled;
   *     elsewhere it has none
   * @param channels of its output
   * @param pooled whether an average pooling follows
   */
  public record Block(int kernel, int padding, int channels, boolean pooled)
      implements Serializable {

    Block withChannels(int wanted) {
      return new Block(kernel, padding, wanted, pooled);
    }
  }

  /**
   * Training defaults.
   *
   * @param learningRate Adam's, until 95 % of the steps
   * @param finalLearningRate Adam's, for the last 5 %
   * @param l2 the weight decay added to every gradient, biases included
   * @param dropout the share of the decoder's activations that a training step drops
   * @param steps minibatches over all workers
   */
  public record Recipe(
      double learningRate, double finalLearningRate, double l2, double dropout, int steps)
      implements Serializable {}

  /** EfficientAD's: section 3 and appendix A.1. */
  private static final Recipe EFFICIENT_AD = new Recipe(1e-4, 1e-5, 1e-5, 0.2, 70_000);

  private static final List<Integer> ENCODER = List.of(32, 32, 64, 64, 64);

  /** PDN-S at 256 px, as in EfficientAD and PUAD. */
  public static final Architecture SMALL =
      new Architecture(
          "small",
          256,
          List.of(
              new Block(4, 3, 128, true),
              new Block(4, 3, 256, true),
              new Block(3, 1, 256, false),
              new Block(4, 0, 384, false)),
          null,
          ENCODER,
          8,
          64,
          EFFICIENT_AD);

  /** PDN-M at 256 px, as in EfficientAD and PUAD. */
  public static final Architecture MEDIUM =
      new Architecture(
          "medium",
          256,
          List.of(
              new Block(4, 3, 256, true),
              new Block(4, 3, 512, true),
              new Block(1, 0, 512, false),
              new Block(3, 1, 512, false),
              new Block(4, 0, 384, false),
              new Block(1, 0, 384, false)),
          List.of(
              new Block(4, 3, 256, true),
              new Block(4, 3, 512, true),
              new Block(1, 0, 512, false),
              new Block(3, 1, 512, false),
              new Block(4, 0, 768, false),
              new Block(1, 0, 768, false)),
          ENCODER,
          8,
          64,
          EFFICIENT_AD);

  /** A network for toy data and tests: 128 px, minutes on two cores. */
  public static final Architecture TINY =
      new Architecture(
          "tiny",
          128,
          List.of(
              new Block(4, 3, 32, true),
              new Block(4, 3, 64, true),
              new Block(3, 1, 64, false),
              new Block(4, 0, 64, false)),
          null,
          ENCODER,
          4,
          64,
          new Recipe(1e-3, 1e-3, 1e-5, 0.2, 250));

  /** The decoder's first size is imageSize / 64 - 1. */
  private static final int SMALLEST_IMAGE = 128;

  /** Other sizes leave teacher and autoencoder a position apart. */
  private static final int SIZE_STEP = 4;

  private static final List<Architecture> KNOWN = List.of(SMALL, MEDIUM, TINY);

  /**
   * Checks that the networks fit each other.
   *
   * @throws IllegalArgumentException if a PDN has no trunk or no output, the student's blocks are
   *     not the teacher's with twice the channels at last, or the image's size is not supported
   */
  public Architecture {
    descriptor = List.copyOf(descriptor);
    student = student == null ? doubled(descriptor) : List.copyOf(student);
    encoder = List.copyOf(encoder);
    if (descriptor.size() < 2 || outputSize(imageSize, descriptor) < 1) {
      throw new IllegalArgumentException(
          "A PDN of %d blocks has no output for an image of %d px."
              .formatted(descriptor.size(), imageSize));
    }
    if (!sameButChannels(descriptor, student)
        || last(student).channels() != 2 * last(descriptor).channels()) {
      throw new IllegalArgumentException(
          "The student %s does not fit the teacher %s.".formatted(student, descriptor));
    }
    if (imageSize < smallestImage(encoder, bottleneckKernel) || imageSize % SIZE_STEP != 0) {
      throw new IllegalArgumentException(
          "The autoencoder has no use for an image of %d px: it needs a multiple of %d from %d."
              .formatted(imageSize, SIZE_STEP, smallestImage(encoder, bottleneckKernel)));
    }
  }

  /**
   * The same networks for images of another size.
   *
   * @param size the side of the input, in pixels
   * @throws BadInputException if the autoencoder does not support it
   */
  public Architecture withImageSize(int size) {
    int smallest = smallestImage(encoder, bottleneckKernel);
    if (size < smallest || size % SIZE_STEP != 0) {
      throw new BadInputException(
          ("Cannot use images of %d px with network %s: its autoencoder takes a multiple of %d, %d"
                  + " or more. Choose such a size.")
              .formatted(size, name, SIZE_STEP, smallest));
    }
    return new Architecture(
        name, size, descriptor, student, encoder, bottleneckKernel, decoder, recipe);
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

  /**
   * The architecture of given weights, by the names of the official networks: PDN-S or PDN-M of any
   * widths, and an autoencoder of any widths and bottleneck. What the shapes that decide it leave
   * open is checked when a network is made of the weights.
   *
   * @param imageSize the side of the input, in pixels; no weight says it
   * @return one of the known ones at that size, else one that is named {@code imported}
   * @throws BadInputException if a tensor that decides it is missing or of no such network, or the
   *     autoencoder does not support the size
   */
  public static Architecture of(
      int imageSize, StateDict teacher, StateDict student, StateDict autoencoder) {
    Architecture imported =
        WeightShapes.architecture(teacher, student, autoencoder).withImageSize(imageSize);
    return KNOWN.stream()
        .filter(imported::hasNetworksOf)
        .findFirst()
        .map(known -> known.withImageSize(imageSize))
        .orElse(imported);
  }

  /** The names of the architectures that there are. */
  public static List<String> names() {
    return KNOWN.stream().map(Architecture::name).toList();
  }

  /** The channels of the teacher, of each half of the student, and of the autoencoder. */
  public int channels() {
    return last(descriptor).channels();
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

  /**
   * About how many bytes the activations of one image take: those of the first convolutions of
   * teacher and student, by far the widest, before and after what follows them.
   */
  public long activationBytes() {
    long side = imageSize - descriptor.get(0).kernel() + 1L;
    long channels = (long) descriptor.get(0).channels() + student.get(0).channels();
    return 2L * Float.BYTES * channels * side * side;
  }

  /** The sides to which the autoencoder's decoder resizes before each 4×4 convolution. */
  public List<Integer> decoderSizes() {
    return List.of(
        imageSize / 64 - 1,
        imageSize / 32,
        imageSize / 16 - 1,
        imageSize / 8,
        imageSize / 4 - 1,
        imageSize / 2 - 1);
  }

  private boolean hasNetworksOf(Architecture other) {
    return descriptor.equals(other.descriptor)
        && student.equals(other.student)
        && encoder.equals(other.encoder)
        && bottleneckKernel == other.bottleneckKernel
        && decoder == other.decoder;
  }

  private static List<Block> doubled(List<Block> descriptor) {
    List<Block> blocks = new ArrayList<>(descriptor);
    blocks.add(blocks.remove(blocks.size() - 1).withChannels(2 * last(descriptor).channels()));
    return List.copyOf(blocks);
  }

  private static boolean sameButChannels(List<Block> descriptor, List<Block> student) {
    if (descriptor.size() != student.size()) {
      return false;
    }
    for (int i = 0; i < descriptor.size(); i++) {
      Block block = descriptor.get(i);
      if (!student.get(i).equals(block.withChannels(student.get(i).channels()))) {
        return false;
      }
    }
    return true;
  }

  private static Block last(List<Block> blocks) {
    return blocks.get(blocks.size() - 1);
  }

  static int smallestImage(List<Integer> encoder, int bottleneckKernel) {
    return Math.max(SMALLEST_IMAGE, bottleneckKernel << encoder.size());
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
