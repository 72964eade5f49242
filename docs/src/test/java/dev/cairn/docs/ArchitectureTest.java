package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The product's classes against the table of rooms, and each kind of rule against the classes in {@code fixture} that break it. */
final class ArchitectureTest {
    private static final String ROOT = "dev.cairn";
    private static final String FIXTURE = ROOT + ".docs.fixture";
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(FIXTURE);
    private static final ArchitectureRules FIXTURE_RULES = new ArchitectureRules(FIXTURE, List.of("replicator"));

    @TestFactory
    Stream<DynamicTest> product_everyRule_holds() {
        List<String> owners = SourceTree.ofProject().protobufOwners().stream()
                .map(owner -> owner.substring(ROOT.length() + 1))
                .toList();
        return new ArchitectureRules(ROOT, owners)
                .all().stream().map(rule -> dynamicTest(rule.getDescription(), () -> rule.check(PRODUCT)));
    }

    @Test
    void product_everyModule_isLookedAt() {
        for (String module : List.of("chunker", "delta", "cas", "replicator", "server", "cli", "bench")) {
            assertThat(PRODUCT.stream().filter(type -> type.getPackageName().startsWith(ROOT + "." + module)))
                    .as("classes of " + module)
                    .isNotEmpty();
        }
        assertThat(PRODUCT.stream().filter(type -> type.getPackageName().startsWith(ROOT + ".docs")))
                .isEmpty();
    }

    @Test
    void everyClassHasAModule_classElsewhere_fails() {
        assertBreaks(FIXTURE_RULES.everyClassHasAModule(), "elsewhere.Homeless");
    }

    @Test
    void importsPointDown_chunkerSeesCas_fails() {
        assertBreaks(FIXTURE_RULES.importsPointDown("chunker"), "chunker.LooksUp");
    }

    @Test
    void importsPointDown_casSeesBench_fails() {
        assertBreaks(FIXTURE_RULES.importsPointDown("cas"), "cas.SeesBench");
    }

    @Test
    void importsPointDown_casSeesChunker_holds() {
        assertThat(FIXTURE_RULES.importsPointDown("replicator").evaluate(BROKEN).hasViolation())
                .isFalse();
    }

    @Test
    void staysInItsRooms_lmdbOutsideItsRoom_failsThereOnly() {
        ArchRule rule = FIXTURE_RULES.staysInItsRooms(FIXTURE_RULES.library("LMDB"));
        assertBreaks(rule, "cas.seal.HoldsEnvironment");
        assertThat(rule.evaluate(BROKEN).getFailureReport().toString())
                .doesNotContain("<" + FIXTURE + ".cas.lmdb.HoldsEnvironment.");
    }

    @Test
    void staysInItsRooms_protobufWithoutProto_failsThereOnly() {
        ArchRule rule = FIXTURE_RULES.staysInItsRooms(FIXTURE_RULES.library("protobuf"));
        assertBreaks(rule, "cas.HoldsMessage");
        assertThat(rule.evaluate(BROKEN).getFailureReport().toString())
                .doesNotContain("<" + FIXTURE + ".replicator.HoldsMessage.");
    }

    @Test
    void onlyLibrariesOfTheTable_libraryWithoutRoom_fails() {
        assertBreaks(FIXTURE_RULES.onlyLibrariesOfTheTable(), "elsewhere.Homeless");
    }

    @Test
    void packagesAreFreeOfCycles_twoPackagesInACircle_fails() {
        assertBreaks(FIXTURE_RULES.packagesAreFreeOfCycles(), "cas.lmdb.HoldsEnvironment");
    }

    private static void assertBreaks(ArchRule rule, String breaker) {
        assertThat(rule.evaluate(BROKEN).getFailureReport().toString()).contains(FIXTURE + "." + breaker);
    }
}
