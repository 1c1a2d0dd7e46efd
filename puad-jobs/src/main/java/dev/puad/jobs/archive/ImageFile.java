package dev.puad.jobs.archive;

import java.io.Serializable;

/**
 * A file that may be an image.
 *
 * @param image its identity: the normalised URI
 * @param modified when it was last modified, in milliseconds since the epoch
 * @param length in bytes
 */
public record ImageFile(String image, long modified, long length) implements Serializable {}
