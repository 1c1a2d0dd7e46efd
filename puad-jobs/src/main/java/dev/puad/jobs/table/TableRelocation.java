package dev.puad.jobs.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.puad.model.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.RewriteTablePathUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.view.ViewMetadata;
import org.apache.iceberg.view.ViewMetadataParser;

/**
 * New metadata, beside the old, for a table or a view whose folder has moved. What is there is
 * neither changed nor deleted, so that it may be done again. Iceberg's own procedure for this,
 * {@code rewrite_table_path}, reads files by the paths that they had, and so needs the original.
 */
final class TableRelocation {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileIO files;
  private final PathPrefix folder;

  /** Where what is written goes; of its own, since an earlier attempt may have left something. */
  private final String fresh = "relocated-" + UUID.randomUUID().toString().substring(0, 8);

  /**
   * The relocation of one folder.
   *
   * @param files of the file system on which it is
   */
  TableRelocation(FileIO files, PathPrefix folder) {
    this.files = new RelocatedFiles(files, folder);
    this.folder = folder;
  }

  /**
   * Writes a table's metadata, manifest lists and manifests anew.
   *
   * @param metadata the table's newest, by the path that it had
   * @return where the new one is
   * @throws BadInputException if the table has delete files, which have paths within
   */
  String table(String metadata) {
    TableMetadata table = TableMetadataParser.read(files, metadata);
    Map<String, Long> lengths = new HashMap<>();
    Map<String, String> lists = new HashMap<>();
    for (Snapshot snapshot : table.snapshots()) {
      List<ManifestFile> manifests = snapshot.allManifests(files);
      manifests.forEach(
          manifest -> lengths.computeIfAbsent(manifest.path(), path -> write(manifest, table)));
      lists.put(snapshot.manifestListLocation(), list(snapshot, manifests.size(), table, lengths));
    }
    String json =
        replaced(
            TableMetadataParser.toJson(table),
            path -> lists.getOrDefault(path, folder.replacedIn(path)));
    String written = newMetadata(metadata);
    TableMetadataParser.write(TableMetadataParser.fromJson(json), files.newOutputFile(written));
    return written;
  }

  /** Writes a view's metadata anew; returns where it is. */
  String view(String metadata) {
    ViewMetadata view = ViewMetadataParser.read(files.newInputFile(metadata));
    String written = newMetadata(metadata);
    ViewMetadataParser.write(
        ViewMetadata.buildFrom(view).setLocation(folder.replacedIn(view.location())).build(),
        files.newOutputFile(written));
    return written;
  }

  /** Writes a manifest anew; returns its length. */
  private long write(ManifestFile manifest, TableMetadata table) {
    if (manifest.content() != ManifestContent.DATA) {
      throw new BadInputException(
          "Cannot relocate the table in %s: it has delete files. Compact it where it was, with Iceberg's rewrite_data_files and expire_snapshots, and copy it again."
              .formatted(folder.to()));
    }
    requireFiles(manifest, table);
    OutputFile written = files.newOutputFile(below(manifest.path()));
    Set<Long> snapshots = new HashSet<>();
    table.snapshots().forEach(snapshot -> snapshots.add(snapshot.snapshotId()));
    try {
      RewriteTablePathUtil.rewriteDataManifest(
          manifest,
          snapshots,
          written,
          files,
          table.formatVersion(),
          table.specsById(),
          folder.from(),
          folder.to());
      return files.newInputFile(written.location()).getLength();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireFiles(ManifestFile manifest, TableMetadata table) {
    try (CloseableIterable<String> paths =
        ManifestFiles.readPaths(manifest, files, table.specsById())) {
      for (String path : paths) {
        if (!files.newInputFile(path).exists()) {
          throw new NotFoundException("%s", folder.replacedIn(path));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a manifest list anew; returns where it is. */
  private String list(
      Snapshot snapshot, int manifests, TableMetadata table, Map<String, Long> lengths) {
    String written = below(snapshot.manifestListLocation());
    int found =
        RewriteTablePathUtil.rewriteManifestList(
                snapshot,
                files,
                table,
                lengths,
                metadataOf(folder.from()),
                metadataOf(folder.to()) + "/" + fresh,
                written,
                written)
            .toRewrite()
            .size();
    // The library only warns of a list that it cannot read, and then writes an empty one.
    if (found != manifests) {
      throw new IllegalStateException(
          "%s has %d manifests, not %d".formatted(written, found, manifests));
    }
    return written;
  }

  /** Where a file of metadata is written anew: in a folder of its own, by its own name. */
  private String below(String path) {
    return new PathPrefix(metadataOf(folder.from()), metadataOf(folder.to()) + "/" + fresh)
        .replacedIn(path);
  }

  /** Iceberg counts the files of metadata, in front of a dash. */
  private String newMetadata(String metadata) {
    String name = metadata.substring(metadata.lastIndexOf('/') + 1);
    int dash = name.indexOf('-');
    int version =
        dash > 0 && name.substring(0, dash).matches("\\d{1,9}")
            ? Integer.parseInt(name.substring(0, dash)) + 1
            : 0;
    return "%s/%05d-%s.metadata.json"
        .formatted(metadataOf(folder.to()), version, UUID.randomUUID());
  }

  private static String metadataOf(String folder) {
    return folder + "/metadata";
  }

  private static String replaced(String json, UnaryOperator<String> path) {
    try {
      return JSON.writeValueAsString(replaced(JSON.readTree(json), path));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode replaced(JsonNode node, UnaryOperator<String> path) {
    if (node instanceof ObjectNode object) {
      object.fields().forEachRemaining(field -> field.setValue(replaced(field.getValue(), path)));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, replaced(array.get(i), path));
      }
    } else if (node.isTextual()) {
      return JsonNodeFactory.instance.textNode(path.apply(node.textValue()));
    }
    return node;
  }
}
