package dev.puad.jobs.cli;

import dev.puad.jobs.config.LocalPath;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads every option that is a path on this machine. */
final class LocalPathConverter implements ITypeConverter<Path> {

  @Override
  public Path convert(String text) {
    try {
      return LocalPath.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("%s %s".formatted(text, e.getReason()));
    }
  }
}
