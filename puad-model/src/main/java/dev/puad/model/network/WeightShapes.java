package dev.puad.model.network;

import dev.puad.model.BadInputException;
import dev.puad.model.network.Architecture.Block;
import dev.puad.model.weights.StateDict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads an architecture off the shapes of its weights. */
final class WeightShapes {

  /** Five times the widest official one; beyond, an image's activations fill the memory. */
  private static final int MOST_CHANNELS = 4096;

  private static final int HALVING_KERNEL = 4;

  private WeightShapes() {}

  /** See {@link Architecture#of}; the same for the smallest image of that bottleneck. */
  static Architecture architecture(StateDict teacher, StateDict student, StateDict autoencoder) {
    List<Block> kind = kind(teacher).descriptor();
    List<Block> descriptor = blocks(teacher, kind);
    List<Block> studentBlocks = blocks(student, kind);
    int last = kind.size() - 1;
    int doubled = 2 * descriptor.get(last).channels();
    if (studentBlocks.get(last).channels() != doubled) {
      String name = OfficialNames.descriptorNames(student, kind.size()).get(last);
      throw refused(student, name, "[%d, …], twice the teacher's".formatted(doubled));
    }
    List<Integer> encoder = new ArrayList<>();
    int channels = 3;
    for (int i = 1; i <= Architecture.SMALL.encoder().size(); i++) {
      channels = outputs(autoencoder, "encoder.enconv" + i, channels, HALVING_KERNEL);
      encoder.add(channels);
    }
    String bottleneck = "encoder.enconv" + (encoder.size() + 1);
    int kernel = kernel(autoencoder, bottleneck);
    return new Architecture(
        "imported",
        Architecture.smallestImage(encoder, kernel),
        descriptor,
        studentBlocks,
        encoder,
        kernel,
        outputs(autoencoder, bottleneck, channels, kernel),
        Architecture.SMALL.recipe());
  }

  /** PDN-M has two convolutions more than PDN-S. */
  private static Architecture kind(StateDict teacher) {
    int medium = Architecture.MEDIUM.descriptor().size();
    boolean more =
        teacher.names().stream()
            .anyMatch(name -> name.startsWith("conv5.") || name.startsWith("conv6."));
    return more || OfficialNames.numbers(teacher).size() == medium
        ? Architecture.MEDIUM
        : Architecture.SMALL;
  }

  private static List<Block> blocks(StateDict weights, List<Block> kind) {
    List<String> names = OfficialNames.descriptorNames(weights, kind.size());
    List<Block> blocks = new ArrayList<>();
    int channels = 3;
    for (int i = 0; i < kind.size(); i++) {
      channels = outputs(weights, names.get(i), channels, kind.get(i).kernel());
      blocks.add(kind.get(i).withChannels(channels));
    }
    return blocks;
  }

  /** The output channels of a convolution of which the rest is known. */
  private static int outputs(StateDict weights, String convolution, int inputs, int kernel) {
    int[] shape = weights.shape(convolution + OfficialNames.WEIGHT);
    if (shape.length != 4
        || !Arrays.equals(shape, new int[] {shape[0], inputs, kernel, kernel})
        || shape[0] < 1
        || shape[0] > MOST_CHANNELS) {
      throw refused(
          weights,
          convolution,
          "[1 to %d, %d, %d, %d]".formatted(MOST_CHANNELS, inputs, kernel, kernel));
    }
    return shape[0];
  }

  private static int kernel(StateDict weights, String convolution) {
    int[] shape = weights.shape(convolution + OfficialNames.WEIGHT);
    if (shape.length != 4 || shape[2] < 1) {
      throw refused(weights, convolution, "[channels, channels, kernel, kernel]");
    }
    return shape[2];
  }

  private static BadInputException refused(StateDict weights, String convolution, String wanted) {
    String name = convolution + OfficialNames.WEIGHT;
    return new BadInputException(
        "Cannot use %s: its tensor %s is %s, not %s. Give the weights of such a network."
            .formatted(weights.source(), name, Arrays.toString(weights.shape(name)), wanted));
  }
}
