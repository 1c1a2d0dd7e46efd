package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.puad.model.Fixtures;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

  private static final int WIDTH = 40;
  private static final int HEIGHT = 30;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb-37x53",
        "grey-100x64",
        "rgb-300x201",
        "rgba-64x45",
        "grey16-81x60",
        "palette-48x70"
      })
  void decodesEveryModeAsPillowDoes(String name) throws IOException {
    byte[] encoded = Files.readAllBytes(Fixtures.path("resize/" + name + ".png"));
    JsonNode source =
        new ObjectMapper().readTree(Fixtures.path("resize/sources.json").toFile()).get(name);

    RgbImage image = ImageDecoder.decode(encoded);

    assertThat(image.width()).isEqualTo(source.get("width").intValue());
    assertThat(image.height()).isEqualTo(source.get("height").intValue());
    assertThat(image.pixels()).isEqualTo(Fixtures.npy("resize/" + name + "-rgb.npy").bytes());
  }

  @Test
  void decodesWhatTheEncoderWrote() {
    RgbImage image = noise(1);

    assertThat(ImageDecoder.decode(PngEncoder.encode(image)))
        .usingRecursiveComparison()
        .isEqualTo(image);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "2, 3", "4, 2", "6, 4"})
  void readsEveryFilterOfAPngAsImageIoDoes(byte colourType, int bands) throws IOException {
    byte[] rows = new byte[HEIGHT * (1 + WIDTH * bands)];
    Random random = new Random(colourType);
    random.nextBytes(rows);
    for (int y = 0; y < HEIGHT; y++) {
      rows[y * (1 + WIDTH * bands)] = (byte) (y < 5 ? y : random.nextInt(5));
    }

    for (int first = 0; first < 5; first++) {
      rows[0] = (byte) first;
      byte[] encoded = RawPng.of(WIDTH, HEIGHT, 8, colourType, rows);
      assertThat(ImageDecoder.decode(encoded).pixels()).isEqualTo(readByImageIo(encoded));
    }
  }

  @Test
  void readsRowsThatAreInSeveralChunks() {
    RgbImage image = noise(12);
    byte[] whole = PngEncoder.encode(image);

    assertThat(ImageDecoder.decode(RawPng.withDataInChunksOf(100, whole)).pixels())
        .isEqualTo(image.pixels());
  }

  @Test
  void rejectsAnUnknownFilterAsUnreadable() {
    byte[] rows = {0, 1, 2, 3, 5, 1, 2, 3};

    assertThat(rejection(RawPng.of(1, 2, 8, RawPng.RGB, rows)))
        .hasMessage("it is damaged: row 1 has a filter of type 5")
        .extracting(RejectedImageException::reason)
        .isEqualTo(RejectReason.UNREADABLE);
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY})
  void readsJpegAsImageIoDoes(int type) throws IOException {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
    Random random = new Random(13);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      image.setRGB(i % WIDTH, i / WIDTH, random.nextInt());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, "jpg", out)).isTrue();

    assertThat(ImageDecoder.decode(out.toByteArray()).pixels())
        .isEqualTo(readByImageIo(out.toByteArray()));
  }

  @Test
  void decodesBmpWithoutLoss() throws IOException {
    RgbImage image = noise(2);

    assertThat(ImageDecoder.decode(encode(image, "bmp")).pixels()).isEqualTo(image.pixels());
  }

  @Test
  void decodesPngsOfOtherWritersWithoutLoss() throws IOException {
    RgbImage image = noise(3);

    assertThat(ImageDecoder.decode(encode(image, "png")).pixels()).isEqualTo(image.pixels());
  }

  @Test
  void decodesJpegCloseToItsSource() throws IOException {
    byte[] flat = new byte[WIDTH * HEIGHT * RgbImage.CHANNELS];
    Arrays.fill(flat, (byte) 200);

    RgbImage decoded = ImageDecoder.decode(encode(new RgbImage(WIDTH, HEIGHT, flat), "jpg"));

    for (byte value : decoded.pixels()) {
      assertThat(Byte.toUnsignedInt(value)).isBetween(198, 202);
    }
  }

  @Test
  void keepsHighByteOfSixteenBitColour() {
    byte[] rows = new byte[1 + 6];
    byte[] samples = {10, 99, 20, (byte) 255, 30, 0};
    System.arraycopy(samples, 0, rows, 1, samples.length);

    assertThat(ImageDecoder.decode(RawPng.of(1, 1, 16, RawPng.RGB, rows)).pixels())
        .containsExactly(10, 20, 30);
  }

  @Test
  void scalesOneBitGreyToBlackAndWhite() {
    byte[] rows = {0, (byte) 0b0100_0000};

    assertThat(ImageDecoder.decode(RawPng.of(2, 1, 1, RawPng.GREY, rows)).pixels())
        .containsExactly(0, 0, 0, 255, 255, 255);
  }

  @Test
  void readsMaskValuesExactly() {
    byte[] every = new byte[256];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    GreyImage mask = new GreyImage(16, 16, every);

    assertThat(ImageDecoder.decodeGrey(PngEncoder.encode(mask), DecodeLimits.defaults()).pixels())
        .isEqualTo(every);
  }

  @Test
  void readsPaletteMasksByTheirColours() throws IOException {
    byte[] greys = {0, (byte) 253};
    BufferedImage image =
        new BufferedImage(
            2, 1, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, greys, greys, greys));
    image.getRaster().setSample(1, 0, 0, 1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);

    assertThat(ImageDecoder.decodeGrey(out.toByteArray(), DecodeLimits.defaults()).pixels())
        .containsExactly(0, 253);
  }

  @Test
  void refusesColourMasks() {
    RgbImage image = new RgbImage(2, 1, new byte[] {5, 5, 5, 5, 6, 5});

    assertThatThrownBy(
            () -> ImageDecoder.decodeGrey(PngEncoder.encode(image), DecodeLimits.defaults()))
        .isInstanceOf(RejectedImageException.class)
        .hasMessage("it is in colour at column 1, row 0, a mask is grey");
  }

  @Test
  void rejectsNoBytesAsEmpty() {
    assertThat(rejection(new byte[0]))
        .hasMessage("it is empty")
        .extracting(RejectedImageException::reason)
        .isEqualTo(RejectReason.EMPTY);
  }

  @Test
  void rejectsTextAsUnsupported() {
    byte[] text = "This is no image.".getBytes(StandardCharsets.UTF_8);

    assertThat(rejection(text))
        .hasMessage("its content is not a PNG, JPEG or BMP image")
        .extracting(RejectedImageException::reason)
        .isEqualTo(RejectReason.UNSUPPORTED);
  }

  @Test
  void rejectsJpegOfTwoChannelsAsUnsupported() throws IOException {
    assertThat(rejection(jpegOf(2)))
        .hasMessage("it cannot be decoded: Unsupported Image Type")
        .extracting(RejectedImageException::reason)
        .isEqualTo(RejectReason.UNSUPPORTED);
  }

  /** In the words of our own, or of a version of ImageIO that does not know CMYK. */
  @ParameterizedTest
  @ValueSource(bytes = {0, 2})
  void rejectsJpegInInksAsUnsupported(byte transform) throws IOException {
    assertThat(rejection(withAdobe(transform, jpegOf(4))))
        .extracting(RejectedImageException::reason)
        .isEqualTo(RejectReason.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp"})
  void rejectsEveryCutOfAFileAsTruncated(String format) throws IOException {
    byte[] whole = encode(noise(4), format);

    for (int length = 1; length < whole.length; length += 1 + whole.length / 150) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThat(rejection(cut).reason())
          .as("%s cut to %d of %d bytes", format, length, whole.length)
          .isEqualTo(RejectReason.TRUNCATED);
    }
  }

  @Test
  void rejectsPngWithoutItsLastByteAsTruncated() {
    byte[] whole = PngEncoder.encode(noise(5));

    assertThat(rejection(Arrays.copyOf(whole, whole.length - 1)).reason())
        .isEqualTo(RejectReason.TRUNCATED);
  }

  @Test
  void rejectsJpegWithoutItsEndAsTruncated() throws IOException {
    byte[] whole = encode(noise(6), "jpg");

    assertThat(rejection(Arrays.copyOf(whole, whole.length - 2)).reason())
        .isEqualTo(RejectReason.TRUNCATED);
  }

  @Test
  void rejectsPngWithAFlippedBitAsUnreadable() {
    byte[] damaged = PngEncoder.encode(noise(7));
    damaged[damaged.length / 2] ^= 1;

    assertThat(rejection(damaged))
        .hasMessage("it is damaged: its IDAT chunk at byte 33 does not match its checksum")
        .extracting(RejectedImageException::reason)
        .isEqualTo(RejectReason.UNREADABLE);
  }

  @Test
  void rejectsJpegWithDamagedDataAsUnreadable() throws IOException {
    byte[] damaged = encode(noise(9), "jpg");
    // A marker that has no place within a scan.
    int middle = damaged.length * 2 / 3;
    damaged[middle] = (byte) 0xFF;
    damaged[middle + 1] = (byte) 0xD9;

    assertThat(rejection(damaged).reason()).isIn(RejectReason.UNREADABLE, RejectReason.TRUNCATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "bmp"})
  void meetsAnyDamageWithAnImageOrARejection(String format) throws IOException {
    byte[] whole = encode(noise(10), format);
    DecodeLimits limits = new DecodeLimits(1 << 20, 1 << 20);
    Random random = new Random(11);

    for (int round = 0; round < 1000; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i < 3; i++) {
        // Mostly among the headers, where it hurts.
        int reach = random.nextBoolean() ? 64 : damaged.length;
        damaged[random.nextInt(reach)] = (byte) random.nextInt(256);
      }
      assertThat(catchThrowable(() -> ImageDecoder.decode(damaged, limits)))
          .satisfiesAnyOf(
              thrown -> assertThat(thrown).isNull(),
              thrown -> assertThat(thrown).isInstanceOf(RejectedImageException.class));
    }
  }

  @Test
  void rejectsPngWithTooFewRowsOfData() {
    byte[] oneRowOfTwo = new byte[1 + 3];

    assertThat(rejection(RawPng.of(1, 2, 8, RawPng.RGB, oneRowOfTwo)).reason())
        .isIn(RejectReason.TRUNCATED, RejectReason.UNREADABLE);
  }

  @Test
  void rejectsTooManyPixelsBeforeDecodingThem() {
    byte[] headerOnly = RawPng.of(100_000, 100_000, 8, RawPng.RGB, new byte[0]);

    assertThat(rejection(headerOnly))
        .hasMessage("it has 100000 x 100000 pixels, more than the limit of 67108864")
        .extracting(RejectedImageException::reason)
        .isEqualTo(RejectReason.TOO_LARGE);
  }

  @Test
  void rejectsTooManyBytes() {
    byte[] encoded = PngEncoder.encode(noise(8));
    DecodeLimits limits = new DecodeLimits(1 << 20, 100);

    assertThatThrownBy(() -> ImageDecoder.decode(encoded, limits))
        .isInstanceOf(RejectedImageException.class)
        .hasMessage("it is %d bytes long, more than the limit of 100".formatted(encoded.length));
  }

  /** Stored samples; grey repeated, alpha dropped. */
  private static byte[] readByImageIo(byte[] encoded) throws IOException {
    Raster raster = ImageIO.read(new ByteArrayInputStream(encoded)).getRaster();
    byte[] pixels = new byte[raster.getWidth() * raster.getHeight() * RgbImage.CHANNELS];
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / RgbImage.CHANNELS;
      int band = raster.getNumBands() < RgbImage.CHANNELS ? 0 : i % RgbImage.CHANNELS;
      pixels[i] =
          (byte) raster.getSample(pixel % raster.getWidth(), pixel / raster.getWidth(), band);
    }
    return pixels;
  }

  private static RejectedImageException rejection(byte[] encoded) {
    RejectedImageException rejection =
        catchThrowableOfType(RejectedImageException.class, () -> ImageDecoder.decode(encoded));
    assertThat(rejection).isNotNull();
    return rejection;
  }

  /** Black, of channels that the file does not name. */
  private static byte[] jpegOf(int channels) throws IOException {
    WritableRaster black =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, WIDTH, HEIGHT, channels, null);
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(encoded)) {
      writer.setOutput(out);
      writer.write(new IIOImage(black, null, null));
    } finally {
      writer.dispose();
    }
    return encoded.toByteArray();
  }

  /** With Adobe's segment first, which says that four channels are CMYK, 0, or YCCK, 2. */
  private static byte[] withAdobe(byte transform, byte[] jpeg) throws IOException {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.write(jpeg, 0, 2);
    encoded.write(new byte[] {(byte) 0xFF, (byte) 0xEE, 0, 14});
    encoded.write("Adobe".getBytes(StandardCharsets.US_ASCII));
    encoded.write(new byte[] {0, 100, 0, 0, 0, 0, transform});
    encoded.write(jpeg, 2, jpeg.length - 2);
    return encoded.toByteArray();
  }

  private static RgbImage noise(long seed) {
    byte[] pixels = new byte[WIDTH * HEIGHT * RgbImage.CHANNELS];
    new Random(seed).nextBytes(pixels);
    return new RgbImage(WIDTH, HEIGHT, pixels);
  }

  private static byte[] encode(RgbImage image, String format) throws IOException {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < image.width() * image.height(); i++) {
      int rgb = 0;
      for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
        rgb = (rgb << 8) | Byte.toUnsignedInt(image.pixels()[RgbImage.CHANNELS * i + channel]);
      }
      buffered.setRGB(i % image.width(), i / image.width(), rgb);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(ImageIO.write(buffered, format, out)).isTrue();
    return out.toByteArray();
  }
}
