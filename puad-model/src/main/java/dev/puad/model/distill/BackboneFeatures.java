package dev.puad.model.distill;

import java.io.Serializable;
import java.util.List;

/** What is taken of a backbone's outputs at each of a teacher's positions, before scaling. */
public interface BackboneFeatures extends Serializable {

  /** K, the number of values at a position, of outputs with so many channels. */
  int channels(List<FeatureMap> outputs);

  /**
   * One image's features.
   *
   * @param outputs of a batch
   * @param image its index in the batch
   * @return [K, g, g]
   */
  float[] of(List<FeatureMap> outputs, int image);
}
