package dev.puad.model.stats;

/**
 * The order of floats as unsigned 32-bit integers: a &lt; b exactly if key(a) &lt; key(b), compared
 * unsigned. Both zeros have one key, as they compare equal.
 */
public final class FloatOrder {

  private FloatOrder() {}

  /** The key of a value that is not NaN. */
  public static int key(float value) {
    int bits = Float.floatToRawIntBits(value + 0.0f); // −0 + 0 = +0
    return bits ^ ((bits >> 31) | Integer.MIN_VALUE);
  }

  /** The value of a key. */
  public static float value(int key) {
    return Float.intBitsToFloat(key ^ ((~key >> 31) | Integer.MIN_VALUE));
  }
}
