/**
 * Detection: anomaly maps, their scaling, the two scores and their sum, and the bundle that holds
 * all a category needs (EfficientAD section 3.4, PUAD section 3).
 */
package dev.puad.model.detect;
