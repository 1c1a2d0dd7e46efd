package dev.puad.model.image;

/**
 * Images as network inputs: float32 in CHW order.
 *
 * <p>Every operation is in float32 and in the reference's order, so results are equal bit for bit:
 * x = u8 / 255, then (x - mean) / std with ImageNet's mean and standard deviation a channel.
 */
public final class Normalization {

  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] STD = {0.229f, 0.224f, 0.225f};

  private Normalization() {}

  /** An image scaled to [0, 1], CHW: torchvision's {@code ToTensor}. */
  public static float[] toTensor(RgbImage image) {
    int plane = image.width() * image.height();
    byte[] pixels = image.pixels();
    float[] tensor = new float[pixels.length];
    for (int i = 0; i < plane; i++) {
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        int value = Byte.toUnsignedInt(pixels[i * RgbImage.CHANNELS + channel]);
        tensor[channel * plane + i] = value / 255f;
      }
    }
    return tensor;
  }

  /** An image with ImageNet's mean and standard deviation taken out, CHW. */
  public static float[] normalize(RgbImage image) {
    return normalize(toTensor(image));
  }

  /**
   * Takes ImageNet's mean and standard deviation out of an image.
   *
   * @param tensor RGB in [0, 1], CHW; left as it is
   * @throws IllegalArgumentException if the length is not a multiple of three
   */
  public static float[] normalize(float[] tensor) {
    int plane = ColorJitter.plane(tensor);
    float[] normalized = new float[tensor.length];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      for (int i = channel * plane; i < (channel + 1) * plane; i++) {
        normalized[i] = (tensor[i] - MEAN[channel]) / STD[channel];
      }
    }
    return normalized;
  }
}
