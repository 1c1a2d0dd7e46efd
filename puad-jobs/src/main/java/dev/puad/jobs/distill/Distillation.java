package dev.puad.jobs.distill;

import dev.puad.jobs.pipeline.WholeFile;
import dev.puad.model.BadInputException;
import dev.puad.model.Sha256;
import dev.puad.model.distill.TeacherFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;

/** One run of a distillation: from the last checkpoint, or the start, to the teacher's file. */
public final class Distillation {

  private final SparkSession spark;
  private final DistillPlan plan;
  private final Target target;
  private final long checkpointNanos;
  private final Note note;

  /**
   * What the file is to be like.
   *
   * @param licence a note for those who use the teacher
   * @param version of PUAD
   */
  public record Note(TeacherFile.Precision precision, String licence, String version) {}

  /** What to do with a teacher's file that is there already. */
  public enum Existing {
    REFUSE,
    REPLACE
  }

  /** Where to begin. */
  public enum Start {
    ANEW,
    /** After the last checkpoint; anew where there is none. */
    LAST_CHECKPOINT
  }

  /** The teacher's file, and what may lie in its place and beside it. */
  public record Target(Path file, Existing existing, Start start) {

    /**
     * Whether the file can be written, before hours are spent.
     *
     * @throws BadInputException if not
     */
    public void check() {
      if (existing == Existing.REFUSE && Files.exists(file)) {
        throw new BadInputException(
            "Cannot write --out %s: it is there already. Give another name, or --force to replace it."
                .formatted(file));
      }
      Path checkpoint = Checkpoint.beside(file);
      if (existing == Existing.REFUSE && start == Start.ANEW && Files.exists(checkpoint)) {
        throw new BadInputException(
            "Cannot start --out %s anew: %s is there. --resume goes on from it, --force discards it."
                .formatted(file, checkpoint));
      }
      Path folder = file.toAbsolutePath().getParent();
      if (Files.isDirectory(file) || folder == null || !Files.isWritable(folder)) {
        throw new BadInputException(
            "Cannot write --out %s: it has to be a file in a folder that exists and can be written."
                .formatted(file));
      }
    }
  }

  /** Hears how it goes on. */
  public interface Listener extends DistillTeacher.Listener {
    /** It begins after so many steps of an earlier run; 0 where there is none. */
    void begun(int steps);
  }

  /**
   * What came of it.
   *
   * @param loss of the last round
   * @param rejected images that could not be used
   * @param example one of them, and why; empty where there is none
   */
  public record Result(Path file, double loss, int rejected, String example) {}

  public Distillation(
      SparkSession spark, DistillPlan plan, Target target, long checkpointSeconds, Note note) {
    this.spark = spark;
    this.plan = plan;
    this.target = target;
    this.checkpointNanos = TimeUnit.SECONDS.toNanos(checkpointSeconds);
    this.note = note;
  }

  /**
   * Distils and writes the file.
   *
   * @throws BadInputException if backbone and teacher do not fit, no image can be used, or the
   *     checkpoint is another distillation's
   */
  public Result run(Listener listener) {
    Path checkpoint = Checkpoint.beside(target.file());
    Map<String, String> description = plan.description();
    String fingerprint = Sha256.of(description.toString().getBytes(StandardCharsets.UTF_8));
    Optional<Checkpoint> from =
        target.start() == Start.ANEW ? Optional.empty() : Checkpoint.read(checkpoint, fingerprint);
    listener.begun(from.map(Checkpoint::done).orElse(0));
    long[] kept = {System.nanoTime()};
    DistillTeacher.Distilled distilled =
        new DistillTeacher(spark, plan)
            .run(
                from,
                state -> {
                  if (System.nanoTime() - kept[0] >= checkpointNanos) {
                    state.get().write(checkpoint, fingerprint);
                    kept[0] = System.nanoTime();
                  }
                },
                listener);
    WholeFile.replace(
        target.file(),
        whole ->
            TeacherFile.write(
                whole,
                distilled.weights(),
                note.precision(),
                distilled.statistics(),
                provenance(description, distilled)));
    try {
      Files.deleteIfExists(checkpoint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Result(
        target.file(),
        distilled.loss(),
        distilled.rejected().count(),
        distilled.rejected().example());
  }

  private Map<String, String> provenance(
      Map<String, String> description, DistillTeacher.Distilled distilled) {
    Map<String, String> made = new LinkedHashMap<>(description);
    made.put("images", Long.toString(plan.imageCount()));
    made.put("loss", Double.toString(distilled.loss()));
    made.put("licence", note.licence());
    made.put("puad", note.version());
    return made;
  }
}
