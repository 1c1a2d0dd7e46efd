package dev.puad.jobs.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.puad.model.BadInputException;
import dev.puad.model.distill.TeacherFile;
import dev.puad.model.network.ChannelMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

  private static final String FINGERPRINT = "0123abcd";

  private final Checkpoint checkpoint =
      new Checkpoint(
          30,
          new byte[] {1, -2, 3, 0, 5},
          new ChannelMap(new float[] {1, 2, 3, 4, 5, 6}, new float[] {0.1f, Float.MIN_VALUE}),
          new TeacherFile.Statistics(new double[] {1 / 3.0, 2, 3}, new double[] {4, 5, 6}));

  private Path file;

  @BeforeEach
  void write(@TempDir Path folder) {
    file = Checkpoint.beside(folder.resolve("teacher.safetensors"));
    checkpoint.write(file, FINGERPRINT);
  }

  @Test
  void itLiesBesideTheTeachersFile() {
    assertThat(file.getFileName()).hasToString("teacher.safetensors.checkpoint");
  }

  @Test
  void whatIsWrittenReadsBackBitForBit() {
    Checkpoint read = Checkpoint.read(file, FINGERPRINT).orElseThrow();

    assertThat(read.done()).isEqualTo(30);
    assertThat(read.network()).isEqualTo(checkpoint.network());
    assertThat(read.target().matrix()).isEqualTo(checkpoint.target().matrix());
    assertThat(read.target().offset()).isEqualTo(checkpoint.target().offset());
    assertThat(read.statistics().mean()).isEqualTo(checkpoint.statistics().mean());
    assertThat(read.statistics().deviation()).isEqualTo(checkpoint.statistics().deviation());
  }

  @Test
  void aLaterOneTakesItsPlaceAndLeavesNothingElse() throws IOException {
    new Checkpoint(40, checkpoint.network(), checkpoint.target(), checkpoint.statistics())
        .write(file, FINGERPRINT);

    assertThat(Checkpoint.read(file, FINGERPRINT).orElseThrow().done()).isEqualTo(40);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void whereThereIsNoneThereIsNothingToGoOnFrom() throws IOException {
    Files.delete(file);
    assertThat(Checkpoint.read(file, FINGERPRINT)).isEmpty();
  }

  @Test
  void anotherDistillationsIsRefused() {
    assertRefused(
        "4567cdef",
        "Cannot resume from %s: it was made with other options, images or another backbone. Repeat"
            + " them, or give --force instead of --resume to start anew.");
  }

  /** In the header's length, in the header, and in what follows. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.005, 0.5, 0.999})
  void oneThatEndsEarlyIsRefused(double share) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, (int) (share * whole.length)));
    assertDamaged();
  }

  @Test
  void oneWithAWrongBitIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 2] ^= 4;
    Files.write(file, bytes);
    assertDamaged();
  }

  @Test
  void whatIsNoCheckpointIsRefused() throws IOException {
    Files.writeString(file, "This is no checkpoint.");
    assertDamaged();
  }

  private void assertDamaged() {
    assertRefused(
        FINGERPRINT,
        "Cannot resume from %s: it is damaged. Give --force instead of --resume to start anew.");
  }

  private void assertRefused(String fingerprint, String message) {
    assertThatExceptionOfType(BadInputException.class)
        .isThrownBy(() -> Checkpoint.read(file, fingerprint))
        .withMessage(message.formatted(file));
  }
}
