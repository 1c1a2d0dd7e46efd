package dev.puad.model.weights;

import dev.puad.model.BadInputException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pickle of a PyTorch file, of which only plain containers and the description of tensors are
 * built. A pickle is a program: this reader knows the opcodes that {@code torch.save} writes and
 * the few functions that a state dict calls, and refuses any other by name. (Libraries for pickles
 * resolve names in a registry that all of the JVM shares, and allocate what a length asks for.)
 *
 * <p>Strings are {@code String}, integers {@code Long}, floats {@code Double}, lists {@code List},
 * tuples {@link Tuple}, dicts {@code Map} and tensors {@link View}.
 */
final class TorchPickle {

  private static final Object MARK = new Object();
  private static final int NEWEST_PROTOCOL = 5;

  private static final Map<String, Tensor.Type> STORAGES =
      Map.of(
          "torch.BoolStorage", Tensor.Type.BOOL,
          "torch.ByteStorage", Tensor.Type.UINT8,
          "torch.CharStorage", Tensor.Type.INT8,
          "torch.ShortStorage", Tensor.Type.INT16,
          "torch.IntStorage", Tensor.Type.INT32,
          "torch.LongStorage", Tensor.Type.INT64,
          "torch.HalfStorage", Tensor.Type.FLOAT16,
          "torch.BFloat16Storage", Tensor.Type.BFLOAT16,
          "torch.FloatStorage", Tensor.Type.FLOAT32,
          "torch.DoubleStorage", Tensor.Type.FLOAT64);

  private static final Map<String, Function> FUNCTIONS =
      Map.of(
          "collections.OrderedDict", Function.ORDERED_DICT,
          "torch._utils._rebuild_tensor_v2", Function.TENSOR,
          "torch._utils._rebuild_parameter", Function.PARAMETER);

  /** The functions that a state dict calls. */
  private enum Function {
    ORDERED_DICT,
    TENSOR,
    PARAMETER
  }

  /** A tuple of Python. */
  record Tuple(List<Object> items) {}

  /** The numbers behind one or more tensors: an entry of the file. */
  record Storage(String key, Tensor.Type type, long elements) {}

  /** A tensor: elements of a storage from {@code offset} on, at steps of {@code strides}. */
  record View(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

  private final String source;
  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private int start;
  private int opcodes;
  private int views;

  private TorchPickle(String source, byte[] pickle) {
    this.source = source;
    this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * What a pickle describes.
   *
   * @param source what to call the file in an error
   * @throws BadInputException if the pickle is damaged, or names what no state dict needs
   */
  static Object read(String source, byte[] pickle) {
    TorchPickle reader = new TorchPickle(source, pickle);
    try {
      while (true) {
        reader.start = reader.in.position();
        PickleOpcode opcode = PickleOpcode.of(reader.in.get()).orElseThrow(reader::damaged);
        if (opcode == PickleOpcode.STOP) {
          return reader.pop();
        }
        reader.run(opcode);
      }
    } catch (BufferUnderflowException e) {
      throw new BadInputException(
          "Cannot read %s: its pickle ends early. Replace the file.".formatted(source), e);
    }
  }

  private void run(PickleOpcode opcode) {
    opcodes++;
    if (opcodes > Limits.OPCODES) {
      throw new BadInputException(
          "Cannot read %s: its pickle has more than %d opcodes. Give the weights alone."
              .formatted(source, Limits.OPCODES));
    }
    switch (opcode) {
      case PROTO -> protocol();
      case FRAME -> in.getLong();
      case MARK -> stack.add(MARK);
      case NONE -> stack.add(null);
      case NEWTRUE -> stack.add(true);
      case NEWFALSE -> stack.add(false);
      case BININT -> stack.add((long) in.getInt());
      case BININT1 -> stack.add((long) Byte.toUnsignedInt(in.get()));
      case BININT2 -> stack.add((long) Short.toUnsignedInt(in.getShort()));
      case LONG1 -> stack.add(integer(Byte.toUnsignedInt(in.get())));
      case BINFLOAT -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
      case SHORT_BINUNICODE -> stack.add(text(Byte.toUnsignedInt(in.get())));
      case BINUNICODE -> stack.add(text(Integer.toUnsignedLong(in.getInt())));
      case BINUNICODE8 -> stack.add(text(in.getLong()));
      case EMPTY_TUPLE -> stack.add(new Tuple(List.of()));
      case TUPLE1 -> stack.add(tuple(1));
      case TUPLE2 -> stack.add(tuple(2));
      case TUPLE3 -> stack.add(tuple(3));
      case TUPLE -> stack.add(new Tuple(popToMark()));
      case EMPTY_LIST -> stack.add(new ArrayList<>());
      case APPEND -> append(popped(1));
      case APPENDS -> append(popToMark());
      case EMPTY_DICT -> stack.add(new LinkedHashMap<>());
      case SETITEM -> put(popped(2));
      case SETITEMS -> put(popToMark());
      case BINPUT -> memo.put((long) Byte.toUnsignedInt(in.get()), peek());
      case LONG_BINPUT -> memo.put(Integer.toUnsignedLong(in.getInt()), peek());
      case MEMOIZE -> memo.put((long) memo.size(), peek());
      case BINGET -> stack.add(remembered(Byte.toUnsignedInt(in.get())));
      case LONG_BINGET -> stack.add(remembered(Integer.toUnsignedLong(in.getInt())));
      case GLOBAL -> stack.add(named(line(), line()));
      case STACK_GLOBAL -> {
        String name = pop(String.class);
        stack.add(named(pop(String.class), name));
      }
      case INST -> throw refused(line() + "." + line());
      case BINPERSID -> stack.add(storage(pop(Tuple.class).items()));
      case REDUCE -> {
        List<Object> arguments = pop(Tuple.class).items();
        stack.add(call(pop(Function.class), arguments));
      }
      case BUILD -> build(pop());
      case NEWOBJ, NEWOBJ_EX, OBJ, EXT1, EXT2, EXT4, PERSID -> throw refused(opcode);
      case POP, POP_MARK, DUP, INT, LONG, LONG4, FLOAT, STRING, BINSTRING, SHORT_BINSTRING ->
          throw refused(opcode);
      case UNICODE, DICT, LIST, GET, PUT, EMPTY_SET, ADDITEMS, FROZENSET -> throw refused(opcode);
      case BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8, NEXT_BUFFER, READONLY_BUFFER ->
          throw refused(opcode);
      case STOP -> throw damaged();
    }
  }

  private void protocol() {
    int protocol = Byte.toUnsignedInt(in.get());
    if (protocol > NEWEST_PROTOCOL) {
      throw new BadInputException(
          "Cannot read %s: its pickle protocol %d is newer than %d. Save it with an older one."
              .formatted(source, protocol, NEWEST_PROTOCOL));
    }
  }

  /** A little-endian integer in two's complement. */
  private long integer(int length) {
    if (length > Long.BYTES) {
      throw damaged();
    }
    byte[] bytes = bytes(length);
    long value = length > 0 && bytes[length - 1] < 0 ? -1 : 0;
    for (int i = length - 1; i >= 0; i--) {
      value = (value << 8) | Byte.toUnsignedInt(bytes[i]);
    }
    return value;
  }

  private String text(long length) {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  private byte[] bytes(long length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  private String line() {
    int from = in.position();
    int length = 0;
    while (in.get() != '\n') {
      length++;
    }
    return new String(in.array(), from, length, StandardCharsets.UTF_8);
  }

  private Object named(String module, String name) {
    String global = module + "." + name;
    if (STORAGES.containsKey(global)) {
      return STORAGES.get(global);
    }
    if (FUNCTIONS.containsKey(global)) {
      return FUNCTIONS.get(global);
    }
    throw refused(global);
  }

  private Object call(Function function, List<Object> arguments) {
    return switch (function) {
      case ORDERED_DICT -> {
        if (!arguments.isEmpty()) {
          throw damaged();
        }
        yield new LinkedHashMap<>();
      }
      case TENSOR -> view(arguments);
      case PARAMETER -> {
        if (arguments.size() != 3) {
          throw damaged();
        }
        yield cast(View.class, arguments.get(0));
      }
    };
  }

  /**
   * Storage, offset, shape, strides, whether it is trained, hooks, and flags as of version 1.11.
   */
  private View view(List<Object> arguments) {
    if (arguments.size() != 6 && arguments.size() != 7) {
      throw damaged();
    }
    if (arguments.size() == 7 && !cast(Map.class, arguments.get(6)).isEmpty()) {
      throw new BadInputException(
          ("Cannot read %s: a tensor of it is a lazy negative or conjugate."
                  + " Call resolve_neg() and resolve_conj() before saving.")
              .formatted(source));
    }
    views++;
    if (views > Limits.ENTRIES) {
      throw new BadInputException(
          "Cannot read %s: it has more than %d tensors. Give the weights alone."
              .formatted(source, Limits.ENTRIES));
    }
    return new View(
        cast(Storage.class, arguments.get(0)),
        cast(Long.class, arguments.get(1)),
        longs(arguments.get(2)),
        longs(arguments.get(3)));
  }

  /** The word "storage", its type, its key, where it was (any device will do), its length. */
  private Storage storage(List<Object> id) {
    if (id.size() != 5 || !"storage".equals(id.get(0))) {
      throw damaged();
    }
    return new Storage(
        cast(String.class, id.get(2)),
        cast(Tensor.Type.class, id.get(1)),
        cast(Long.class, id.get(4)));
  }

  /** An ordered dict's attributes, of which a state dict has the versions of its modules. */
  private void build(Object state) {
    cast(Map.class, peek());
    for (Object attribute : cast(Map.class, state).keySet()) {
      if (!"_metadata".equals(attribute)) {
        throw new BadInputException(
            ("Cannot read %s: its pickle sets the attribute %s, which no state dict has; nothing"
                    + " was executed. Save the weights with torch.save(model.state_dict(), …).")
                .formatted(source, Printable.of(String.valueOf(attribute))));
      }
    }
  }

  private void append(List<Object> items) {
    @SuppressWarnings("unchecked")
    List<Object> list = cast(ArrayList.class, peek());
    list.addAll(items);
  }

  /** Keys hash in constant time, as containers that hold themselves would not. */
  private void put(List<Object> items) {
    @SuppressWarnings("unchecked")
    Map<Object, Object> dict = cast(LinkedHashMap.class, peek());
    if (items.size() % 2 != 0) {
      throw damaged();
    }
    for (int i = 0; i < items.size(); i += 2) {
      Object key = items.get(i);
      if (!(key instanceof String || key instanceof Long)) {
        throw damaged();
      }
      dict.put(key, items.get(i + 1));
    }
  }

  private Object remembered(long index) {
    if (!memo.containsKey(index)) {
      throw damaged();
    }
    return memo.get(index);
  }

  private Tuple tuple(int size) {
    return new Tuple(popped(size));
  }

  private List<Object> popped(int count) {
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(0, pop());
    }
    return items;
  }

  private List<Object> popToMark() {
    int mark = stack.size() - 1;
    while (mark >= 0 && stack.get(mark) != MARK) {
      mark--;
    }
    if (mark < 0) {
      throw damaged();
    }
    List<Object> above = stack.subList(mark + 1, stack.size());
    List<Object> items = new ArrayList<>(above);
    stack.subList(mark, stack.size()).clear();
    return items;
  }

  private Object pop() {
    Object top = peek();
    stack.remove(stack.size() - 1);
    return top;
  }

  private <T> T pop(Class<T> type) {
    return cast(type, pop());
  }

  private Object peek() {
    if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
      throw damaged();
    }
    return stack.get(stack.size() - 1);
  }

  private List<Long> longs(Object tuple) {
    List<Object> items = cast(Tuple.class, tuple).items();
    if (items.size() > Limits.AXES) {
      throw new BadInputException(
          "Cannot read %s: a tensor of it has %d axes, more than %d. Replace the file."
              .formatted(source, items.size(), Limits.AXES));
    }
    List<Long> values = new ArrayList<>();
    for (Object item : items) {
      values.add(cast(Long.class, item));
    }
    return values;
  }

  private <T> T cast(Class<T> type, Object value) {
    if (!type.isInstance(value)) {
      throw damaged();
    }
    return type.cast(value);
  }

  private BadInputException refused(String global) {
    return new BadInputException(
        ("Cannot read %s: its pickle names %s, which no state dict needs; nothing was executed."
                + " Save the weights with torch.save(model.state_dict(), …), not the whole model.")
            .formatted(source, Printable.of(global)));
  }

  private BadInputException refused(PickleOpcode opcode) {
    return new BadInputException(
        ("Cannot read %s: its pickle has the opcode %s at byte %d, which no state dict needs;"
                + " nothing was executed. Save the weights with torch.save(model.state_dict(), …).")
            .formatted(source, opcode, start));
  }

  private BadInputException damaged() {
    return new BadInputException(
        "Cannot read %s: its pickle is damaged at byte %d. Replace the file."
            .formatted(source, start));
  }
}
