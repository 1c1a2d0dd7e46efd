package dev.puad.jobs.train;

import java.io.Serializable;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The images that one worker trains on, and the order in which it takes them: epoch after epoch,
 * each shuffled anew.
 *
 * @param pixels [S, S, 3] bytes an image, in the order of their URIs
 */
record TrainingShard(List<byte[]> pixels) implements Serializable {

  TrainingShard {
    pixels = List.copyOf(pixels);
  }

  /** The image that this worker takes as its {@code draw}-th, counted from 0. */
  byte[] image(long seed, int worker, long draw) {
    int size = pixels.size();
    long epoch = draw / size;
    int[] order = new int[size];
    SplittableRandom random = RandomStreams.of(seed, RandomStreams.ORDER, worker, epoch);
    for (int i = 0; i < size; i++) {
      int other = random.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return pixels.get(order[(int) (draw % size)]);
  }
}
