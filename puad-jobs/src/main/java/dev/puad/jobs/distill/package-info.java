/**
 * Distillation of teachers on Spark: executors run the backbone, Deeplearning4j's parameter
 * averaging trains (EfficientAD section 3.1 and appendix).
 */
package dev.puad.jobs.distill;
