package dev.puad.model.onnx;

import dev.puad.model.onnx.GraphBuilder.Attribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Convolutions by {@linkplain WinogradTransform Winograd's minimal filtering} in tiles of 4×4
 * outputs, written in standard operators: the tiles' transform along each axis as depthwise
 * convolutions of stride 4, the products of each of the n² points as one group of a 1×1
 * convolution, and the way back as one product of matrices.
 *
 * <p>A bias is added at point (1, 1), from where it reaches every output once. What works position
 * by position is done on tiles as they lie; only then are they put together to an image.
 */
final class WinogradConvolutions implements Convolutions {

  /** m: outputs of a tile along an axis. */
  private static final int TILE = 4;

  /** Below it, transforms cost what products save. */
  private static final int FEWEST_CHANNELS = 16;

  /** Below it, the transformed filters are more than the image. */
  private static final int SMALLEST_SIDE = 16;

  private final PlainConvolutions plain = new PlainConvolutions();
  private final Map<String, List<String>> transformed = new HashMap<>();

  /**
   * A convolution cut into tiles.
   *
   * @param transform F(4, kernel)
   * @param tiles along each axis
   */
  private record Tiling(WinogradTransform transform, int tiles) {

    /** Tiles that cover so many outputs. */
    static Tiling of(int kernel, int outputs) {
      return new Tiling(WinogradTransform.of(TILE, kernel), (outputs + TILE - 1) / TILE);
    }

    int points() {
      return transform.points() * transform.points();
    }

    int positions() {
      return tiles * tiles;
    }
  }

  @Override
  public Value convolve(
      GraphBuilder graph, Value input, Convolution weights, int padding, Then then) {
    Term term = new Term(input, weights, padding);
    if (!pays(term)) {
      return plain.convolve(graph, input, weights, padding, then);
    }
    int kept = then == Then.RELU_AND_POOL ? term.side() / 2 * 2 : term.side();
    Tiling tiling = Tiling.of(weights.kernel(), kept);
    String points = products(graph, List.of(term), tiling, weights.name());
    String tiles = outputs(graph, points, tiling, weights.outputs());
    return switch (then) {
      case RELU ->
          assembled(
              graph, graph.add("Relu", List.of(tiles)), tiling, weights.outputs(), TILE, kept);
      case RELU_AND_POOL -> {
        String rectified = graph.add("Relu", List.of(tiles));
        int half = TILE / 2;
        String windows =
            graph.reshape(
                rectified, -1, half, 2, half, 2, (long) weights.outputs() * tiling.positions());
        String means =
            graph.add(
                "ReduceMean",
                List.of(windows),
                Attribute.of("axes", 2, 4),
                Attribute.one("keepdims", 0));
        yield assembled(graph, means, tiling, weights.outputs(), half, kept / 2);
      }
    };
  }

  @Override
  public Value meanSquaredDifference(GraphBuilder graph, Term minuend, Term subtrahend) {
    if (!pays(minuend) || !pays(subtrahend)) {
      return plain.meanSquaredDifference(graph, minuend, subtrahend);
    }
    // A difference of convolutions is one convolution of both inputs, if the kernels are of a size.
    int kernel = Math.max(minuend.weights().kernel(), subtrahend.weights().kernel());
    Tiling tiling = Tiling.of(kernel, minuend.side());
    int channels = minuend.weights().outputs();
    String points =
        products(
            graph,
            List.of(minuend, subtrahend),
            tiling,
            minuend.weights().name() + "-" + subtrahend.weights().name());
    String tiles = outputs(graph, points, tiling, channels);
    String squared = graph.add("Mul", List.of(tiles, tiles));
    String mean =
        graph.add(
            "ReduceMean",
            List.of(graph.reshape(squared, -1, TILE * TILE, channels, tiling.positions())),
            Attribute.of("axes", 2),
            Attribute.one("keepdims", 0));
    return assembled(graph, mean, tiling, 1, TILE, minuend.side());
  }

  private static boolean pays(Term term) {
    return term.weights().kernel() > 1
        && term.weights().inputs() >= FEWEST_CHANNELS
        && term.side() >= SMALLEST_SIDE;
  }

  /**
   * The products at every point, [N, n² · C, tiles, tiles]: of one convolution, or of a first one
   * less a second.
   */
  private String products(GraphBuilder graph, List<Term> terms, Tiling tiling, String name) {
    int points = tiling.points();
    List<String> inputs = new ArrayList<>();
    List<List<String>> each = terms.stream().map(term -> transformed(graph, term, tiling)).toList();
    for (int point = 0; point < points; point++) {
      for (List<String> of : each) {
        inputs.add(of.get(point));
      }
    }
    int outputs = terms.get(0).weights().outputs();
    int channels = terms.stream().mapToInt(term -> term.weights().inputs()).sum();
    float[] filters = new float[points * outputs * channels];
    float[] biases = new float[points * outputs];
    int first = 0;
    for (Term term : terms) {
      int sign = first == 0 ? 1 : -1;
      addFilters(filters, biases, tiling.transform(), term.weights(), sign, first, channels);
      first += term.weights().inputs();
    }
    return graph.add(
        "Conv",
        List.of(
            graph.add("Concat", inputs, Attribute.one("axis", 1)),
            graph.constant(name + ".points", filters, (long) points * outputs, channels, 1, 1),
            graph.constant(name + ".points.bias", biases, (long) points * outputs)),
        Attribute.of("kernel_shape", 1, 1),
        Attribute.one("group", points));
  }

  /** G g Gᵀ of each filter, as [point, output, input]; the inputs from {@code first} on. */
  private static void addFilters(
      float[] filters,
      float[] biases,
      WinogradTransform transform,
      Convolution weights,
      int sign,
      int first,
      int channels) {
    int n = transform.points();
    int kernel = weights.kernel();
    double[][] matrix = transform.filter();
    double[] rows = new double[n * kernel];
    for (int o = 0; o < weights.outputs(); o++) {
      biases[
              (WinogradTransform.POINT_ONE * n + WinogradTransform.POINT_ONE) * weights.outputs()
                  + o] +=
          sign * weights.bias()[o];
      for (int c = 0; c < weights.inputs(); c++) {
        int at = (o * weights.inputs() + c) * kernel * kernel;
        for (int i = 0; i < n; i++) {
          for (int x = 0; x < kernel; x++) {
            double sum = 0;
            for (int y = 0; y < kernel; y++) {
              sum += matrix[i][y] * weights.weight()[at + y * kernel + x];
            }
            rows[i * kernel + x] = sum;
          }
        }
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int x = 0; x < kernel; x++) {
              sum += rows[i * kernel + x] * matrix[j][x];
            }
            filters[((i * n + j) * weights.outputs() + o) * channels + first + c] =
                (float) (sign * sum);
          }
        }
      }
    }
  }

  /** The n² values [N, C, tiles, tiles] of every tile's Bᵀ d B, row by row. */
  private List<String> transformed(GraphBuilder graph, Term term, Tiling tiling) {
    Value input = term.input();
    String key =
        "%s %d %d %d"
            .formatted(input.name(), tiling.transform().taps(), term.padding(), tiling.tiles());
    return transformed.computeIfAbsent(
        key,
        missing -> {
          List<String> values = new ArrayList<>();
          for (double[] row : tiling.transform().input()) {
            String rows = tapped(graph, input, row, term.padding(), tiling, Axis.VERTICAL);
            Value tall = new Value(rows, input.channels(), input.side());
            for (double[] column : tiling.transform().input()) {
              values.add(tapped(graph, tall, column, term.padding(), tiling, Axis.HORIZONTAL));
            }
          }
          return values;
        });
  }

  private enum Axis {
    VERTICAL,
    HORIZONTAL
  }

  /** Weighted sums along one axis of every channel by itself, one a tile. */
  private static String tapped(
      GraphBuilder graph, Value input, double[] taps, int padding, Tiling tiling, Axis axis) {
    int length = taps.length;
    while (taps[length - 1] == 0) {
      length--;
    }
    float[] filters = new float[input.channels() * length];
    for (int i = 0; i < filters.length; i++) {
      filters[i] = (float) taps[i % length];
    }
    int after = Math.max(0, (tiling.tiles() - 1) * TILE + length - input.side() - padding);
    StringBuilder name =
        new StringBuilder("taps." + axis.name().toLowerCase(java.util.Locale.ROOT));
    for (int i = 0; i < length; i++) {
      name.append('_').append(taps[i]);
    }
    name.append("_x").append(input.channels());
    boolean vertical = axis == Axis.VERTICAL;
    long tall = vertical ? length : 1;
    long wide = vertical ? 1 : length;
    return graph.add(
        "Conv",
        List.of(
            input.name(),
            graph.constant(name.toString(), filters, input.channels(), 1, tall, wide)),
        Attribute.of("kernel_shape", tall, wide),
        Attribute.of("strides", vertical ? TILE : 1, vertical ? 1 : TILE),
        vertical
            ? Attribute.of("pads", padding, 0, after, 0)
            : Attribute.of("pads", 0, padding, 0, after),
        Attribute.one("group", input.channels()));
  }

  /** Aᵀ M A of every tile: [N, 16, C · tiles · tiles]. */
  private static String outputs(GraphBuilder graph, String points, Tiling tiling, int channels) {
    double[][] matrix = tiling.transform().output();
    int n = tiling.transform().points();
    float[] both = new float[TILE * TILE * n * n];
    int next = 0;
    for (double[] row : matrix) {
      for (double[] column : matrix) {
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            both[next++] = (float) (row[i] * column[j]);
          }
        }
      }
    }
    return graph.add(
        "MatMul",
        List.of(
            graph.constant("outputs." + n, both, TILE * TILE, (long) n * n),
            graph.reshape(points, -1, (long) n * n, (long) channels * tiling.positions())));
  }

  /** Tiles [N, block², C, tiles · tiles] put together, without what juts out. */
  private static Value assembled(
      GraphBuilder graph, String tiles, Tiling tiling, int channels, int block, int side) {
    String image =
        graph.add(
            "DepthToSpace",
            List.of(
                graph.reshape(
                    tiles, -1, (long) block * block * channels, tiling.tiles(), tiling.tiles())),
            Attribute.one("blocksize", block));
    if (tiling.tiles() * block > side) {
      image =
          graph.add(
              "Slice", List.of(image, graph.list(0, 0), graph.list(side, side), graph.list(2, 3)));
    }
    return new Value(image, channels, side);
  }
}
