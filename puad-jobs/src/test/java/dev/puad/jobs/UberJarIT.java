package dev.puad.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The jar that a cluster gets beside its own Spark. */
class UberJarIT {

  private static final Path TARGET = Path.of("target");

  @Test
  void holdsNoClassThatSparkBrings() throws IOException {
    Set<String> ours = classes(uberJar());
    Set<String> twice = new HashSet<>();
    for (Path jar : sparkJars()) {
      classes(jar).stream().filter(ours::contains).forEach(twice::add);
    }

    assertThat(twice).isEmpty();
  }

  @Test
  void runsBesideJarsThatAreSparkAlone() throws IOException {
    List<String> names = sparkJars().stream().map(jar -> jar.getFileName().toString()).toList();

    assertThat(names)
        .anyMatch(name -> name.startsWith("spark-core_2.12-"))
        .anyMatch(name -> name.startsWith("spark-sql_2.12-"))
        .noneMatch(name -> name.matches("(puad|nd4j|breeze|iceberg|sqlite|picocli|junit).*"));
  }

  @Test
  void holdsNativesOfOnePlatform() throws IOException {
    assertThat(
            entries(uberJar()).filter(name -> name.matches(".*\\.(so|dll|dylib|jnilib)(\\..*)?")))
        .isNotEmpty()
        .allMatch(name -> name.matches("(?i).*linux[-/](x86[-_]64|amd64|x64)(-onednn)?/.*"));
  }

  @Test
  void carriesNoSignatureOfTheJarsItWasMergedFrom() throws IOException {
    assertThat(entries(uberJar())).noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
  }

  @Test
  void namesTheDriverOfTheCatalog() throws IOException {
    try (JarFile jar = new JarFile(uberJar().toFile())) {
      byte[] drivers =
          jar.getInputStream(jar.getEntry("META-INF/services/java.sql.Driver")).readAllBytes();
      assertThat(new String(drivers, StandardCharsets.UTF_8).strip()).isEqualTo("org.sqlite.JDBC");
    }
  }

  private static Path uberJar() throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(TARGET, "puad-jobs-*-uber.jar")) {
      return jars.iterator().next();
    }
  }

  private static List<Path> sparkJars() throws IOException {
    String classpath = Files.readString(TARGET.resolve("spark.classpath")).strip();
    return Stream.of(classpath.split(File.pathSeparator)).map(Path::of).toList();
  }

  private static Set<String> classes(Path jar) throws IOException {
    Set<String> classes = new HashSet<>();
    entries(jar)
        .filter(name -> name.endsWith(".class"))
        .filter(name -> !name.startsWith("META-INF/") && !name.equals("module-info.class"))
        .forEach(classes::add);
    return classes;
  }

  private static Stream<String> entries(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(ZipEntry::getName).toList().stream();
    }
  }
}
