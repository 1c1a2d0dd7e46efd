package dev.puad.model.detect;

import dev.puad.model.network.Architecture;
import dev.puad.model.onnx.FoldedNetworks;
import dev.puad.model.onnx.NetworkGraph;
import dev.puad.model.onnx.OnnxWeights;

/**
 * The networks as an ONNX model, ready to travel: what is scored with is derived from its weights
 * where it is opened, and may be several times larger.
 *
 * @param architecture the networks' sizes
 * @param onnx a {@linkplain ScoringGraph model} of any style
 * @param style how convolutions are to be computed
 * @param source whose features are pooled
 */
public record PackedGraph(
    Architecture architecture, byte[] onnx, NetworkGraph.Style style, FeatureSource source)
    implements PackedDetector {

  @Override
  public long openBytes() {
    // Winograd's filters are 36 or 49 numbers for 9 or 16, and the runtime packs them once more.
    int copies = style == NetworkGraph.Style.WINOGRAD ? 7 : 2;
    return (long) copies * onnx.length + 2 * architecture.activationBytes();
  }

  @Override
  public Detector open(Device device) {
    FoldedNetworks networks =
        FoldedNetworks.of(architecture, OnnxWeights.read(onnx, "the ONNX model"));
    return OnnxDetector.open(
        architecture, ScoringGraph.uncalibrated(networks, style, source), device);
  }
}
