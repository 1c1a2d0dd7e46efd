package dev.puad.model.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes PNG, JPEG and BMP as the reference implementations do, that is as Pillow's {@code
 * convert("RGB")}: alpha is dropped without compositing, palettes are looked up, 16-bit grey is
 * clipped to 255, 16-bit colour keeps its high byte, embedded colour profiles are ignored. CMYK is
 * refused.
 *
 * <p>The format is recognised by content, never by the file's name.
 */
public final class ImageDecoder {

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
    return read(encoded, limits).rgb();
  }

  /**
   * Decodes a mask without changing a value. Palettes are looked up, so a colour image passes if
   * its channels agree.
   *
   * @throws RejectedImageException if the bytes are not a whole image within the limits, if its
   *     channels differ, or if it has more than 8 bits a channel
   */
  public static GreyImage decodeGrey(byte[] encoded, DecodeLimits limits) {
    Samples samples = read(encoded, limits);
    if (samples.bits() > Byte.SIZE) {
      throw new RejectedImageException(
          RejectReason.UNSUPPORTED,
          "it has %d bits a channel, a mask has 8".formatted(samples.bits()));
    }
    return samples.grey();
  }

  private static Samples read(byte[] encoded, DecodeLimits limits) {
    limits.checkEncoded(encoded);
    ImageFormat format = ImageFormat.of(encoded);
    return switch (format) {
      case PNG -> {
        PngChunks.check(encoded);
        yield PngRows.read(encoded, limits)
            .orElseGet(() -> readWithImageIo(encoded, format, limits));
      }
      case JPEG -> {
        JpegSegments.check(encoded);
        yield readWithImageIo(encoded, format, limits);
      }
      case BMP -> readWithImageIo(encoded, format, limits);
    };
  }

  private static Samples readWithImageIo(byte[] encoded, ImageFormat format, DecodeLimits limits) {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format.name()).next();
    List<String> warnings = new ArrayList<>();
    // Everything is in memory already: ImageIO's default stream would copy it to a file.
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(in, true, true);
      limits.checkPixels(reader.getWidth(0), reader.getHeight(0));
      ImageReadParam parameters = reader.getDefaultReadParam();
      if (format == ImageFormat.JPEG) {
        destination(reader).ifPresent(parameters::setDestination);
      }
      BufferedImage image = reader.read(0, parameters);
      checkWarnings(warnings);
      return Samples.of(image);
    } catch (RejectedImageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // ImageIO meets damaged headers with whatever exception its arithmetic runs into.
      throw rejected(e);
    } finally {
      reader.dispose();
    }
  }

  /**
   * What the JPEG reader would make for a colour image, but red first, as it decodes: its own is
   * blue first, and turning pixels round, there and back, takes as long as the decoding.
   *
   * @throws RejectedImageException if the image is in CMYK
   */
  private static Optional<BufferedImage> destination(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    // None where the reader knows no colours for these channels: it says so itself when it reads.
    if (!types.hasNext()) {
      return Optional.empty();
    }
    ImageTypeSpecifier type = types.next();
    if (type.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
      throw new RejectedImageException(
          RejectReason.UNSUPPORTED, "it is in CMYK, an image is grey or RGB");
    }
    if (type.getNumBands() != RgbImage.CHANNELS
        || !(type.getSampleModel() instanceof PixelInterleavedSampleModel)) {
      return Optional.empty();
    }
    int width = reader.getWidth(0);
    WritableRaster raster =
        Raster.createInterleavedRaster(
            DataBuffer.TYPE_BYTE,
            width,
            reader.getHeight(0),
            width * RgbImage.CHANNELS,
            RgbImage.CHANNELS,
            new int[] {0, 1, 2},
            null);
    return Optional.of(new BufferedImage(type.getColorModel(), raster, false, null));
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
}
