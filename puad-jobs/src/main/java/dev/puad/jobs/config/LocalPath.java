package dev.puad.jobs.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A path on this machine as people type it: plain, or a {@code file:} URI. */
public final class LocalPath {

  // As for paths of any file system: a colon without a slash behind it is part of a name.
  private static final Pattern LIKE_A_URI =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):/(?:/([^/]*))?(.*)", Pattern.DOTALL);

  private LocalPath() {}

  /**
   * The path that a text names.
   *
   * @param text a path, taken as it is; or {@code file:/x} or {@code file:///x}, percent-encoded,
   *     or plain where that is no URI
   * @throws InvalidPathException if it is a URI of anything else, or no path; its reason is a
   *     demand such as "must be …"
   */
  public static Path of(String text) {
    Matcher uri = LIKE_A_URI.matcher(text);
    if (!uri.matches()) {
      return Path.of(text);
    }
    String host = uri.group(2) == null ? "" : uri.group(2);
    if (!uri.group(1).equalsIgnoreCase("file") || !(host.isEmpty() || host.equals("localhost"))) {
      throw new InvalidPathException(text, "must be a path on this machine, plain or a file: URI");
    }
    return Path.of(decoded("/" + uri.group(3).replaceFirst("^/+", "")));
  }

  /** Whether a text is a URI of any kind, and not a plain path. */
  static boolean isUri(String text) {
    return LIKE_A_URI.matcher(text).matches();
  }

  private static String decoded(String path) {
    try {
      URI uri = new URI("file:" + path);
      return uri.getQuery() == null && uri.getFragment() == null ? uri.getPath() : path;
    } catch (URISyntaxException e) {
      return path;
    }
  }
}
