package dev.puad.model.weights;

/** What a file may ask for; the largest here, PDN-M's student of 768 channels, takes 44 MiB. */
final class Limits {

  /** Of a file, of what a zip inflates to, and of all tensors together. */
  static final long BYTES = 128L << 20;

  /** Of the part that names and describes the tensors. */
  static final int DESCRIPTION_BYTES = 4 << 20;

  /** How many times its length a zip's entry may inflate to; networks reach less than twice. */
  static final int COMPRESSION = 100;

  /** From which on that is asked; a small entry of zeros does no harm. */
  static final long COMPRESSION_BYTES = 4L << 20;

  static final int ENTRIES = 10_000;
  static final int AXES = 64;

  /** Of a pickle, whose every opcode may take some 100 bytes; a tensor has about 50. */
  static final int OPCODES = 500_000;

  private Limits() {}
}
