package dev.puad.model.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes PNG, JPEG and BMP as the reference implementations do, that is as Pillow's {@code
 * convert("RGB")}: alpha is dropped without compositing, palettes are looked up, 16-bit grey is
 * clipped to 255, 16-bit colour keeps its high byte, embedded colour profiles are ignored.
 *
 * <p>The format is recognised by content, never by the file's name.
 */
public final class ImageDecoder {

  private static final int MAX_BYTE = 255;

  private ImageDecoder() {}

  /**
   * Decodes within {@link DecodeLimits#defaults()}.
   *
   * @throws RejectedImageException if the bytes are not a whole image that can be read
   */
  public static RgbImage decode(byte[] encoded) {
    return decode(encoded, DecodeLimits.defaults());
  }

  /**
   * Decodes an image to RGB.
   *
   * @throws RejectedImageException if the bytes are not a whole image within the limits
   */
  public static RgbImage decode(byte[] encoded, DecodeLimits limits) {
    BufferedImage image = read(encoded, limits);
    Samples samples = Samples.of(image);
    byte[] pixels = new byte[image.getWidth() * image.getHeight() * RgbImage.CHANNELS];
    int[] row = new int[image.getWidth() * samples.bands()];
    int next = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      samples.raster().getPixels(0, y, image.getWidth(), 1, row);
      for (int x = 0; x < image.getWidth(); x++) {
        for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
          pixels[next++] = (byte) samples.value(row, x, channel);
        }
      }
    }
    return new RgbImage(image.getWidth(), image.getHeight(), pixels);
  }

  /**
   * Decodes a mask without changing a value. Palettes are looked up, so a colour image passes if
   * its channels agree.
   *
   * @throws RejectedImageException if the bytes are not a whole image within the limits, if its
   *     channels differ, or if it has more than 8 bits a channel
   */
  public static GreyImage decodeGrey(byte[] encoded, DecodeLimits limits) {
    BufferedImage image = read(encoded, limits);
    if (image.getColorModel().getComponentSize(0) > Byte.SIZE) {
      throw new RejectedImageException(
          RejectReason.UNSUPPORTED,
          "it has %d bits a channel, a mask has 8"
              .formatted(image.getColorModel().getComponentSize(0)));
    }
    if (image.getType() == BufferedImage.TYPE_BYTE_GRAY) {
      // As most masks are: no sample needs to be looked at.
      return new GreyImage(
          image.getWidth(),
          image.getHeight(),
          (byte[])
              image.getRaster().getDataElements(0, 0, image.getWidth(), image.getHeight(), null));
    }
    Samples samples = Samples.of(image);
    byte[] pixels = new byte[image.getWidth() * image.getHeight()];
    int[] row = new int[image.getWidth() * samples.bands()];
    int next = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      samples.raster().getPixels(0, y, image.getWidth(), 1, row);
      for (int x = 0; x < image.getWidth(); x++) {
        int red = samples.value(row, x, 0);
        if (red != samples.value(row, x, 1) || red != samples.value(row, x, 2)) {
          throw new RejectedImageException(
              RejectReason.UNSUPPORTED,
              "it is in colour at column %d, row %d, a mask is grey".formatted(x, y));
        }
        pixels[next++] = (byte) red;
      }
    }
    return new GreyImage(image.getWidth(), image.getHeight(), pixels);
  }

  private static BufferedImage read(byte[] encoded, DecodeLimits limits) {
    limits.checkEncoded(encoded);
    ImageFormat format = ImageFormat.of(encoded);
    switch (format) {
      case PNG -> PngChunks.check(encoded);
      case JPEG -> JpegSegments.check(encoded);
      case BMP -> {}
    }
    ImageReader reader = ImageIO.getImageReadersByFormatName(format.name()).next();
    List<String> warnings = new ArrayList<>();
    // Everything is in memory already: ImageIO's default stream would copy it to a file.
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(in, true, true);
      limits.checkPixels(reader.getWidth(0), reader.getHeight(0));
      BufferedImage image = reader.read(0);
      checkWarnings(warnings);
      return image;
    } catch (RejectedImageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // ImageIO meets damaged headers with whatever exception its arithmetic runs into.
      throw rejected(e);
    } finally {
      reader.dispose();
    }
  }

  /** The JPEG reader returns a damaged image, grey where data is missing, and only warns. */
  private static void checkWarnings(List<String> warnings) {
    for (String warning : warnings) {
      if (warning.contains("Truncated") || warning.contains("Premature end")) {
        throw RejectedImageException.truncated();
      }
      // Padding between segments loses nothing, and some cameras write it.
      if (warning.contains("Corrupt") && !warning.contains("extraneous")) {
        throw new RejectedImageException(RejectReason.UNREADABLE, "it is damaged: " + warning);
      }
    }
  }

  private static RejectedImageException rejected(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException) {
        return RejectedImageException.truncated();
      }
    }
    String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    RejectReason reason =
        problem.contains("Unsupported") ? RejectReason.UNSUPPORTED : RejectReason.UNREADABLE;
    return new RejectedImageException(reason, "it cannot be decoded: " + problem, e);
  }

  /**
   * The stored samples of an image and how they become 8-bit colour. Samples are read from the
   * raster: BufferedImage.getRGB would pass grey through a colour space and change its values.
   */
  private record Samples(Raster raster, int bands, int maximum, IndexColorModel palette) {

    static Samples of(BufferedImage image) {
      ColorModel model = image.getColorModel();
      Raster raster = image.getRaster();
      int maximum = (1 << model.getComponentSize(0)) - 1;
      return new Samples(
          raster,
          raster.getNumBands(),
          maximum,
          model instanceof IndexColorModel palette ? palette : null);
    }

    /** Channel 0, 1 or 2 in [0, 255] of the pixel in column x of a row of samples. */
    int value(int[] row, int x, int channel) {
      if (palette != null) {
        int index = row[x];
        return switch (channel) {
          case 0 -> palette.getRed(index);
          case 1 -> palette.getGreen(index);
          default -> palette.getBlue(index);
        };
      }
      int sample = row[x * bands + (bands < RgbImage.CHANNELS ? 0 : channel)];
      if (maximum == MAX_BYTE) {
        return sample;
      }
      if (maximum > MAX_BYTE) {
        return bands == 1 ? Math.min(sample, MAX_BYTE) : sample >> Byte.SIZE;
      }
      return sample * MAX_BYTE / maximum;
    }
  }
}
