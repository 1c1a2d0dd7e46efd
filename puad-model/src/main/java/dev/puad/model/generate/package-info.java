/**
 * Images drawn by rules alone, with the statistics of photographs: for networks that are to learn
 * what photographs teach where no photographs can be had. Baradad et al., "Learning to See by
 * Looking at Noise" (2021), find that dead leaves and natural spectra go far; the rest adds the
 * textures, objects and marks that inspection looks at.
 */
package dev.puad.model.generate;
