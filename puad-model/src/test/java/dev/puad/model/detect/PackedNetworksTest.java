package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import dev.puad.model.stats.JavaSerialization;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PackedNetworksTest {

  @Test
  void survivesSerialization() {
    PackedNetworks packed = NarrowDetector.of(FeatureSource.STUDENT).packed();
    byte[] image = NarrowDetector.image(4);
    assertThat(NarrowDetector.said(JavaSerialization.roundTrip(packed), image))
        .isEqualTo(NarrowDetector.said(packed, image));
  }

  @Test
  void everyDetectorThatIsOpenedSaysTheSame() {
    PackedNetworks packed = NarrowDetector.of(FeatureSource.TEACHER).packed();
    byte[] image = NarrowDetector.image(4);
    assertThat(NarrowDetector.said(packed, image)).isEqualTo(NarrowDetector.said(packed, image));
  }

  @Test
  void aDamagedNetworkIsRefused() {
    PackedNetworks packed = NarrowDetector.of(FeatureSource.STUDENT).packed();
    PackedNetworks damaged =
        new PackedNetworks(
            packed.architecture(),
            packed.teacher(),
            Arrays.copyOf(packed.network(), 100),
            packed.statistics(),
            packed.source());
    assertThatThrownBy(() -> damaged.open(Device.cpu(1)))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot read network detection: it is not a Deeplearning4j model, or damaged."
                + " Train again.");
  }
}
