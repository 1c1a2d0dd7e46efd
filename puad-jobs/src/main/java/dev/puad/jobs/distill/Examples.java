package dev.puad.jobs.distill;

import dev.puad.jobs.train.NaturalImageReader;
import dev.puad.model.detect.HalfMap;
import dev.puad.model.distill.Backbone;
import dev.puad.model.distill.BackboneFeatures;
import dev.puad.model.distill.Crop;
import dev.puad.model.distill.FeatureMap;
import dev.puad.model.image.BilinearResize;
import dev.puad.model.image.Greyscale;
import dev.puad.model.image.Normalization;
import dev.puad.model.image.RgbImage;
import dev.puad.model.network.ChannelMap;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What a teacher sees and what the backbone says of it, on executors.
 *
 * @param id of this distillation
 * @param backbone the model and how to use it
 * @param reader of images
 * @param crop the part of an image that is seen
 * @param imageSize S, the side of the teacher's input in pixels
 * @param side g, of the teacher's output in positions
 * @param features what is taken of the backbone's outputs
 * @param cacheBytes of each JVM's heap, for examples that come again
 */
record Examples(
    UUID id,
    BackboneChoice backbone,
    NaturalImageReader reader,
    Crop crop,
    int imageSize,
    int side,
    BackboneFeatures features,
    long cacheBytes)
    implements Serializable {

  /** Images that the backbone describes in one run, lest its layers fill the memory. */
  private static final int AT_ONCE = 8;

  /**
   * A part of an image to see.
   *
   * @param candidates the image's name, and those that may take its place
   * @param seed of the choice of its part
   * @param grey whether it is seen without its colours
   */
  record Draw(List<String> candidates, long seed, boolean grey) implements Serializable {}

  /**
   * A part of an image.
   *
   * @param image [3, S, S], normalised
   * @param features [C, g, g]: what the teacher is to say of it
   */
  record Example(float[] image, float[] features) {}

  /** Some draws, in their order, cut into those of one run of the backbone each. */
  static List<List<Draw>> runs(List<Draw> draws) {
    return IntStream.iterate(0, from -> from < draws.size(), from -> from + AT_ONCE)
        .mapToObj(from -> List.copyOf(draws.subList(from, Math.min(draws.size(), from + AT_ONCE))))
        .toList();
  }

  /** The backbone, for the running task. */
  ExecutorBackbones.Open open() {
    return ExecutorBackbones.borrow(
        id,
        cacheBytes,
        () ->
            Backbone.open(
                backbone.onnx(), backbone.source(), backbone.outputs(), NativeThreads.count()));
  }

  /**
   * What the backbone says of some draws, in their order, [K, g, g] each.
   *
   * @param open the backbone
   * @param rejects hears of images that could not be used
   */
  List<float[]> features(
      ExecutorBackbones.Open open,
      List<Draw> draws,
      Consumer<NaturalImageReader.Rejected> rejects) {
    return features(open.backbone(), parts(draws, rejects));
  }

  /**
   * What a teacher sees of some draws, in their order, [3, S, S] each, normalised.
   *
   * @param rejects hears of images that could not be used
   */
  List<float[]> images(List<Draw> draws, Consumer<NaturalImageReader.Rejected> rejects) {
    return parts(draws, rejects).stream()
        .map(part -> Normalization.normalize(resized(part, imageSize)))
        .toList();
  }

  /**
   * Examples of some draws, in their order. Features are in half precision whether they were kept
   * or not, so that what fits into memory changes no bit.
   *
   * @param open the backbone
   * @param target what the backbone's features become
   * @param rejects hears of images that could not be used
   */
  List<Example> of(
      ExecutorBackbones.Open open,
      List<Draw> draws,
      ChannelMap target,
      Consumer<NaturalImageReader.Rejected> rejects) {
    Map<Draw, ExecutorBackbones.Kept> batch = new HashMap<>();
    for (Draw draw : draws) {
      open.kept().known(draw).ifPresent(kept -> batch.put(draw, kept));
    }
    List<Draw> missing =
        draws.stream().distinct().filter(draw -> !batch.containsKey(draw)).toList();
    for (List<Draw> some : runs(missing)) {
      List<RgbImage> parts = parts(some, rejects);
      List<float[]> described = features(open.backbone(), parts);
      for (int i = 0; i < some.size(); i++) {
        ExecutorBackbones.Kept made =
            new ExecutorBackbones.Kept(
                resized(parts.get(i), imageSize).pixels(),
                HalfMap.of(target.apply(described.get(i))));
        open.kept().offer(some.get(i), made);
        batch.put(some.get(i), made);
      }
    }
    return draws.stream().map(draw -> example(batch.get(draw))).toList();
  }

  private Example example(ExecutorBackbones.Kept kept) {
    return new Example(
        Normalization.normalize(new RgbImage(imageSize, imageSize, kept.pixels())),
        kept.features().toFloats());
  }

  private List<float[]> features(Backbone open, List<RgbImage> parts) {
    float[][] scaled =
        parts.parallelStream()
            .map(part -> backbone.scaling().scale(resized(part, backbone.size())))
            .toArray(float[][]::new);
    List<FeatureMap> outputs = open.describe(scaled, backbone.size());
    return IntStream.range(0, parts.size())
        .parallel()
        .mapToObj(i -> features.of(outputs, i))
        .toList();
  }

  private List<RgbImage> parts(List<Draw> draws, Consumer<NaturalImageReader.Rejected> rejects) {
    return draws.parallelStream().map(draw -> part(draw, rejects)).toList();
  }

  private RgbImage part(Draw draw, Consumer<NaturalImageReader.Rejected> rejects) {
    RgbImage part =
        crop.draw(reader.read(draw.candidates(), rejects), new SplittableRandom(draw.seed()));
    return draw.grey() ? Greyscale.of(part) : part;
  }

  private static RgbImage resized(RgbImage image, int side) {
    return BilinearResize.resize(image, side, side);
  }
}
