package dev.puad.jobs;

import dev.puad.model.weights.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files of float32 tensors as {@code torch.save} writes them. */
public final class TorchZip {

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
  private final List<Tensor> storages = new ArrayList<>();

  private TorchZip() {
    pickle.writeBytes(new byte[] {(byte) 0x80, 2});
  }

  /** Writes one tensor. */
  public static void writeTensor(Path file, Tensor tensor) throws IOException {
    TorchZip zip = new TorchZip();
    zip.tensor(tensor);
    zip.write(file);
  }

  /** Writes a state dict. */
  public static void writeDict(Path file, Map<String, Tensor> tensors) throws IOException {
    TorchZip zip = new TorchZip();
    zip.ops("}(");
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      zip.text(entry.getKey());
      zip.tensor(entry.getValue());
    }
    zip.ops("u");
    zip.write(file);
  }

  private void tensor(Tensor tensor) {
    ops("ctorch._utils\n_rebuild_tensor_v2\n((");
    text("storage");
    ops("ctorch\nFloatStorage\n");
    text(String.valueOf(storages.size()));
    text("cpu");
    integer('J', tensor.size());
    ops("tQ");
    integer('J', 0);
    int[] shape = tensor.shape();
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    integers(shape);
    integers(strides);
    pickle.write(0x89);
    ops("ccollections\nOrderedDict\n)RtR");
    storages.add(tensor);
  }

  private void integers(int[] values) {
    ops("(");
    for (int value : values) {
      integer('J', value);
    }
    ops("t");
  }

  private void text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    integer('X', utf8.length);
    pickle.writeBytes(utf8);
  }

  private void integer(char opcode, int value) {
    pickle.write(opcode);
    pickle.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void ops(String ops) {
    pickle.writeBytes(ops.getBytes(StandardCharsets.US_ASCII));
  }

  private void write(Path file) throws IOException {
    ops(".");
    String folder = file.getFileName().toString().replaceFirst("\\.[^.]*$", "/");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(folder + "data.pkl"));
      zip.write(pickle.toByteArray());
      for (int i = 0; i < storages.size(); i++) {
        zip.putNextEntry(new ZipEntry(folder + "data/" + i));
        zip.write(storages.get(i).bytes());
      }
    }
  }
}
