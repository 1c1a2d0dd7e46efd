/**
 * Images: decoding to RGB, maps as TIFF, Pillow-exact resizing, normalisation and colour jitter.
 */
package dev.puad.model.image;
