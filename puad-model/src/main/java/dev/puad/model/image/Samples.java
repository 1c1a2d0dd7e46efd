package dev.puad.model.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/**
 * An image as a file holds it, with samples made 8 bits: palettes are looked up, 16-bit grey is
 * clipped to 255, 16-bit colour keeps its high byte.
 *
 * @param bands samples of a pixel: 1 grey, 2 grey and alpha, 3 red, green and blue, 4 these and
 *     alpha
 * @param bits of a sample in the file
 * @param bytes unsigned, [height, width, bands]
 */
record Samples(int width, int height, int bands, int bits, byte[] bytes) {

  private static final int MAX_BYTE = 255;

  /**
   * What ImageIO read. Samples are taken from the raster: BufferedImage.getRGB would pass grey
   * through a colour space and change its values.
   */
  static Samples of(BufferedImage image) {
    Raster raster = image.getRaster();
    ColorModel model = image.getColorModel();
    int bits = model.getComponentSize(0);
    int bands = raster.getNumBands();
    if (bits == Byte.SIZE
        && raster.getDataBuffer() instanceof DataBufferByte buffer
        && raster.getSampleModel() instanceof PixelInterleavedSampleModel layout
        && !(model instanceof IndexColorModel)
        && isInOrder(layout)) {
      return new Samples(image.getWidth(), image.getHeight(), bands, bits, buffer.getData());
    }
    int channels = model instanceof IndexColorModel || bands > 2 ? RgbImage.CHANNELS : 1;
    byte[] bytes = new byte[image.getWidth() * image.getHeight() * channels];
    int[] row = new int[image.getWidth() * bands];
    int next = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(0, y, image.getWidth(), 1, row);
      for (int x = 0; x < image.getWidth(); x++) {
        for (int channel = 0; channel < channels; channel++) {
          bytes[next++] =
              (byte)
                  (model instanceof IndexColorModel palette
                      ? colour(palette, row[x], channel)
                      : eightBits(row[x * bands + channel], bits, bands));
        }
      }
    }
    return new Samples(image.getWidth(), image.getHeight(), channels, bits, bytes);
  }

  private static boolean isInOrder(PixelInterleavedSampleModel layout) {
    int[] offsets = layout.getBandOffsets();
    for (int band = 0; band < offsets.length; band++) {
      if (offsets[band] != band) {
        return false;
      }
    }
    return layout.getPixelStride() == offsets.length
        && layout.getScanlineStride() == layout.getWidth() * offsets.length;
  }

  private static int colour(IndexColorModel palette, int index, int channel) {
    return switch (channel) {
      case 0 -> palette.getRed(index);
      case 1 -> palette.getGreen(index);
      default -> palette.getBlue(index);
    };
  }

  private static int eightBits(int sample, int bits, int bands) {
    if (bits == Byte.SIZE) {
      return sample;
    }
    if (bits > Byte.SIZE) {
      return bands == 1 ? Math.min(sample, MAX_BYTE) : sample >> Byte.SIZE;
    }
    return sample * MAX_BYTE / ((1 << bits) - 1);
  }

  /** Grey repeated, alpha dropped without compositing. */
  RgbImage rgb() {
    return new RgbImage(
        width,
        height,
        switch (bands) {
          case 1, 2 -> repeated();
          case RgbImage.CHANNELS -> bytes;
          default -> opaque();
        });
  }

  /**
   * One channel, of an image whose channels are the same.
   *
   * @throws RejectedImageException if they differ
   */
  GreyImage grey() {
    if (bands == 1) {
      return new GreyImage(width, height, bytes);
    }
    byte[] grey = new byte[width * height];
    for (int i = 0; i < grey.length; i++) {
      int from = i * bands;
      grey[i] = bytes[from];
      if (bands > 2 && (bytes[from] != bytes[from + 1] || bytes[from] != bytes[from + 2])) {
        throw new RejectedImageException(
            RejectReason.UNSUPPORTED,
            "it is in colour at column %d, row %d, a mask is grey".formatted(i % width, i / width));
      }
    }
    return new GreyImage(width, height, grey);
  }

  private byte[] repeated() {
    byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
    int to = 0;
    for (int from = 0; to < rgb.length; from += bands) {
      byte grey = bytes[from];
      rgb[to] = grey;
      rgb[to + 1] = grey;
      rgb[to + 2] = grey;
      to += RgbImage.CHANNELS;
    }
    return rgb;
  }

  private byte[] opaque() {
    byte[] rgb = new byte[width * height * RgbImage.CHANNELS];
    int from = 0;
    for (int to = 0; to < rgb.length; to += RgbImage.CHANNELS) {
      rgb[to] = bytes[from];
      rgb[to + 1] = bytes[from + 1];
      rgb[to + 2] = bytes[from + 2];
      from += bands;
    }
    return rgb;
  }
}
