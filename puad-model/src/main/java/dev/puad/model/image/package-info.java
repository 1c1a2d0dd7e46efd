/** Images: decoding to RGB, Pillow-exact resizing, normalisation and colour jitter. */
package dev.puad.model.image;
