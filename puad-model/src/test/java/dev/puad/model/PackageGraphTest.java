package dev.puad.model;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which package may use which: dependencies point one way, and libraries stay where they are. */
class PackageGraphTest {

  private static final String ROOT = "dev.puad.model";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /** Besides itself and the module's root, which every package may use. */
  @ParameterizedTest
  @CsvSource({
    "image, image",
    "generate, image",
    "stats, stats",
    "weights, weights",
    "dataset, image",
    "network, stats weights",
    "metric, dataset stats",
    "onnx, network weights",
    "detect, image stats network weights onnx",
    "distill, image stats network weights onnx"
  })
  void aPackageUsesOnlyThoseBelowIt(String name, String below) {
    DescribedPredicate<JavaClass> allowed = resideInAnyPackage(ROOT, ROOT + "." + name);
    for (String other : below.split(" ", -1)) {
      allowed = allowed.or(resideInAnyPackage(ROOT + "." + other));
    }
    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + name)
        .should()
        .dependOnClassesThat(resideInAnyPackage(ROOT + "..").and(DescribedPredicate.not(allowed)))
        .check(CLASSES);
  }

  @Test
  void theRootUsesNoPackageOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".*..")
        .check(CLASSES);
  }

  @Test
  void noPackageIsForgotten() {
    noClasses()
        .should()
        .resideOutsideOfPackages(
            ROOT,
            ROOT + ".image",
            ROOT + ".generate",
            ROOT + ".stats",
            ROOT + ".network",
            ROOT + ".dataset",
            ROOT + ".weights",
            ROOT + ".onnx",
            ROOT + ".metric",
            ROOT + ".detect",
            ROOT + ".distill")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheNetworkPackageUsesDeeplearning4j() {
    noClasses()
        .that(resideOutsideOfPackage(ROOT + ".network"))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.deeplearning4j..", "org.nd4j..")
                // ONNX's own classes stand on a copy of protobuf that ND4J brings.
                .and(resideOutsideOfPackage("org.nd4j.shade..")))
        .check(CLASSES);
  }

  @Test
  void onlyBackbonesAndTheEngineUseOnnxRuntime() {
    noClasses()
        .that(resideOutsideOfPackages(ROOT + ".distill", ROOT + ".detect", ROOT + ".onnx"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.onnxruntime..")
        .check(CLASSES);
  }

  @Test
  void nothingUsesSparkOrHadoop() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.spark..", "org.apache.hadoop..")
        .check(CLASSES);
  }

  @Test
  void noScalaTypeIsInASignature() {
    members()
        .that()
        .doNotHaveModifier(JavaModifier.PRIVATE)
        .should(have(typesOutsideOf("scala", "breeze")))
        .check(CLASSES);
  }

  private static DescribedPredicate<JavaMember> typesOutsideOf(String... roots) {
    return describe(
        "no types of " + String.join(", ", roots),
        member -> {
          for (JavaClass type : member.getAllInvolvedRawTypes()) {
            for (String root : roots) {
              if (type.getBaseComponentType().getPackageName().startsWith(root)) {
                return false;
              }
            }
          }
          return true;
        });
  }
}
