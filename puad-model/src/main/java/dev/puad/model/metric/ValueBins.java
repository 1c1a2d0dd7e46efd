package dev.puad.model.metric;

import dev.puad.model.stats.FloatOrder;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The bins that one pass over the maps counts anomaly values in. Together they hold every value but
 * NaN. Some ranges of values are under study, each cut into equally many keys (see {@link
 * FloatOrder}); whatever lies between two of them is one bin.
 *
 * <p>Bins are ordered as their values are.
 */
public final class ValueBins implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int KEY_BITS = 32;

  /** A float's sign, exponent and 7 leading bits of its fraction. */
  private static final int COARSE_BITS = 16;

  /** With 11 leading bits of the fraction, there is seldom more than one range. */
  private static final int INDEX_BITS = 20;

  private static final long KEYS = 1L << KEY_BITS;

  /**
   * A range to be studied.
   *
   * @param first its first key, a multiple of its length
   * @param lengthBits its length in keys, as a power of 2
   * @param partBits how many bins to cut it into, as a power of 2; at most lengthBits
   */
  record Split(long first, int lengthBits, int partBits) {

    int parts() {
      return 1 << partBits;
    }

    /** The same range, cut by some powers of 2 finer, as far as it goes. */
    Split finer(int bits) {
      return new Split(first, lengthBits, Math.min(lengthBits, partBits + bits));
    }
  }

  /** Where each range begins, ascending; the first at 0. */
  private final long[] first;

  /** How many keys a bin of each range has, as a power of 2. */
  private final int[] binBits;

  /** The first bin of each range. */
  private final int[] firstBin;

  /** Whether each range is under study. */
  private final boolean[] studied;

  private final int size;

  /** Null until it is needed, since states carry their bins along. */
  private transient Index index;

  private ValueBins(List<Split> splits) {
    int capacity = 2 * splits.size() + 1;
    long[] starts = new long[capacity];
    int[] bits = new int[capacity];
    int[] bins = new int[capacity];
    boolean[] studies = new boolean[capacity];
    int ranges = 0;
    int next = 0;
    long end = 0;
    for (Split split : splits) {
      if (split.first() > end) {
        starts[ranges] = end;
        bits[ranges] = KEY_BITS;
        bins[ranges++] = next++;
      }
      int binBits = split.lengthBits() - split.partBits();
      // Equal bins in a row are one range, which is faster to find.
      if (ranges == 0 || !studies[ranges - 1] || bits[ranges - 1] != binBits) {
        starts[ranges] = split.first();
        bits[ranges] = binBits;
        studies[ranges] = true;
        bins[ranges++] = next;
      }
      next = Math.addExact(next, split.parts());
      end = split.first() + (1L << split.lengthBits());
    }
    if (end < KEYS) {
      starts[ranges] = end;
      bits[ranges] = KEY_BITS;
      bins[ranges++] = next++;
    }
    first = Arrays.copyOf(starts, ranges);
    binBits = Arrays.copyOf(bits, ranges);
    firstBin = Arrays.copyOf(bins, ranges);
    studied = Arrays.copyOf(studies, ranges);
    size = next;
  }

  /**
   * Where to look for a key, by its leading {@link #INDEX_BITS}. Where only one range has keys that
   * begin so, the key's bin is {@code base + (key >>> bits)}.
   *
   * @param range the range that holds the lowest such key; one more entry than there are beginnings
   * @param base of a beginning with one range
   * @param bits of a beginning with one range; else {@link #SEVERAL}
   */
  private record Index(int[] range, int[] base, byte[] bits) {

    static final byte SEVERAL = -1;
  }

  private Index makeIndex() {
    int entries = 1 << INDEX_BITS;
    Index made = new Index(new int[entries + 1], new int[entries], new byte[entries]);
    int range = 0;
    for (int i = 0; i <= entries; i++) {
      long key = Math.min((long) i << (KEY_BITS - INDEX_BITS), KEYS - 1);
      while (range + 1 < first.length && first[range + 1] <= key) {
        range++;
      }
      made.range[i] = range;
    }
    for (int i = 0; i < entries; i++) {
      int low = made.range[i];
      boolean one =
          low == made.range[i + 1] || first[low + 1] == (i + 1L) << (KEY_BITS - INDEX_BITS);
      made.bits[i] = one ? (byte) binBits[low] : Index.SEVERAL;
      made.base[i] = firstBin[low] - (int) (first[low] >>> binBits[low]);
    }
    return made;
  }

  /** All values in 65,536 bins: 128 from a value to its double. */
  public static ValueBins coarse() {
    return new ValueBins(List.of(new Split(0, KEY_BITS, COARSE_BITS)));
  }

  /** The bins of disjoint ranges, in any order. */
  static ValueBins of(List<Split> splits) {
    return new ValueBins(splits.stream().sorted(Comparator.comparingLong(Split::first)).toList());
  }

  /** The number of bins. */
  public int size() {
    return size;
  }

  /** The bin of a key of {@link FloatOrder}. */
  int bin(int key) {
    return bin(key, index());
  }

  /** Counts some of a map's values, from {@code start} (inclusive) to {@code end} (exclusive). */
  void count(float[] map, int start, int end, int[] counts) {
    Index found = index();
    for (int i = start; i < end; i++) {
      counts[bin(FloatOrder.key(map[i]), found)]++;
    }
  }

  private Index index() {
    if (index == null) {
      index = makeIndex();
    }
    return index;
  }

  private int bin(int key, Index in) {
    int entry = key >>> (KEY_BITS - INDEX_BITS);
    byte bits = in.bits[entry];
    return bits == Index.SEVERAL
        ? search(key, in.range[entry], in.range[entry + 1])
        : in.base[entry] + (int) (Integer.toUnsignedLong(key) >>> bits);
  }

  private int search(int key, int least, int most) {
    int low = least;
    int high = most;
    long unsigned = Integer.toUnsignedLong(key);
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (first[middle] <= unsigned) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return firstBin[low] + (int) ((unsigned - first[low]) >>> binBits[low]);
  }

  /** The number of ranges, with those between the studied ones. */
  int ranges() {
    return first.length;
  }

  /** Whether a range is under study. */
  boolean isStudied(int range) {
    return studied[range];
  }

  /** A range's first bin; that after the last range is {@link #size()}. */
  int firstBin(int range) {
    return range == first.length ? size : firstBin[range];
  }

  /** Whether the bins of a range hold one value each. */
  boolean holdsSingleValues(int range) {
    return binBits[range] == 0;
  }

  /** The least value of a bin. */
  float leastValue(int range, int bin) {
    float least = FloatOrder.value((int) firstKey(range, bin));
    // The lowest bin begins with keys that no value has.
    return Float.isNaN(least) ? Float.NEGATIVE_INFINITY : least;
  }

  /**
   * A bin as a range of its own.
   *
   * @param parts at least how many bins to cut it into, rounded up to a power of 2; fewer where it
   *     has fewer values
   * @param mostParts at most how many
   */
  Split split(int range, int bin, double parts, int mostParts) {
    int most = Math.min(binBits[range], KEY_BITS - 1 - Integer.numberOfLeadingZeros(mostParts));
    int bits = Math.min(1, most);
    while (bits < most && 1L << bits < parts) {
      bits++;
    }
    return new Split(firstKey(range, bin), binBits[range], bits);
  }

  private long firstKey(int range, int bin) {
    return first[range] + ((long) (bin - firstBin[range]) << binBits[range]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValueBins bins
        && Arrays.equals(first, bins.first)
        && Arrays.equals(binBits, bins.binBits)
        && Arrays.equals(studied, bins.studied);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(first);
  }
}
