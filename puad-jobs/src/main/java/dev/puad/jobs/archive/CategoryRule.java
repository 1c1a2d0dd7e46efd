package dev.puad.jobs.archive;

import dev.puad.model.BadInputException;
import java.io.Serializable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which category an image belongs to, by its path below an archive's root. */
public final class CategoryRule implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final String CATEGORY = "{category}";

  private static final Pattern TOKEN = Pattern.compile("\\{category}|\\*\\*/|\\*\\*|\\*|\\?");

  private final String text;
  private final String always;
  private final Pattern paths;

  private CategoryRule(String text, String always, Pattern paths) {
    this.text = text;
    this.always = always;
    this.paths = paths;
  }

  /** The same category for every image. */
  public static CategoryRule always(String category) {
    return new CategoryRule(category, category, null);
  }

  /**
   * A pattern of paths, for example <code>line3/{category}/**</code>. {@code *} stands for anything
   * within a folder's or file's name and {@code ?} for one character of it; {@code **} for any
   * folders and files; <code>{category}</code> for at least one character of a name. A shard is a
   * folder.
   *
   * @throws BadInputException if the pattern does not name the category once
   */
  public static CategoryRule pattern(String pattern) {
    if (pattern.split(Pattern.quote(CATEGORY), -1).length != 2) {
      throw new BadInputException(
          "Cannot use pattern %s: it must have %s once, as in line3/%s/**."
              .formatted(pattern, CATEGORY, CATEGORY));
    }
    StringBuilder regex = new StringBuilder();
    Matcher tokens = TOKEN.matcher(pattern);
    int from = 0;
    while (tokens.find()) {
      regex.append(Pattern.quote(pattern.substring(from, tokens.start())));
      regex.append(
          switch (tokens.group()) {
            case CATEGORY -> "(?<category>[^/]+)";
            case "**/" -> "(?:.*/)?";
            case "**" -> ".*";
            case "*" -> "[^/]*";
            default -> "[^/]";
          });
      from = tokens.end();
    }
    regex.append(Pattern.quote(pattern.substring(from)));
    return new CategoryRule(pattern, null, Pattern.compile(regex.toString(), Pattern.DOTALL));
  }

  /** The category of an image; empty where the pattern does not fit. */
  public Optional<String> category(String root, String image) {
    if (always != null) {
      return Optional.of(always);
    }
    Matcher path = paths.matcher(path(root, image));
    return path.matches() ? Optional.of(path.group("category")) : Optional.empty();
  }

  /** What a pattern sees of an image: its path below an archive's root, a shard being a folder. */
  public static String path(String root, String image) {
    return FolderListing.relative(root, image.replace(ShardIndex.WITHIN, "/"));
  }

  @Override
  public String toString() {
    return text;
  }
}
