package dev.puad.jobs.cli;

import dev.puad.jobs.config.Settings;
import dev.puad.jobs.pipeline.CategoryFolder;
import dev.puad.jobs.pipeline.EvaluateCategory;
import dev.puad.jobs.pipeline.MeasuredCategory;
import dev.puad.jobs.table.Lake;
import dev.puad.jobs.table.MetricRows;
import dev.puad.jobs.table.ModelRow;
import dev.puad.jobs.table.RunLog;
import dev.puad.model.dataset.AnomalyKind;

/** The scores and maps that one of our models gave a category's test images. */
final class OwnScores implements CategoryEvaluation {

  private final Terminal terminal;
  private final CategoryFolder folder;
  private final ModelRow model;
  private final EvaluateCategory.Request request;
  private final String writeMaps;

  /**
   * Evaluates a model.
   *
   * @param writeMaps the folder to write maps to; null to write none
   */
  OwnScores(
      Terminal terminal,
      Settings settings,
      CategoryFolder folder,
      ModelRow model,
      String writeMaps) {
    this.terminal = terminal;
    this.folder = folder;
    this.model = model;
    this.writeMaps = writeMaps;
    request =
        new EvaluateCategory.Request(
            folder, model, settings.evaluate().precision(), settings.image().limits());
  }

  @Override
  public String title() {
    return "%s version %d".formatted(folder.name(), model.version());
  }

  @Override
  public MeasuredCategory measure(Lake lake) {
    return EvaluateCategory.evaluate(lake, request);
  }

  @Override
  public MetricRows rows(RunLog run) {
    return MetricRows.ofModel(model, run);
  }

  @Override
  public void finish(Lake lake, MeasuredCategory measured) {
    long images = 0;
    for (AnomalyKind kind : AnomalyKind.values()) {
      images += measured.state().images(kind);
    }
    long rejected = folder.layout().test().size() - images;
    if (rejected > 0) {
      tell("%d test images were rejected; puad.rejects says why".formatted(rejected));
    }
    long unannotated = measured.state().unannotated();
    if (unannotated > 0) {
      tell(
          "%d anomalous test images have no ground truth; only scores are measured"
              .formatted(unannotated));
    }
    if (writeMaps != null) {
      long written = EvaluateCategory.writeMaps(lake, request, writeMaps);
      tell("%d maps written to %s/%s".formatted(written, writeMaps, folder.name()));
    }
  }

  private void tell(String what) {
    terminal.err().println("puad: " + what);
  }
}
