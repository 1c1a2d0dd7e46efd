package dev.puad.jobs.train;

import java.io.Serializable;

/**
 * An image as the networks see it, and how large its file says it is.
 *
 * @param pixels [S, S, 3] bytes, RGB
 * @param width of the file's image, in pixels
 * @param height of the file's image, in pixels
 */
record DecodedImage(byte[] pixels, int width, int height) implements Serializable {}
