package dev.puad.model.detect;

import java.util.List;

/**
 * An engine with the networks of one bundle in it: images in, anomaly maps and features out.
 *
 * <p>May be used by several threads at once, and holds native memory until it is closed.
 */
public interface Detector extends AutoCloseable {

  /**
   * Analyses a batch of images; what is said of one does not depend on the others.
   *
   * @param images each of [S, S, 3] bytes, RGB
   * @return one analysis an image, in their order
   */
  List<Analysis> analyze(List<byte[]> images);

  /** Gives the native memory back; nothing may be analysed meanwhile or afterwards. */
  @Override
  void close();
}
