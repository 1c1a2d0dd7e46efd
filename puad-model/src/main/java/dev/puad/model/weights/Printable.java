package dev.puad.model.weights;

/** What a file says, made fit for a message of one line. */
public final class Printable {

  private static final int LONGEST = 100;

  private Printable() {}

  /** At most 100 characters of a text, anything but letters, digits, signs and spaces as "?". */
  public static String of(String text) {
    String shown = text.strip();
    return shown
        .substring(0, Math.min(shown.length(), LONGEST))
        .replaceAll("[^\\p{L}\\p{N}\\p{P}\\p{S} ]", "?");
  }
}
