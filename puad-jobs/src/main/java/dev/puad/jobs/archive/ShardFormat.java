package dev.puad.jobs.archive;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How many images are kept in one file. */
enum ShardFormat {
  TAR("tar"),
  TAR_GZ("tar\\.gz|tgz"),
  TAR_XZ("tar\\.xz|txz"),
  ZIP("zip");

  private final String extensions;

  ShardFormat(String extensions) {
    this.extensions = ".*\\.(" + extensions + ")";
  }

  /** The format that a file's name tells; empty for a file that is no shard. */
  static Optional<ShardFormat> of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(format -> lower.matches(format.extensions)).findFirst();
  }
}
