package dev.puad.model.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.puad.model.Fixtures;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TiffMapTest {

  private static final int ENTRIES_OFFSET = 10;
  private static final int ENTRY_BYTES = 12;

  @Test
  void decodesWhatItEncoded() {
    FloatMap map = noise(13, 7, 1);

    assertSame(decode(TiffMap.encode(map)), map);
  }

  @Test
  void keepsEveryNumberThatAFloatCanBe() {
    FloatMap map =
        new FloatMap(
            3,
            2,
            new float[] {
              Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, Float.MIN_VALUE, -1e30f
            });

    assertSame(decode(TiffMap.encode(map)), map);
  }

  @Test
  void otherReadersSeeTheSameMap() {
    FloatMap map = noise(40, 31, 2);

    assertSame(ForeignTiff.decode(TiffMap.encode(map)), map);
  }

  @Test
  void encodesAMapOfManyMegabytes() {
    FloatMap map = smooth(4000, 3000);

    assertSame(decode(TiffMap.encode(map)), map);
  }

  @Test
  void decodesEveryMapOfTheOfficialCasesAsOtherReadersDo() throws IOException {
    try (Stream<Path> files = Files.walk(Fixtures.path("spro"))) {
      List<Path> maps = files.filter(file -> file.toString().endsWith(".tiff")).toList();
      assertThat(maps).isNotEmpty();
      for (Path file : maps) {
        byte[] encoded = Files.readAllBytes(file);
        assertSame(decode(encoded), ForeignTiff.decode(encoded));
      }
    }
  }

  static List<ForeignTiff> foreign() {
    ForeignTiff little = ForeignTiff.plain(ByteOrder.LITTLE_ENDIAN);
    ForeignTiff big = ForeignTiff.plain(ByteOrder.BIG_ENDIAN);
    return List.of(
        little,
        big,
        little.inTiles(32, 16),
        big.inTiles(16, 32),
        big.inTiles(128, 16),
        ForeignTiff.compressed("LZW"),
        ForeignTiff.compressed("ZLib"),
        ForeignTiff.compressed("Deflate"),
        ForeignTiff.compressed("PackBits"),
        ForeignTiff.compressed("LZW").inTiles(48, 32),
        ForeignTiff.compressed("ZLib").inTiles(16, 16),
        ForeignTiff.compressed("PackBits").inTiles(80, 64),
        new ForeignTiff(ByteOrder.BIG_ENDIAN, "LZW", 0, 0));
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void decodesWhatOthersWrite(ForeignTiff writer) {
    FloatMap noise = noise(101, 67, 4);
    FloatMap smooth = smooth(101, 67);

    assertSame(decode(writer.encode(noise)), noise);
    assertSame(decode(writer.encode(smooth)), smooth);
  }

  @Test
  void decodesLzwBeyondAFullTable() {
    FloatMap map = noise(300, 200, 5);
    FloatMap flat = new FloatMap(900, 900, new float[900 * 900]);

    assertSame(decode(ForeignTiff.compressed("LZW").inTiles(304, 208).encode(map)), map);
    assertSame(decode(ForeignTiff.compressed("LZW").inTiles(912, 912).encode(flat)), flat);
  }

  @Test
  void refusesNoBytes() {
    assertRefused(new byte[0], RejectReason.EMPTY, "it is empty");
  }

  @Test
  void refusesWhatIsNoTiff() {
    byte[] text = "This is no image.".getBytes(StandardCharsets.UTF_8);
    byte[] png = PngEncoder.encode(new GreyImage(1, 1, new byte[1]));

    assertRefused(text, RejectReason.UNSUPPORTED, "it is not a TIFF");
    assertRefused(png, RejectReason.UNSUPPORTED, "it is not a TIFF");
    assertRefused(
        "II is no TIFF".getBytes(StandardCharsets.UTF_8),
        RejectReason.UNSUPPORTED,
        "it is not a TIFF");
  }

  @Test
  void refusesBigTiff() {
    byte[] encoded = TiffMap.encode(noise(2, 2, 6));
    encoded[2] = 43;

    assertRefused(encoded, RejectReason.UNSUPPORTED, "it is a BigTIFF, write a classic TIFF");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "258 | 64    | it has 64-bit floating-point samples, write float32",
        "258 | 16    | it has 16-bit floating-point samples, write float32",
        "339 | 1     | it has 32-bit unsigned integers, write float32",
        "339 | 2     | it has 32-bit signed integers, write float32",
        "339 | 6     | it has 32-bit samples of TIFF's format 6, write float32",
        "277 | 3     | it has 3 samples a pixel, write one",
        "259 | 50000 | its compression (TIFF's number 50000) is not read, write it uncompressed",
        "256 | 0     | it has no pixels",
        "278 | 0     | it has no pixels",
      })
  void refusesAnotherVariantAndSaysWhatToWrite(int tag, int value, String message) {
    assertThat(rejection(set(TiffMap.encode(noise(4, 3, 7)), tag, value))).hasMessage(message);
  }

  @Test
  void refusesBytes() {
    BufferedImage grey = new BufferedImage(4, 3, BufferedImage.TYPE_BYTE_GRAY);

    assertRefused(
        ForeignTiff.plain(ByteOrder.LITTLE_ENDIAN).encode(grey),
        RejectReason.UNSUPPORTED,
        "it has 8-bit unsigned integers, write float32");
  }

  @Test
  void refusesPredictors() {
    byte[] encoded = set(TiffMap.encode(noise(4, 3, 8)), TiffDirectory.COMPRESSION, 8);

    assertRefused(
        rename(encoded, TiffDirectory.PHOTOMETRIC, TiffDirectory.PREDICTOR, 3),
        RejectReason.UNSUPPORTED,
        "it is compressed with TIFF's predictor 3, write it without");
  }

  @Test
  void refusesBitsInReverse() {
    byte[] encoded = TiffMap.encode(noise(4, 3, 9));

    assertRefused(
        rename(encoded, TiffDirectory.PHOTOMETRIC, TiffDirectory.FILL_ORDER, 2),
        RejectReason.UNSUPPORTED,
        "its bits are in reverse (TIFF's fill order), write them in order");
  }

  @Test
  void refusesSeveralPages() {
    byte[] encoded = TiffMap.encode(noise(4, 3, 10));
    int count = little(encoded).getShort(TiffDirectory.HEADER_BYTES);
    // A directory that follows itself would never end.
    little(encoded).putInt(ENTRIES_OFFSET + count * ENTRY_BYTES, TiffDirectory.HEADER_BYTES);

    assertRefused(
        encoded,
        RejectReason.UNSUPPORTED,
        "it has more than one page, write each map into a file of its own");
  }

  @Test
  void refusesAFileWithoutATagThatItNeeds() {
    byte[] encoded = TiffMap.encode(noise(4, 3, 11));

    assertRefused(
        rename(encoded, TiffDirectory.STRIP_BYTE_COUNTS, 60000, 0),
        RejectReason.UNREADABLE,
        "it lacks TIFF tag 279");
  }

  @Test
  void refusesTooFewStrips() {
    byte[] encoded = set(TiffMap.encode(noise(4, 3, 12)), TiffDirectory.ROWS_PER_STRIP, 1);

    assertRefused(encoded, RejectReason.UNREADABLE, "its TIFF tag 273 has only 1 values");
  }

  @Test
  void refusesATagOfTheWrongType() {
    byte[] encoded = TiffMap.encode(noise(4, 3, 13));
    little(encoded).putShort(entry(encoded, TiffDirectory.IMAGE_WIDTH) + 2, (short) 11);

    assertRefused(
        encoded, RejectReason.UNREADABLE, "its TIFF tag 256 is of type 11, neither short nor long");
  }

  @Test
  void refusesNanAndNamesItsPixel() {
    float[] values = new float[12];
    values[7] = Float.NaN;
    values[9] = Float.NaN;

    assertRefused(
        TiffMap.encode(new FloatMap(4, 3, values)),
        RejectReason.UNREADABLE,
        "it is NaN at column 3, row 1, write a number for each pixel");
  }

  @Test
  void refusesTooManyBytes() {
    byte[] encoded = TiffMap.encode(noise(4, 3, 14));

    assertThat(rejection(encoded, new DecodeLimits(100, 100)))
        .hasMessage("it is %d bytes long, more than the limit of 100".formatted(encoded.length))
        .extracting(RejectedImageException::reason)
        .isEqualTo(RejectReason.TOO_LARGE);
  }

  @ParameterizedTest
  @CsvSource({"100000, 100000", "4294967295, 4294967295", "4294967295, 1", "1, 67108865"})
  void refusesTooManyPixelsBeforeMemoryIsTaken(long width, long height) {
    byte[] encoded = TiffMap.encode(noise(4, 3, 15));
    set(encoded, TiffDirectory.IMAGE_WIDTH, width);
    set(encoded, TiffDirectory.IMAGE_LENGTH, height);

    assertRefused(
        encoded,
        RejectReason.TOO_LARGE,
        "it has %d x %d pixels, more than the limit of 67108864".formatted(width, height));
  }

  @Test
  void refusesMorePixelsThanAnArrayHoldsWhateverTheLimit() {
    byte[] encoded = set(TiffMap.encode(noise(4, 3, 16)), TiffDirectory.IMAGE_WIDTH, 1 << 30);

    assertThat(rejection(encoded, new DecodeLimits(Long.MAX_VALUE, Long.MAX_VALUE)).reason())
        .isEqualTo(RejectReason.TOO_LARGE);
  }

  @Test
  void refusesTilesThatAreFarLargerThanTheMap() {
    byte[] encoded =
        ForeignTiff.plain(ByteOrder.LITTLE_ENDIAN).inTiles(16, 16).encode(noise(20, 20, 17));
    set(encoded, TiffDirectory.TILE_WIDTH, 1 << 20);
    set(encoded, TiffDirectory.TILE_LENGTH, 1 << 20);

    assertThat(rejection(encoded))
        .hasMessage("it has 1048576 x 1048576 pixels, more than the limit of 67108864");
  }

  @Test
  void refusesStripsThatShareTheirBytes() {
    byte[] encoded = ForeignTiff.compressed("ZLib").inTiles(16, 16).encode(noise(64, 64, 18));
    ByteBuffer file = little(encoded);
    int offsets = file.getInt(entry(encoded, TiffDirectory.TILE_OFFSETS) + 8);
    int lengths = file.getInt(entry(encoded, TiffDirectory.TILE_BYTE_COUNTS) + 8);
    for (int tile = 0; tile < 16; tile++) {
      file.putInt(offsets + 4 * tile, file.getInt(offsets));
      file.putInt(lengths + 4 * tile, encoded.length - file.getInt(offsets));
    }

    assertRefused(encoded, RejectReason.UNREADABLE, "it is damaged: its strips or tiles overlap");
  }

  @Test
  void expandsNoMoreThanTheMapHolds() {
    byte[] bomb = deflated(new byte[1 << 24]);

    FloatMap map = decode(compressed(bomb, 4, 3));

    assertSame(map, new FloatMap(4, 3, new float[12]));
  }

  @ParameterizedTest
  @CsvSource({"LZW", "ZLib", "PackBits"})
  void refusesCompressedDataThatEndsEarly(String compression) {
    byte[] encoded = ForeignTiff.compressed(compression).inTiles(64, 64).encode(noise(64, 64, 19));
    int entry = entry(encoded, TiffDirectory.TILE_BYTE_COUNTS);
    little(encoded).putInt(entry + 8, little(encoded).getInt(entry + 8) / 2);

    assertRefused(encoded, RejectReason.TRUNCATED, "it ends before the image does");
  }

  @Test
  void refusesDeflatedDataThatDoesNotMatchItsChecksum() {
    byte[] data = deflated(new byte[12 * Float.BYTES]);
    data[data.length - 1] ^= 1;

    assertRefused(
        compressed(data, 4, 3),
        RejectReason.UNREADABLE,
        "it is damaged: its deflated data is invalid");
  }

  @Test
  void refusesLzwCodesThatAreNotInTheTable() {
    byte[] data = {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF};
    byte[] encoded = set(compressed(data, 4, 3), TiffDirectory.COMPRESSION, 5);

    assertRefused(encoded, RejectReason.UNREADABLE, "it is damaged: its LZW data is invalid");
  }

  @Test
  void rejectsEveryCutOfItsOwnFilesAsTruncated() {
    byte[] whole = TiffMap.encode(noise(5, 4, 20));

    for (int length = 1; length < whole.length; length++) {
      assertThat(rejection(Arrays.copyOf(whole, length)).reason())
          .as("cut to %d of %d bytes", length, whole.length)
          .isEqualTo(RejectReason.TRUNCATED);
    }
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void rejectsCutsOfOtherFilesAsTruncated(ForeignTiff writer) {
    byte[] whole = writer.encode(noise(20, 20, 21));

    // Writers may leave a few bytes at the end that nothing refers to.
    for (int length = 1; length < whole.length - 16; length += 3) {
      assertThat(rejection(Arrays.copyOf(whole, length)).reason())
          .as("cut to %d of %d bytes", length, whole.length)
          .isEqualTo(RejectReason.TRUNCATED);
    }
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void meetsAnyDamageWithAMapOrARejection(ForeignTiff writer) {
    byte[] whole = writer.encode(noise(20, 20, 22));
    ByteBuffer file = little(whole);
    if (whole[0] == 'M') {
      file.order(ByteOrder.BIG_ENDIAN);
    }
    int directory = file.getInt(4);
    DecodeLimits limits = new DecodeLimits(1 << 16, 1 << 20);
    Random random = new Random(23);

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int round = 0; round < 2000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i < 3; i++) {
              // Mostly in the directory, where it hurts.
              int at =
                  random.nextInt(4) > 0
                      ? directory + random.nextInt(Math.min(160, whole.length - directory))
                      : random.nextInt(whole.length);
              damaged[at] = (byte) random.nextInt(random.nextBoolean() ? 8 : 256);
            }
            assertThat(catchThrowable(() -> TiffMap.decode(damaged, limits)))
                .satisfiesAnyOf(
                    thrown -> assertThat(thrown).isNull(),
                    thrown -> assertThat(thrown).isInstanceOf(RejectedImageException.class));
          }
        });
  }

  private static FloatMap decode(byte[] encoded) {
    return TiffMap.decode(encoded, DecodeLimits.defaults());
  }

  private static void assertSame(FloatMap actual, FloatMap expected) {
    assertThat(actual.width()).isEqualTo(expected.width());
    assertThat(actual.height()).isEqualTo(expected.height());
    assertThat(Arrays.mismatch(actual.values(), expected.values())).isEqualTo(-1);
  }

  private static void assertRefused(byte[] encoded, RejectReason reason, String message) {
    assertThat(rejection(encoded))
        .hasMessage(message)
        .extracting(RejectedImageException::reason)
        .isEqualTo(reason);
  }

  private static RejectedImageException rejection(byte[] encoded) {
    return rejection(encoded, DecodeLimits.defaults());
  }

  private static RejectedImageException rejection(byte[] encoded, DecodeLimits limits) {
    RejectedImageException rejection =
        catchThrowableOfType(RejectedImageException.class, () -> TiffMap.decode(encoded, limits));
    assertThat(rejection).isNotNull();
    return rejection;
  }

  private static FloatMap noise(int width, int height, long seed) {
    float[] values = new float[width * height];
    Random random = new Random(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FloatMap(width, height, values);
  }

  /** With runs and repetitions, which noise has none of. */
  private static FloatMap smooth(int width, int height) {
    float[] values = new float[width * height];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 500 % 3;
    }
    return new FloatMap(width, height, values);
  }

  private static byte[] deflated(byte[] data) {
    Deflater deflater = new Deflater();
    deflater.setInput(data);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 12];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  /** A file of one deflated strip. */
  private static byte[] compressed(byte[] data, int width, int height) {
    byte[] stored = TiffMap.encode(new FloatMap(width, height, new float[width * height]));
    int offset = stored.length - width * height * Float.BYTES;
    byte[] encoded = Arrays.copyOf(stored, offset + data.length);
    System.arraycopy(data, 0, encoded, offset, data.length);
    set(encoded, TiffDirectory.STRIP_BYTE_COUNTS, data.length);
    return set(encoded, TiffDirectory.COMPRESSION, 8);
  }

  private static ByteBuffer little(byte[] encoded) {
    return ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Where a little-endian file has the entry of a tag. */
  private static int entry(byte[] encoded, int tag) {
    ByteBuffer file = little(encoded);
    int entry = file.getInt(4) + Short.BYTES;
    while (Short.toUnsignedInt(file.getShort(entry)) != tag) {
      entry += ENTRY_BYTES;
    }
    return entry;
  }

  /** Gives a tag of a little-endian file one value, of 4 bytes. */
  private static byte[] set(byte[] encoded, int tag, long value) {
    return rename(encoded, tag, tag, value);
  }

  private static byte[] rename(byte[] encoded, int tag, int renamed, long value) {
    int entry = entry(encoded, tag);
    little(encoded)
        .putShort(entry, (short) renamed)
        .putShort(entry + 2, (short) TiffDirectory.LONG)
        .putInt(entry + 8, (int) value);
    return encoded;
  }
}
