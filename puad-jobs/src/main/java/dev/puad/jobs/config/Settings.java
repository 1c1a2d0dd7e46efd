package dev.puad.jobs.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The resolved configuration of one command, every value in range; see {@code reference.conf} for
 * what each means.
 *
 * @param warehouse absolute directory of tables and bundles
 * @param master Spark's master; empty for what spark-submit says, else {@code local[*]}
 */
public record Settings(
    long seed,
    Path warehouse,
    String dataset,
    String master,
    ClusterSettings cluster,
    TrainSettings train,
    DistillSettings distill,
    ImageSettings image,
    ArchiveSettings archive,
    PackSettings pack,
    ScoreSettings score,
    EvaluateSettings evaluate) {

  public Settings {
    Check.notBlank("dataset", dataset);
    Check.demand(!dataset.matches(".*[/\\\\].*|\\.+"), "dataset", dataset, "must be a plain name");
    Check.demand(
        pack.shardImages() <= archive.maxEntries(),
        "pack.shard-images",
        pack.shardImages(),
        "must be at most archive.max-entries, %d, or scoring rejects the shards"
            .formatted(archive.maxEntries()));
    Check.demand(warehouse.isAbsolute(), "warehouse", warehouse, "must be an absolute path");
  }

  /** Where settings come from, starting with the defaults. */
  public static SettingSources sources() {
    return SettingSources.defaults();
  }

  /** The whole configuration as canonical JSON: one line, keys sorted. */
  public String render() {
    return Json.line(tree());
  }

  /** The same with some top-level keys more. */
  public String renderWith(Map<String, ?> more) {
    Map<String, Object> tree = tree();
    tree.putAll(more);
    return Json.line(tree);
  }

  /**
   * Some top-level keys of the configuration, or keys within them such as {@code train.steps}, as
   * canonical JSON: what a fingerprint covers, which must not change with the warehouse or the
   * master.
   */
  public String renderOnly(String... keys) {
    return renderOnly(List.of(keys), List.of());
  }

  /** The same, less some of the keys within them. */
  public String renderOnly(List<String> keys, List<String> leftOut) {
    Map<String, Object> tree = tree();
    for (String key : leftOut) {
      leaveOut(tree, key);
    }
    Map<String, Object> kept = new TreeMap<>();
    for (String key : keys) {
      keep(tree, key, kept);
    }
    return Json.line(kept);
  }

  @SuppressWarnings("unchecked")
  private static void leaveOut(Map<String, Object> tree, String key) {
    int dot = key.indexOf('.');
    String first = dot < 0 ? key : key.substring(0, dot);
    if (!tree.containsKey(first)) {
      throw new IllegalArgumentException("unknown key " + key);
    }
    if (dot < 0) {
      tree.remove(key);
    } else {
      leaveOut((Map<String, Object>) tree.get(first), key.substring(dot + 1));
    }
  }

  @SuppressWarnings("unchecked")
  private static void keep(Map<String, Object> tree, String key, Map<String, Object> kept) {
    int dot = key.indexOf('.');
    String first = dot < 0 ? key : key.substring(0, dot);
    if (!tree.containsKey(first)) {
      throw new IllegalArgumentException("unknown key " + key);
    }
    if (dot < 0) {
      kept.put(key, tree.get(key));
    } else {
      keep(
          (Map<String, Object>) tree.get(first),
          key.substring(dot + 1),
          (Map<String, Object>) kept.computeIfAbsent(first, name -> new TreeMap<>()));
    }
  }

  private Map<String, Object> tree() {
    Map<String, Object> tree = new TreeMap<>();
    tree.put("seed", seed);
    tree.put("warehouse", warehouse.toString());
    tree.put("dataset", dataset);
    tree.put("master", master);
    tree.put("cluster", Json.tree(cluster));
    tree.put("train", Json.tree(train));
    tree.put("distill", Json.tree(distill));
    tree.put("image", Json.tree(image));
    tree.put("archive", Json.tree(archive));
    tree.put("pack", Json.tree(pack));
    tree.put("score", Json.tree(score));
    tree.put("evaluate", Json.tree(evaluate));
    return tree;
  }
}
