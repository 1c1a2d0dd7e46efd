package dev.puad.model.dataset;

/** How a category's folders are arranged, and with them how its ground truth is to be read. */
public enum Layout {
  /**
   * MVTec LOCO AD: a validation folder, two kinds of anomalies, and a folder of masks for each
   * anomalous image, each mask one region whose value names its defect.
   */
  LOCO,
  /** MVTec AD: a folder for each defect, and one mask for each anomalous image. */
  MVTEC_AD
}
