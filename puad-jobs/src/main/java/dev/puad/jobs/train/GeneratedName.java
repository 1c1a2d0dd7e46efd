package dev.puad.jobs.train;

import dev.puad.model.generate.GeneratedImage;
import dev.puad.model.image.RgbImage;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands for a generated image where others have the URI of a file: enough to draw it
 * anywhere.
 *
 * @param seed of all images that are drawn for one purpose
 * @param index which of them, at least 0
 */
record GeneratedName(long seed, long index) {

  private static final Pattern URI = Pattern.compile("generated:(-?\\d+)/(\\d+)");

  /** The image that a URI stands for; empty where it is a file's. */
  static Optional<GeneratedName> parse(String uri) {
    Matcher parts = URI.matcher(uri);
    return parts.matches()
        ? Optional.of(
            new GeneratedName(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))))
        : Optional.empty();
  }

  /** The name as {@code generated:<seed>/<index>}. */
  String uri() {
    return "generated:" + seed + "/" + index;
  }

  /** The image itself, {@code side} pixels wide and high. */
  RgbImage draw(int side) {
    return GeneratedImage.draw(seed, index, side);
  }
}
