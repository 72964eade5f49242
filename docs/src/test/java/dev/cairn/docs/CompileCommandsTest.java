package dev.cairn.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The methods that the launcher names to the compilers: a JVM does not mind a name that means nothing, and is slow. */
final class CompileCommandsTest {

    private static final Pattern METHOD =
            Pattern.compile("-XX:CompileCommand=(\\w+),([\\w.*]+)::([\\w*]+)(,[\\w.]+)?'");

    private static List<MatchResult> commands() throws IOException {
        String launcher = Files.readString(SourceTree.ofProject().root().resolve("cairn"));
        return METHOD.matcher(launcher).results().toList();
    }

    private static boolean isThere(MatchResult command) {
        // Some JDKs name the class otherwise.
        String name = command.group(2).replace(".AES*", ".AESCrypt");
        try {
            Class<?> type = Class.forName(name, false, CompileCommandsTest.class.getClassLoader());
            return Stream.of(type.getDeclaredMethods()).map(Executable::getName).anyMatch(command.group(3)::equals);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Test
    void methodsThatAreNamedInWhole_areThoseOfThisJdk() throws IOException {
        assertThat(commands().stream().filter(command -> !command.group(3).equals("*")))
                .hasSizeGreaterThan(10)
                .allMatch(CompileCommandsTest::isThere, "names a method that is there");
    }

    @Test
    void whatIsToBeCompiledAtOnce_isCompiledApart() throws IOException {
        // Where it is inlined instead, all around it is compiled with it, which takes ten times as long.
        List<String> early = named("CompileThresholdScaling");
        assertThat(early).isNotEmpty().containsExactlyInAnyOrderElementsOf(named("dontinline"));
        assertThat(named("BackgroundCompilation")).isNotEmpty().isSubsetOf(early);
    }

    private static List<String> named(String command) throws IOException {
        return commands().stream()
                .filter(found -> found.group(1).equals(command))
                .map(found -> found.group(2) + "::" + found.group(3))
                .filter(method -> !method.startsWith("dev.cairn."))
                .toList();
    }
}
