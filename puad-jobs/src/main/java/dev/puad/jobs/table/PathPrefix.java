package dev.puad.jobs.table;

import java.io.Serializable;

/**
 * A folder that has moved.
 *
 * @param from where it was, without a trailing slash
 * @param to where it is
 */
record PathPrefix(String from, String to) implements Serializable {

  /** A path below the folder as it is now; any other path, or text, as it is. */
  String replacedIn(String path) {
    return path.equals(from) || path.startsWith(from + "/")
        ? to + path.substring(from.length())
        : path;
  }
}
