package dev.puad.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.utils.IOUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopChannelTest {

  private static final Configuration HADOOP = TroubledFileSystem.configuration();

  private static final int LENGTH = 100_000;

  @TempDir private Path folder;

  @Test
  void everyPartOfAFileIsReadWhereItIs() throws IOException {
    byte[] content = content();
    Random random = new Random(2);

    try (HadoopChannel channel = channel("file", Long.MAX_VALUE)) {
      for (int i = 0; i < 1000; i++) {
        int from = random.nextInt(LENGTH);
        int length = random.nextInt(Math.min(20_000, LENGTH - from));
        ByteBuffer part = ByteBuffer.allocate(length);
        channel.position(from);

        IOUtils.readFully(channel, part);

        assertThat(Arrays.mismatch(part.array(), Arrays.copyOfRange(content, from, from + length)))
            .isEqualTo(-1);
        assertThat(channel.position()).isEqualTo(from + length);
      }
    }
  }

  @Test
  void behindTheEndIsNothing() throws IOException {
    try (HadoopChannel channel = channel("file", Long.MAX_VALUE)) {
      assertThat(channel.size()).isEqualTo(LENGTH);
      assertThat(channel.position(LENGTH).read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(channel.position(Long.MAX_VALUE).read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void beforeTheBeginningNobodyReads() throws IOException {
    try (HadoopChannel channel = channel("file", Long.MAX_VALUE)) {
      assertThatIOException().isThrownBy(() -> channel.position(-1));
    }
  }

  @Test
  void noMoreIsReadThanAllowed() throws IOException {
    try (HadoopChannel channel = channel("file", 1000)) {
      IOUtils.readFully(channel, ByteBuffer.allocate(1000));
      assertThatExceptionOfType(ShardException.class)
          .isThrownBy(() -> channel.read(ByteBuffer.allocate(1)));

      channel.unlimited();
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(1);
    }
  }

  @Test
  void nothingIsWritten() throws IOException {
    try (HadoopChannel channel = channel("file", 1000)) {
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> channel.write(ByteBuffer.allocate(1)));
      assertThatExceptionOfType(NonWritableChannelException.class)
          .isThrownBy(() -> channel.truncate(1));
    }
  }

  @Test
  void theStoragesOwnFailureCannotBeTakenForDamage() throws IOException {
    try (HadoopChannel channel = channel("fails", Long.MAX_VALUE)) {
      channel.position(LENGTH - 1);

      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
          .withStackTraceContaining(TroubledFileSystem.FAILURE);
    }
  }

  private HadoopChannel channel(String name, long most) throws IOException {
    Path file = Files.write(folder.resolve(name), content());
    org.apache.hadoop.fs.Path path = FolderListing.path(TroubledFileSystem.uri(file));
    FSDataInputStream in = path.getFileSystem(HADOOP).open(path);
    return new HadoopChannel(in, LENGTH, most, () -> {});
  }

  private static byte[] content() {
    byte[] content = new byte[LENGTH];
    new Random(1).nextBytes(content);
    return content;
  }
}
