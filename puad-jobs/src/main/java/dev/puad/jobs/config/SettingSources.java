package dev.puad.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where settings come from: the defaults, then a file, then {@code -Dkey=value}, then the command's
 * own options; what is added later wins. A key that the defaults do not list is an error.
 */
public final class SettingSources {

  private static final String ROOT = "puad.";

  private final Map<String, Object> values = new TreeMap<>();

  private SettingSources() {}

  static SettingSources defaults() {
    SettingSources sources = new SettingSources();
    leaves(ConfigFactory.parseURL(reference()).root())
        .forEach((key, leaf) -> sources.values.put(inner(key), leaf.unwrapped()));
    return sources;
  }

  /**
   * Adds a HOCON file.
   *
   * @throws UsageException if the file cannot be read or parsed, or sets an unknown key
   */
  public SettingSources file(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          "Cannot read --conf %s: there is no such file. Correct the path.".formatted(file));
    }
    Config config;
    try {
      config =
          ConfigFactory.parseFile(
                  file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
              .resolve();
    } catch (ConfigException e) {
      throw new UsageException(
          "Cannot read --conf %s: %s. Correct the file."
              .formatted(file, e.getMessage().replaceAll("\\s+", " ")),
          e);
    }
    leaves(config.root())
        .forEach((key, leaf) -> set(key, leaf.unwrapped(), leaf.origin().description()));
    return this;
  }

  /**
   * Adds {@code -Dkey=value}; the key with or without its leading {@code puad.}, a list as {@code
   * [a, b]}.
   *
   * @throws UsageException if the key is unknown or a list cannot be parsed
   */
  public SettingSources override(String key, String value) {
    String full = key.startsWith(ROOT) ? key : ROOT + key;
    set(full, values.get(inner(full)) instanceof List ? list(full, value) : value, "-D" + key);
    return this;
  }

  /**
   * Adds a command's own option; null when it was not given.
   *
   * @param option as typed, for example {@code --steps}
   * @param key without its leading {@code puad.}
   */
  public SettingSources option(String option, String key, Object value) {
    if (value != null) {
      set(ROOT + key, value, option);
    }
    return this;
  }

  /**
   * All settings, each of its type and in its range.
   *
   * @throws UsageException that names the first key whose value is not
   */
  public Settings resolve() {
    return new Settings(
        whole("seed"),
        directory("warehouse"),
        text("dataset"),
        text("master"),
        new ClusterSettings(count("cluster.executor-timeout-seconds")),
        new TrainSettings(
            text("train.network"),
            count("train.image-size"),
            nameOrFile("train.teacher"),
            count("train.steps"),
            count("train.batch-size"),
            count("train.workers"),
            count("train.averaging-frequency"),
            text("train.augmentation"),
            text("train.penalty-images"),
            whole("train.teacher-cache-bytes"),
            number("train.false-alarm-rate"),
            count("train.cross-fit-below"),
            text("train.unpicturable-features"),
            text("train.map-variant")),
        new DistillSettings(
            text("distill.network"),
            text("distill.recipe"),
            count("distill.image-size"),
            texts("distill.backbone-outputs"),
            count("distill.backbone-size"),
            numbers("distill.backbone-centres"),
            text("distill.pixel-scaling"),
            count("distill.steps"),
            count("distill.batch-size"),
            count("distill.workers"),
            count("distill.averaging-frequency"),
            count("distill.parts"),
            count("distill.statistics-images"),
            whole("distill.feature-cache-bytes"),
            text("distill.precision"),
            whole("distill.checkpoint-seconds"),
            text("distill.licence")),
        new ImageSettings(whole("image.max-pixels"), whole("image.max-bytes")),
        new ArchiveSettings(
            count("archive.max-entries"),
            count("archive.max-ratio"),
            count("archive.timeout-seconds")),
        new PackSettings(bytes("pack.shard-bytes"), count("pack.shard-images")),
        new ScoreSettings(
            count("score.batch"),
            number("score.max-reject-rate"),
            number("score.max-unmatched-rate"),
            text("score.graph"),
            text("score.device"),
            count("score.graph-batch"),
            whole("score.batch-bytes"),
            whole("score.models-bytes")),
        new EvaluateSettings(
            numbers("evaluate.fpr-limits"),
            number("evaluate.error-bound"),
            whole("evaluate.state-bytes")));
  }

  /** The one beside our own classes: other jars may bring a reference.conf, and come first. */
  private static URL reference() {
    String ours = Settings.class.getProtectionDomain().getCodeSource().getLocation().toString();
    try {
      return Collections.list(Settings.class.getClassLoader().getResources("reference.conf"))
          .stream()
          .filter(url -> url.toString().contains(ours))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("reference.conf is missing in " + ours));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String inner(String fullKey) {
    return fullKey.startsWith(ROOT) ? fullKey.substring(ROOT.length()) : fullKey;
  }

  private void set(String fullKey, Object value, String origin) {
    if (!fullKey.startsWith(ROOT) || !values.containsKey(inner(fullKey))) {
      Optional<String> meant =
          ClosestName.of(fullKey, values.keySet().stream().map(k -> ROOT + k).toList());
      throw new UsageException(
          "Unknown configuration key %s (from %s). %s"
              .formatted(
                  fullKey,
                  origin,
                  meant
                      .map(known -> "Did you mean " + known + "?")
                      .orElse("The keys are " + String.join(", ", values.keySet()) + ".")));
    }
    values.put(inner(fullKey), value);
  }

  private static Map<String, ConfigValue> leaves(ConfigObject object) {
    Map<String, ConfigValue> leaves = new LinkedHashMap<>();
    collect("", object, leaves);
    return leaves;
  }

  private static void collect(String prefix, ConfigObject object, Map<String, ConfigValue> leaves) {
    object.forEach(
        (name, value) -> {
          if (value instanceof ConfigObject inner) {
            collect(prefix + name + ".", inner, leaves);
          } else {
            leaves.put(prefix + name, value);
          }
        });
  }

  private static Object list(String fullKey, String value) {
    try {
      return ConfigFactory.parseString("list = " + value).resolve().getList("list").unwrapped();
    } catch (ConfigException e) {
      throw wrong(fullKey, value, "must be a list like [0.05, 0.3]", e);
    }
  }

  private String text(String key) {
    Object value = values.get(key);
    if (value == null || value instanceof List) {
      throw wrong(ROOT + key, value, "must be a string", null);
    }
    return value.toString();
  }

  private long whole(String key) {
    try {
      return decimal(key, values.get(key)).longValueExact();
    } catch (ArithmeticException e) {
      throw wrong(ROOT + key, values.get(key), "must be a whole number", e);
    }
  }

  /** Bytes, with or without a unit of HOCON's such as MB or MiB. */
  private long bytes(String key) {
    Object value = values.get(key);
    try {
      return ConfigFactory.parseMap(Map.of("bytes", value)).getBytes("bytes");
    } catch (ConfigException e) {
      throw wrong(ROOT + key, value, "must be a number of bytes, for example 256MB", e);
    }
  }

  private int count(String key) {
    try {
      return decimal(key, values.get(key)).intValueExact();
    } catch (ArithmeticException e) {
      throw wrong(ROOT + key, values.get(key), "must be a whole number below 2^31", e);
    }
  }

  private double number(String key) {
    return decimal(key, values.get(key)).doubleValue();
  }

  private List<String> texts(String key) {
    if (!(values.get(key) instanceof List<?> list)) {
      throw wrong(ROOT + key, values.get(key), "must be a list of names", null);
    }
    return list.stream().map(String::valueOf).toList();
  }

  private List<Double> numbers(String key) {
    if (!(values.get(key) instanceof List<?> list)) {
      throw wrong(ROOT + key, values.get(key), "must be a list of numbers", null);
    }
    List<Double> numbers = new ArrayList<>();
    for (Object element : list) {
      numbers.add(decimal(key, element).doubleValue());
    }
    return numbers;
  }

  private static BigDecimal decimal(String key, Object value) {
    try {
      return new BigDecimal(String.valueOf(value).strip());
    } catch (NumberFormatException e) {
      throw wrong(ROOT + key, value, "must be a number", e);
    }
  }

  private Path directory(String key) {
    String value = text(key);
    Check.notBlank(key, value);
    try {
      return LocalPath.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw wrong(
          ROOT + key,
          value,
          "must be a local or mounted directory: keep tables elsewhere by Spark's settings of the"
              + " catalog lake",
          e);
    }
  }

  /** A name, or a file on this machine, whose URI becomes a path. */
  private String nameOrFile(String key) {
    String value = text(key);
    try {
      return LocalPath.isUri(value) ? LocalPath.of(value).toString() : value;
    } catch (InvalidPathException e) {
      throw wrong(ROOT + key, value, e.getReason(), e);
    }
  }

  private static UsageException wrong(
      String fullKey, Object value, String demand, Throwable cause) {
    return new UsageException(
        "Cannot set %s to %s, the value %s.".formatted(fullKey, value, demand), cause);
  }
}
