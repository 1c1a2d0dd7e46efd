package dev.puad.jobs.archive;

/** How an entry's bytes lie in its shard. */
public enum Coding {
  /** As they are, at an offset of the file. */
  STORED,
  /** Deflated, at an offset of the file. */
  DEFLATED,
  /** Within a compressed stream, at an offset of what comes out of it. */
  STREAMED
}
