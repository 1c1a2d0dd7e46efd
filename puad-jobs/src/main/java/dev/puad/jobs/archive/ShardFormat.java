package dev.puad.jobs.archive;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/** How many images are kept in one file. */
enum ShardFormat {
  TAR("tar"),
  TAR_GZ("tar\\.gz|tgz"),
  TAR_XZ("tar\\.xz|txz"),
  ZIP("zip");

  private final Pattern names;

  ShardFormat(String extensions) {
    this.names = Pattern.compile(".*\\.(" + extensions + ")", Pattern.CASE_INSENSITIVE);
  }

  /** The format that a file's name tells; empty for a file that is no shard. */
  static Optional<ShardFormat> of(String name) {
    return Arrays.stream(values())
        .filter(format -> format.names.matcher(name).matches())
        .findFirst();
  }
}
