package dev.puad.model.distill;

import java.util.List;

/**
 * Every channel of every output, one below the other.
 *
 * @param centres the centre of each output's first cell, in pixels of the backbone's input; none
 *     where cells tile the image
 */
public record StackedFeatures(TargetGrid grid, List<Double> centres) implements BackboneFeatures {

  public StackedFeatures {
    centres = List.copyOf(centres);
  }

  @Override
  public int channels(List<FeatureMap> outputs) {
    return outputs.stream().mapToInt(FeatureMap::channels).sum();
  }

  @Override
  public float[] of(List<FeatureMap> outputs, int image) {
    int positions = grid.side() * grid.side();
    float[] features = new float[channels(outputs) * positions];
    int offset = 0;
    for (int i = 0; i < outputs.size(); i++) {
      double centre = centres.isEmpty() ? TargetGrid.TILES : centres.get(i);
      grid.sample(outputs.get(i), image, centre, features, offset);
      offset += outputs.get(i).channels() * positions;
    }
    return features;
  }
}
