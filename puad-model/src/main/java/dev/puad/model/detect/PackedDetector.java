package dev.puad.model.detect;

import dev.puad.model.network.Architecture;
import java.io.Serializable;

/** A detector as it travels to executors, each of which opens it for its tasks. */
public interface PackedDetector extends Serializable {

  /** The networks' sizes. */
  Architecture architecture();

  /** About how many bytes of memory the engine takes once it is open and one image is in it. */
  long openBytes();

  /** Opens the engine; the caller closes it. */
  Detector open(Device device);
}
