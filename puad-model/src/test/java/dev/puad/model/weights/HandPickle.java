package dev.puad.model.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A pickle written opcode by opcode. */
final class HandPickle {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private HandPickle() {}

  static HandPickle start() {
    return new HandPickle().bytes(0x80, 2);
  }

  /** A pickle of one tensor in storage "0", with its shape and strides. */
  static byte[] tensor(String storage, long elements, long offset, long[] shape, long[] strides) {
    return start().view(storage, elements, offset, shape, strides).end();
  }

  HandPickle bytes(int... values) {
    for (int value : values) {
      out.write(value);
    }
    return this;
  }

  /** Opcodes that are letters. */
  HandPickle ops(String letters) {
    out.writeBytes(letters.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  HandPickle global(String module, String name) {
    return ops("c" + module + "\n" + name + "\n");
  }

  HandPickle text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.writeBytes(littleEndian(utf8.length, 4));
    out.writeBytes(utf8);
    return this;
  }

  HandPickle integer(long value) {
    bytes(0x8a, 8);
    out.writeBytes(littleEndian(value, 8));
    return this;
  }

  /** An opcode with a length that no data follow. */
  HandPickle length(int opcode, long length, int width) {
    out.write(opcode);
    out.writeBytes(littleEndian(length, width));
    return this;
  }

  HandPickle view(String storage, long elements, long offset, long[] shape, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").ops("((");
    text("storage").global("torch", storage).text("0").text("cpu").integer(elements).ops("tQ");
    integer(offset).longs(shape).longs(strides);
    return bytes(0x89).global("collections", "OrderedDict").ops(")RtR");
  }

  byte[] end() {
    out.write('.');
    return out.toByteArray();
  }

  private HandPickle longs(long[] values) {
    ops("(");
    for (long value : values) {
      integer(value);
    }
    return ops("t");
  }

  private static byte[] littleEndian(long value, int width) {
    ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
    return Arrays.copyOf(buffer.array(), width);
  }
}
