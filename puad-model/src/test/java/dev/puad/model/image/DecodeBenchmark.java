package dev.puad.model.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * How long decoding and resizing of an image of 1600 x 1280 take on one thread, ours and ImageIO's,
 * as a Markdown table; {@code submit/benchmark-decoding} runs it.
 */
final class DecodeBenchmark {

  private static final int WIDTH = 1600;
  private static final int HEIGHT = 1280;
  private static final int SIDE = 256;
  private static final int WARM_UP = 15;
  private static final int PNG_SUB = 1;
  private static final int PNG_UP = 2;
  private static final int PNG_PAETH = 4;

  /** Keeps what is computed from being optimised away. */
  private static int kept;

  private DecodeBenchmark() {}

  /** Argument: how often each is measured. */
  public static void main(String[] arguments) {
    int times = Integer.parseInt(arguments[0]);
    RgbImage smooth = photograph(0);
    RgbImage noisy = photograph(1.5);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("PNG, smooth, Paeth", png(smooth, PNG_PAETH));
    files.put("PNG, with sensor noise, Paeth", png(noisy, PNG_PAETH));
    files.put("PNG, with sensor noise, Sub and Up", png(noisy, PNG_SUB, PNG_UP));
    files.put("JPEG, quality 0.9", jpeg(noisy));
    System.out.println("| image | bytes | decoder | decode, ms: best, median | resize, ms |");
    System.out.println("|---|---|---|---|---|");
    files.forEach(
        (name, encoded) -> {
          RgbImage image = ImageDecoder.decode(encoded);
          double[] resize = milliseconds(() -> BilinearResize.resize(image, SIDE, SIDE), times);
          print(name, encoded, "ours", milliseconds(() -> ImageDecoder.decode(encoded), times));
          System.out.printf(Locale.ROOT, " %.1f, %.1f |%n", resize[0], resize[1]);
          print(name, encoded, "ImageIO", milliseconds(() -> imageIo(encoded, 1), times));
          System.out.println(" - |");
          print(
              name,
              encoded,
              "ImageIO, every 4th pixel",
              milliseconds(() -> imageIo(encoded, 4), times));
          System.out.println(" - |");
        });
    System.err.println("(checksum " + kept + ")");
  }

  private static void print(String name, byte[] encoded, String decoder, double[] milliseconds) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %,d | %s | %.1f, %.1f |",
        name,
        encoded.length,
        decoder,
        milliseconds[0],
        milliseconds[1]);
  }

  /** The best and the median. */
  private static double[] milliseconds(Supplier<Object> work, int times) {
    double[] measured = new double[times];
    for (int i = -WARM_UP; i < times; i++) {
      long start = System.nanoTime();
      kept += work.get().hashCode();
      if (i >= 0) {
        measured[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    Arrays.sort(measured);
    return new double[] {measured[0], measured[times / 2]};
  }

  private static Object imageIo(byte[] encoded, int step) {
    ImageReader reader = ImageIO.getImageReadersByFormatName(ImageFormat.of(encoded).name()).next();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      reader.setInput(in, true, true);
      ImageReadParam parameters = reader.getDefaultReadParam();
      parameters.setSourceSubsampling(step, step, 0, 0);
      return reader.read(0, parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      reader.dispose();
    }
  }

  /** Edges, texture of all scales, and a sensor's noise of the given deviation. */
  private static RgbImage photograph(double noise) {
    SplittableRandom random = new SplittableRandom(1);
    float[][] octaves = new float[7][];
    for (int octave = 0; octave < octaves.length; octave++) {
      int height = (5 << octave) + 1;
      int width = 2 * height;
      float[] grid = new float[height * width];
      for (int i = 0; i < grid.length; i++) {
        grid[i] = (float) random.nextGaussian() * 40 / (1 << octave);
      }
      octaves[octave] = BilinearMap.resize(grid, height, width, HEIGHT, WIDTH);
    }
    byte[] pixels = new byte[WIDTH * HEIGHT * RgbImage.CHANNELS];
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      double light = 120;
      for (float[] octave : octaves) {
        light += octave[i];
      }
      // Things in front of others.
      double tint = octaves[1][i] + octaves[2][i] > 0 ? 30 : -30;
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        double value = light + tint * (channel - 0.5) + noise * random.nextGaussian();
        pixels[i * RgbImage.CHANNELS + channel] =
            (byte) Math.round(Math.min(255, Math.max(0, value)));
      }
    }
    return new RgbImage(WIDTH, HEIGHT, pixels);
  }

  /** As cameras' tools write it: with filters, which {@link PngEncoder} does not use. */
  private static byte[] png(RgbImage image, int... filters) {
    int length = image.width() * RgbImage.CHANNELS;
    byte[] rows = new byte[(length + 1) * image.height()];
    for (int y = 0; y < image.height(); y++) {
      int filter = filters[y % filters.length];
      rows[y * (length + 1)] = (byte) filter;
      for (int x = 0; x < length; x++) {
        int left = sample(image, x - RgbImage.CHANNELS, y);
        int top = sample(image, x, y - 1);
        int corner = sample(image, x - RgbImage.CHANNELS, y - 1);
        int predicted =
            switch (filter) {
              case PNG_SUB -> left;
              case PNG_UP -> top;
              default -> paeth(left, top, corner);
            };
        rows[y * (length + 1) + 1 + x] = (byte) (sample(image, x, y) - predicted);
      }
    }
    return RawPng.of(image.width(), image.height(), Byte.SIZE, RawPng.RGB, rows);
  }

  private static int sample(RgbImage image, int x, int y) {
    int length = image.width() * RgbImage.CHANNELS;
    return x < 0 || y < 0 ? 0 : Byte.toUnsignedInt(image.pixels()[y * length + x]);
  }

  private static int paeth(int left, int top, int corner) {
    int estimate = left + top - corner;
    int fromLeft = Math.abs(estimate - left);
    int fromTop = Math.abs(estimate - top);
    int fromCorner = Math.abs(estimate - corner);
    if (fromLeft <= fromTop && fromLeft <= fromCorner) {
      return left;
    }
    return fromTop <= fromCorner ? top : corner;
  }

  private static byte[] jpeg(RgbImage image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
    int[] samples = new int[image.pixels().length];
    Arrays.setAll(samples, i -> Byte.toUnsignedInt(image.pixels()[i]));
    buffered.getRaster().setPixels(0, 0, image.width(), image.height(), samples);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam parameters = writer.getDefaultWriteParam();
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionQuality(0.9f);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(buffered, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }
}
