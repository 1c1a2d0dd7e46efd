package dev.puad.jobs.archive;

import java.util.Optional;

/**
 * An image in a shard.
 *
 * @param path its name in the shard, with slashes, as it would lie in a folder
 * @param modified when it was last modified, in milliseconds since the epoch; when the shard was,
 *     if the shard does not tell
 * @param length in bytes, once it is taken out
 * @param offset of its first byte, as {@code coding} says
 * @param stored bytes that it takes in the shard
 * @param problem why it is not read, if it is not
 */
public record ShardEntry(
    String path,
    long modified,
    long length,
    Coding coding,
    long offset,
    long stored,
    Optional<Problem> problem) {

  ShardEntry with(Problem found) {
    return new ShardEntry(path, modified, length, coding, offset, stored, Optional.of(found));
  }
}
