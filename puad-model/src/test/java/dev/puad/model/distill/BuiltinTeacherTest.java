package dev.puad.model.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.network.Architecture;
import dev.puad.model.network.TeacherNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltinTeacherTest {

  private static final int MOST_BYTES = 3_000_000;

  @ParameterizedTest
  @ValueSource(strings = {"small", "tiny"})
  void aNetworksTeacherHasItsWeights(String network) {
    Architecture architecture = Architecture.named(network);
    BuiltinTeacher teacher = BuiltinTeacher.of(architecture);

    assertThatCode(() -> TeacherNetwork.of(architecture, teacher.weights()).close())
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "tiny"})
  void aTeachersFileIsSlimEnoughForARepository(String network) {
    assertThat(BuiltinTeacher.of(Architecture.named(network)).file()).hasSizeLessThan(MOST_BYTES);
  }

  @Test
  void theTeacherIsTheSameForEveryImageSize() {
    Architecture tiny = Architecture.TINY;
    assertThat(BuiltinTeacher.of(tiny.withImageSize(256)).file())
        .isEqualTo(BuiltinTeacher.of(tiny).file());
  }

  @Test
  void theNetworksThatThereIsATeacherForAreKnown() {
    assertThat(BuiltinTeacher.networks()).isEqualTo(List.of("small", "tiny"));
  }

  @Test
  void aNetworkWithoutOneIsRefusedByName() {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> BuiltinTeacher.of(Architecture.MEDIUM))
        .withMessage(
            "Cannot use the built-in teacher with network medium: there is one for small and tiny."
                + " Give --teacher a file (puad distill makes one) or random.");
  }
}
