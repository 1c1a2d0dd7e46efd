package dev.puad.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.puad.model.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchPickleTest {

  @TempDir private Path folder;

  @Test
  void plainContainersAreBuilt() {
    HandPickle pickle = HandPickle.start().ops("}(");
    pickle.text("list").ops("](").integer(-3).integer(1L << 40).ops("e");
    pickle.text("tuple").bytes('N', 0x88, 0x89, 0x87);
    pickle.text("half").bytes('G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0);
    pickle.text("ordered").global("collections", "OrderedDict").ops(")R");
    assertThat(read(pickle.ops("u").end()))
        .isEqualTo(
            Map.of(
                "list",
                List.of(-3L, 1L << 40),
                "tuple",
                new TorchPickle.Tuple(Arrays.asList(null, true, false)),
                "half",
                0.5,
                "ordered",
                Map.of()));
  }

  @Test
  void dictsKeepTheirOrder() {
    HandPickle pickle = HandPickle.start().ops("}(");
    for (String name : List.of("zeta", "alpha", "mu")) {
      pickle.text(name).ops("N");
    }
    Map<?, ?> dict = (Map<?, ?>) read(pickle.ops("u").end());
    assertThat(dict.keySet()).hasToString("[zeta, alpha, mu]");
  }

  @Test
  void protocolFourIsUnderstood() {
    HandPickle pickle = HandPickle.start().length(0x95, 40, 8);
    pickle.bytes(0x8c, 5).ops("torch").bytes(0x94, 0x8c, 12).ops("FloatStorage").bytes(0x93);
    assertThat(read(pickle.end())).isEqualTo(Tensor.Type.FLOAT32);
  }

  @Test
  void versionsOfModulesAreIgnored() {
    HandPickle pickle = HandPickle.start().global("collections", "OrderedDict").ops(")R");
    pickle.ops("}").text("_metadata").ops("}sb");
    assertThat(read(pickle.end())).isEqualTo(Map.of());
  }

  @Test
  void aCallThroughGlobalIsRefused() {
    Path marker = folder.resolve("executed");
    HandPickle pickle = HandPickle.start().global("posix", "system");
    pickle.text("touch " + marker).bytes(0x85).ops("R");
    assertNames(pickle.end(), "posix.system", marker);
  }

  @Test
  void aCallOfOsSystemIsRefused() {
    Path marker = folder.resolve("executed");
    HandPickle pickle = HandPickle.start().global("os", "system");
    pickle.text("touch " + marker).bytes(0x85).ops("R");
    assertNames(pickle.end(), "os.system", marker);
  }

  @Test
  void aCallThroughAGlobalOfTheStackIsRefused() {
    Path marker = folder.resolve("executed");
    HandPickle pickle = HandPickle.start().text("os").text("system").bytes(0x93);
    pickle.text("touch " + marker).bytes(0x85).ops("R");
    assertNames(pickle.end(), "os.system", marker);
  }

  @Test
  void anInstanceIsRefused() {
    Path marker = folder.resolve("executed");
    HandPickle pickle = HandPickle.start().ops("(").text("touch " + marker);
    assertNames(pickle.ops("ios\nsystem\n").end(), "os.system", marker);
  }

  @Test
  void anEvaluationIsRefused() {
    Path marker = folder.resolve("executed");
    HandPickle pickle = HandPickle.start().global("builtins", "eval");
    pickle.text("open('" + marker + "', 'w')").bytes(0x85).ops("R");
    assertNames(pickle.end(), "builtins.eval", marker);
  }

  @Test
  void anAttributeIsRefused() {
    HandPickle pickle = HandPickle.start().global("collections", "OrderedDict").ops(")R");
    pickle.ops("}").text("__reduce__").text("os.system").ops("sb");
    assertRefused(
        pickle.end(),
        "Cannot read x.pt: its pickle sets the attribute __reduce__, which no state dict has;"
            + " nothing was executed. Save the weights with torch.save(model.state_dict(), …).");
  }

  @Test
  void anAttributeOfATensorIsRefused() {
    HandPickle built = HandPickle.start();
    built.view("FloatStorage", 1, 0, new long[0], new long[0]);
    byte[] pickle = built.ops("}").text("_metadata").ops("Nsb").end();
    assertRefused(
        pickle,
        "Cannot read x.pt: its pickle is damaged at byte %d. Replace the file."
            .formatted(pickle.length - "b.".length()));
  }

  @Test
  void aNameIsShownOnOneLineAndNotInFull() {
    byte[] pickle = HandPickle.start().text("a\nb").text("c".repeat(200)).bytes(0x93).end();
    assertNames(pickle, "a?b." + "c".repeat(96), folder.resolve("executed"));
  }

  @ParameterizedTest
  @EnumSource(
      value = PickleOpcode.class,
      names = {
        "NEWOBJ",
        "NEWOBJ_EX",
        "OBJ",
        "EXT1",
        "EXT2",
        "EXT4",
        "PERSID",
        "POP",
        "DUP",
        "INT",
        "LONG4",
        "STRING",
        "BINBYTES",
        "BINBYTES8",
        "BYTEARRAY8",
        "EMPTY_SET",
        "NEXT_BUFFER"
      })
  void opcodesThatNoStateDictNeedsAreRefused(PickleOpcode opcode) {
    int code = 0;
    while (PickleOpcode.of((byte) code).filter(opcode::equals).isEmpty()) {
      code++;
    }
    assertRefused(
        HandPickle.start().bytes(code).end(),
        ("Cannot read x.pt: its pickle has the opcode %s at byte 2, which no state dict needs;"
                + " nothing was executed. Save the weights with torch.save(model.state_dict(), …).")
            .formatted(opcode));
  }

  @Test
  void aLengthBeyondThePickleIsRefused() {
    String early = "Cannot read x.pt: its pickle ends early. Replace the file.";
    assertRefused(HandPickle.start().length('X', 0xffff_ffffL, 4).end(), early);
    assertRefused(HandPickle.start().length(0x8d, Long.MAX_VALUE, 8).end(), early);
    assertRefused(HandPickle.start().length(0x8d, -1, 8).end(), early);
  }

  @Test
  void aHugeIndexOfTheMemoTakesNoMemory() {
    byte[] pickle = HandPickle.start().ops("N").length('r', 0xffff_ffffL, 4).end();
    assertThat(read(pickle)).isNull();
  }

  @Test
  void deepNestingIsNoRecursion() {
    HandPickle pickle = HandPickle.start().ops("]".repeat(200_000));
    assertThat(read(pickle.ops("a".repeat(199_999)).end())).isInstanceOf(List.class);
  }

  /** Empty dicts, places in the memo, tuples about tuples, and marks: a byte each. */
  @ParameterizedTest
  @ValueSource(ints = {'}', 0x94, 0x85, '('})
  void moreOpcodesThanAnyStateDictHasAreRefused(int opcode) {
    byte[] pickle = new byte[4 << 20];
    Arrays.fill(pickle, (byte) opcode);
    pickle[0] = '}';
    assertRefused(
        pickle,
        "Cannot read x.pt: its pickle has more than 500000 opcodes. Give the weights alone.");
  }

  @Test
  void asManyTensorsAsAreAllowedAreRead() {
    assertThat(read(views(Limits.ENTRIES))).isInstanceOf(List.class);
  }

  @Test
  void moreTensorsThanEntriesOfAFileAreRefused() {
    assertRefused(
        views(Limits.ENTRIES + 1),
        "Cannot read x.pt: it has more than 10000 tensors. Give the weights alone.");
  }

  /** A tuple that is remembered costs two bytes each time: copied, it would cost megabytes. */
  @Test
  void aLongTupleIsNoShape() {
    HandPickle pickle = HandPickle.start().ops("(").ops("K\1".repeat(100_000)).ops("t");
    pickle.bytes('q', 1);
    pickle.global("torch._utils", "_rebuild_tensor_v2").ops("((");
    pickle.text("storage").global("torch", "FloatStorage").text("0").text("cpu").integer(1);
    pickle.ops("tQ").integer(0).bytes('h', 1, 'h', 1, 0x89, '}', 't', 'R');
    assertRefused(
        pickle.end(),
        "Cannot read x.pt: a tensor of it has 100000 axes, more than 64. Replace the file.");
  }

  @Test
  void aListThatHoldsItselfIsNoLoop() {
    byte[] pickle = HandPickle.start().ops("]").bytes('q', 0, 'h', 0, 'a').end();
    assertThat(read(pickle)).isInstanceOf(List.class);
  }

  @Test
  void aContainerIsNoKey() {
    byte[] pickle = HandPickle.start().ops("}").bytes('q', 0).ops("]Ns").end();
    assertRefused(pickle, "Cannot read x.pt: its pickle is damaged at byte 7. Replace the file.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {".", "t", "(.", "Na.", "Ns.", "]Nu.", "R", "Q", "NQ", "b", "(b", "h\0", "z"})
  void opcodesWithoutTheirArgumentsAreRefused(String ops) {
    assertThatThrownBy(() -> read(HandPickle.start().ops(ops).end()))
        .isInstanceOf(BadInputException.class)
        .hasMessageMatching(
            "Cannot read x.pt: its pickle is damaged at byte \\d+. Replace the file.");
  }

  @Test
  void aNewerProtocolIsRefused() {
    assertRefused(
        HandPickle.start().bytes(0x80, 6).end(),
        "Cannot read x.pt: its pickle protocol 6 is newer than 5. Save it with an older one.");
  }

  /** A list of tensors, whose function and arguments are remembered. */
  private static byte[] views(int count) {
    HandPickle pickle = HandPickle.start().global("torch._utils", "_rebuild_tensor_v2");
    pickle.bytes('q', 0).ops("((");
    pickle.text("storage").global("torch", "FloatStorage").text("0").text("cpu").integer(1);
    pickle.ops("tQ").integer(0).ops("))").bytes(0x89, '}', 't', 'q', 1).ops("](");
    return pickle.ops("h\0h\1R".repeat(count)).ops("e").end();
  }

  private static Object read(byte[] pickle) {
    return TorchPickle.read("x.pt", pickle);
  }

  private static void assertRefused(byte[] pickle, String message) {
    assertThatThrownBy(() -> read(pickle))
        .isInstanceOf(BadInputException.class)
        .hasMessage(message);
  }

  private void assertNames(byte[] pickle, String global, Path marker) {
    Path file = ZipWriter.write(folder.resolve("x.pt"), Map.of("x/data.pkl", pickle));
    assertThatThrownBy(() -> TorchFile.readDict(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            ("Cannot read %s: its pickle names %s, which no state dict needs; nothing was executed."
                    + " Save the weights with torch.save(model.state_dict(), …), not the whole"
                    + " model.")
                .formatted(file, global));
    assertThat(marker).doesNotExist();
  }
}
