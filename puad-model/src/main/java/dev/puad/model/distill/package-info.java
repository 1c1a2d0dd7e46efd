/**
 * Distillation: what a pretrained backbone says of images, as the target that a teacher learns to
 * imitate (EfficientAD section 3.1 and appendix), and the file of the teacher that has learned it.
 */
package dev.puad.model.distill;
