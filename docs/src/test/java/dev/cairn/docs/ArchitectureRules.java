package dev.cairn.docs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The table of rooms, as rules on compiled classes: which module sees which, and which package sees which library.
 *
 * <p>A room that needs a library that is not its own gets a narrow interface from the room that owns it, or, with a
 * decision record, a line here.
 */
final class ArchitectureRules {
    /** What each module may see of the others. A module that is not named here does not exist. */
    private static final Map<String, Set<String>> SEES = sees();

    private static final List<Library> LIBRARIES = List.of(
            new Library("LMDB", List.of("org.lmdbjava", "jnr", "com.kenai"), List.of("cas.lmdb")),
            new Library("zstd", List.of("com.github.luben"), List.of("cas.seal", "delta")),
            new Library("lz4", List.of("net.jpountz"), List.of("cas.seal")),
            new Library("Bouncy Castle", List.of("org.bouncycastle"), List.of("cas.seal", "delta", "server")),
            // Beside the seal: the keyed gear table, and the keyed ends of manifest pages.
            new Library(
                    "the JDK's ciphers and MACs",
                    List.of("javax.crypto"),
                    List.of("cas.seal", "cas.manifest", "chunker")),
            new Library("the foreign-function API", List.of("java.lang.foreign"), List.of("cas.posix")),
            new Library("archives", List.of("org.apache.commons.compress"), List.of("cas.snapshot")),
            new Library("JGit", List.of("org.eclipse.jgit"), List.of("cas.snapshot")),
            new Library("Vert.x", List.of("io.vertx", "io.netty"), List.of("replicator.net", "server")),
            new Library("Micrometer", List.of("io.micrometer"), List.of("server")),
            new Library("picocli", List.of("picocli"), List.of("cli")),
            new Library("the progress bar", List.of("me.tongfei", "org.jline"), List.of("cli")),
            new Library("Jackson", List.of("com.fasterxml"), List.of("cli")),
            new Library("TOML", List.of("org.tomlj", "org.antlr"), List.of("cli.configuration")),
            new Library("Logback", List.of("ch.qos.logback"), List.of("cli")),
            new Library("JMH", List.of("org.openjdk.jmh"), List.of("bench")));

    /** What any room may see beside its libraries. */
    private static final List<String> EVERYWHERE = List.of("java..", "javax..", "org.jspecify..", "org.slf4j..");

    private final String root;
    private final List<Library> libraries;

    /**
     * @param root the product's root package
     * @param protobufRooms the packages below the root that own a {@code .proto} file, where protobuf may be seen
     */
    ArchitectureRules(String root, List<String> protobufRooms) {
        this.root = root;
        this.libraries = Stream.concat(
                        LIBRARIES.stream(),
                        Stream.of(new Library("protobuf", List.of("com.google.protobuf"), protobufRooms)))
                .toList();
    }

    private static Map<String, Set<String>> sees() {
        Map<String, Set<String>> table = new LinkedHashMap<>();
        table.put("chunker", Set.of());
        table.put("delta", Set.of());
        table.put("cas", Set.of("chunker", "delta"));
        table.put("replicator", Set.of("chunker", "delta", "cas"));
        table.put("server", Set.of("chunker", "delta", "cas", "replicator"));
        table.put("cli", Set.of("chunker", "delta", "cas", "replicator", "server"));
        table.put("bench", Set.of("chunker", "delta", "cas", "replicator", "server", "cli"));
        return table;
    }

    /** Every rule, in the order in which a reader would ask. */
    List<ArchRule> all() {
        List<ArchRule> rules = new ArrayList<>();
        rules.add(everyClassHasAModule());
        SEES.keySet().forEach(module -> rules.add(importsPointDown(module)));
        libraries.forEach(library -> rules.add(staysInItsRooms(library)));
        rules.add(onlyLibrariesOfTheTable());
        rules.add(packagesAreFreeOfCycles());
        return rules;
    }

    ArchRule everyClassHasAModule() {
        String[] modules =
                SEES.keySet().stream().map(module -> root + "." + module + "..").toArray(String[]::new);
        return classes()
                .should()
                .resideInAnyPackage(modules)
                .because("a class outside the modules of the design has no floor that it stands on");
    }

    ArchRule importsPointDown(String module) {
        Set<String> seen = SEES.getOrDefault(module, Set.of());
        String[] hidden = SEES.keySet().stream()
                .filter(other -> !other.equals(module) && !seen.contains(other))
                .map(other -> root + "." + other + "..")
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(root + "." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(hidden)
                .because("imports point down: " + module + " sees " + seen)
                .allowEmptyShould(true);
    }

    ArchRule staysInItsRooms(Library library) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(library.roomPatterns(root))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library.packagePatterns())
                .because(library.name() + " is seen in " + library.rooms() + " only")
                .allowEmptyShould(true);
    }

    Library library(String name) {
        return libraries.stream()
                .filter(library -> library.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    ArchRule onlyLibrariesOfTheTable() {
        String[] known = Stream.concat(
                        Stream.concat(EVERYWHERE.stream(), Stream.of(root + "..")),
                        libraries.stream().flatMap(library -> Stream.of(library.packagePatterns())))
                .toArray(String[]::new);
        return classes()
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "belong to the JDK's public packages or to a library of the table",
                        (JavaClass type) -> isOneOf(type, known)))
                .because("a new library needs a room in ArchitectureRules and a line in the design");
    }

    private static boolean isOneOf(JavaClass type, String[] patterns) {
        JavaClass element = type.getBaseComponentType();
        return element.isPrimitive()
                || JavaClass.Predicates.resideInAnyPackage(patterns).test(element);
    }

    ArchRule packagesAreFreeOfCycles() {
        SliceAssignment byPackage = new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
            }

            @Override
            public String getDescription() {
                return "each package";
            }
        };
        return SlicesRuleDefinition.slices()
                .assignedFrom(byPackage)
                .should()
                .beFreeOfCycles()
                .because("two packages that need each other are one package, or lack a third");
    }
}
