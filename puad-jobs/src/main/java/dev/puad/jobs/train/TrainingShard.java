package dev.puad.jobs.train;

import java.io.Serializable;
import java.util.List;

/**
 * The images that one worker trains on.
 *
 * @param pixels [S, S, 3] bytes an image, in the order of their URIs
 */
record TrainingShard(List<byte[]> pixels) implements Serializable {

  TrainingShard {
    pixels = List.copyOf(pixels);
  }
}
