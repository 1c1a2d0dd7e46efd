package dev.puad.model.detect;

import java.io.Serializable;

/**
 * What the networks say of one image, before any calibration.
 *
 * @param student the local anomaly map, [s, s]: channel means of (teacher − student)²
 * @param autoencoder the global anomaly map, [s, s]: channel means of (autoencoder − student)²
 * @param features C globally pooled features
 */
public record Analysis(float[] student, float[] autoencoder, double[] features)
    implements Serializable {}
