package dev.puad.model.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureSourceTest {

  @ParameterizedTest
  @EnumSource
  void isFoundByItsName(FeatureSource source) {
    assertThat(FeatureSource.named(source.title())).isEqualTo(source);
  }

  @Test
  void anUnknownNameIsRefused() {
    assertThatThrownBy(() -> FeatureSource.named("autoencoder"))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "Cannot take unpicturable features from autoencoder. Choose student or teacher.");
  }
}
