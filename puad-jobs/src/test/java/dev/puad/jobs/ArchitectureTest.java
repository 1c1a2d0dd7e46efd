package dev.puad.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom: commands know jobs, jobs know tables, and tables know nobody. */
@AnalyzeClasses(packages = "dev.puad.jobs", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule PACKAGES_DEPEND_DOWNWARDS_ONLY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("cli")
          .definedBy("dev.puad.jobs.cli..")
          .layer("distill")
          .definedBy("dev.puad.jobs.distill..")
          .layer("train")
          .definedBy("dev.puad.jobs.train..")
          .layer("pipeline")
          .definedBy("dev.puad.jobs.pipeline..")
          .layer("report")
          .definedBy("dev.puad.jobs.report..")
          .layer("table")
          .definedBy("dev.puad.jobs.table..")
          .layer("archive")
          .definedBy("dev.puad.jobs.archive..")
          .layer("config")
          .definedBy("dev.puad.jobs.config..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("distill")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("train")
          .mayOnlyBeAccessedByLayers("cli", "distill")
          .whereLayer("pipeline")
          .mayOnlyBeAccessedByLayers("cli", "train", "distill", "report")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("table")
          .mayOnlyBeAccessedByLayers("cli", "train", "pipeline", "report")
          .whereLayer("archive")
          .mayOnlyBeAccessedByLayers("cli", "distill", "train", "pipeline")
          .whereLayer("config")
          .mayOnlyBeAccessedByLayers("cli", "report");

  @ArchTest
  static final ArchRule EVERY_CLASS_IS_IN_A_KNOWN_PACKAGE =
      classes()
          .should()
          .resideInAnyPackage(
              "dev.puad.jobs.archive",
              "dev.puad.jobs.cli",
              "dev.puad.jobs.config",
              "dev.puad.jobs.distill",
              "dev.puad.jobs.pipeline",
              "dev.puad.jobs.report",
              "dev.puad.jobs.table",
              "dev.puad.jobs.train");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.puad.jobs.(*)..").should().beFreeOfCycles();

  private ArchitectureTest() {}
}
