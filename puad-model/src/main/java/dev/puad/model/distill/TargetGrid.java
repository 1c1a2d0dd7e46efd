package dev.puad.model.distill;

import dev.puad.model.BadInputException;
import java.io.Serializable;

/**
 * The positions at which a teacher draws, on a backbone's outputs.
 *
 * <p>A padded PDN has S/4 cells in a row, cell k centred on pixel 4k of its image (EfficientAD
 * table 5: two poolings, and paddings that centre it there); without padding four are missing on
 * each side. Where the centre of an output's first cell is not known, its cells and the teacher's
 * are taken to tile the image, as {@code interpolate} without {@code align_corners} does in the
 * official code.
 *
 * @param first the padded PDN's cell that is the teacher's first
 * @param side g: cells of the teacher's output in a row
 * @param imageSize the side of the teacher's input, in pixels
 * @param backboneSize the side of the backbone's input, in pixels
 */
public record TargetGrid(int first, int side, int imageSize, int backboneSize)
    implements Serializable {

  private static final int PDN_STRIDE = 4;

  /** Of an unpadded PDN, half a receptive field of 33 pixels, in cells. */
  private static final int BORDER = 4;

  /** For the centre of an output's first cell that nobody has told. */
  public static final double TILES = Double.NaN;

  /** That of a padded teacher. */
  public static TargetGrid padded(int imageSize, int backboneSize) {
    return new TargetGrid(0, imageSize / PDN_STRIDE, imageSize, backboneSize);
  }

  /**
   * That of a teacher without padding.
   *
   * @throws BadInputException if it sees nothing of so small an image
   */
  public static TargetGrid unpadded(int imageSize, int backboneSize) {
    int smallest = PDN_STRIDE * (2 * BORDER + 1);
    if (imageSize < smallest) {
      throw new BadInputException(
          ("Cannot distil on images of %d px: without padding a teacher sees nothing of them. Choose"
                  + " --image-size %d or more, or the recipe paper.")
              .formatted(imageSize, smallest));
    }
    return new TargetGrid(BORDER, imageSize / PDN_STRIDE - 2 * BORDER, imageSize, backboneSize);
  }

  /**
   * Reads one image's channels at the teacher's positions, bilinearly; beyond the outermost cells'
   * centres their values hold.
   *
   * @param centre of the output's first cell, in pixels of the backbone's input; {@link #TILES}
   * @param target [channels, g, g] from {@code offset} on
   */
  void sample(FeatureMap map, int image, double centre, float[] target, int offset) {
    Line rows = line(map.height(), centre);
    Line columns = line(map.width(), centre);
    float[] values = map.values();
    int out = offset;
    for (int channel = 0; channel < map.channels(); channel++) {
      int start = map.start(image, channel);
      for (int y = 0; y < side; y++) {
        int above = start + rows.first[y] * map.width();
        int below = start + rows.second[y] * map.width();
        float down = rows.share[y];
        for (int x = 0; x < side; x++) {
          int left = columns.first[x];
          int right = columns.second[x];
          float across = columns.share[x];
          float top =
              values[above + left] + across * (values[above + right] - values[above + left]);
          float bottom =
              values[below + left] + across * (values[below + right] - values[below + left]);
          target[out++] = top + down * (bottom - top);
        }
      }
    }
  }

  /** The position of the teacher's k-th cell among an output's cells, along one axis. */
  double position(int k, int cells, double centre) {
    int cell = first + k;
    if (Double.isNaN(centre)) {
      return (cell + 0.5) * PDN_STRIDE * cells / imageSize - 0.5;
    }
    double pixel = (PDN_STRIDE * cell + 0.5) * backboneSize / imageSize - 0.5;
    return (pixel - centre) * cells / backboneSize;
  }

  private Line line(int cells, double centre) {
    Line line = new Line(new int[side], new int[side], new float[side]);
    for (int k = 0; k < side; k++) {
      double position = Math.max(0, Math.min(cells - 1, position(k, cells, centre)));
      line.first[k] = (int) position;
      line.second[k] = Math.min(cells - 1, line.first[k] + 1);
      line.share[k] = (float) (position - line.first[k]);
    }
    return line;
  }

  /** For each position: the cells on both sides, and the second one's share. */
  private record Line(int[] first, int[] second, float[] share) {}
}
