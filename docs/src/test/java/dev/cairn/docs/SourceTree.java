package dev.cairn.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The project's source files as text, and the rules that only text shows: lengths, names, package comments, what was left
 * open. Each rule answers with its faults, a line each, empty when all is well.
 */
final class SourceTree {
    static final int LINES_MAX = 500;
    static final int METHOD_LINES_MAX = 60;

    /** Words that a class is not named by: they say that something is done, not what the thing is. */
    private static final Pattern NAME_REFUSED = Pattern.compile("\\w*(Utils?|Helpers?|Managers?|Impl|Base)");

    private static final Pattern TYPE =
            Pattern.compile("^\\s*(?:[a-z@][\\w-]* +)*(?:class|interface|record|enum) +(\\w+)", Pattern.MULTILINE);

    /** Spelled in halves, so that this file does not break its own rule. */
    private static final Pattern LEFT_OPEN = Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    private static final Pattern LABEL = Pattern.compile("\"(cairn [a-z ]+ \\d+)\"");

    private static final Pattern PACKAGE = Pattern.compile("^package +([\\w.]+);", Pattern.MULTILINE);

    private static final Pattern JAVA_PACKAGE = Pattern.compile("option +java_package *= *\"([\\w.]+)\"");

    private final Path root;

    SourceTree(Path root) {
        this.root = root;
    }

    /** The project that this module is part of: Surefire runs in the module's folder. */
    static SourceTree ofProject() {
        Path project = Path.of("").toAbsolutePath().getParent();
        if (project == null || !Files.isRegularFile(project.resolve("cairn"))) {
            throw new IllegalStateException(
                    "the tests of docs run in docs, not in " + Path.of("").toAbsolutePath());
        }
        return new SourceTree(project);
    }

    Path root() {
        return root;
    }

    List<String> filesTooLong() {
        List<String> faults = new ArrayList<>();
        for (Path file : files("src", ".java")) {
            long lines = text(file).lines().count();
            if (lines > LINES_MAX) {
                faults.add(
                        name(file) + " has " + lines + " lines, more than " + LINES_MAX + ": look for the second noun");
            }
        }
        return faults;
    }

    /** Asks the compiler's parser, which needs neither class path nor a whole program. */
    List<String> methodsTooLong() {
        List<String> faults = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, UTF_8);
        JavacTask task = (JavacTask) compiler.getTask(
                null,
                manager,
                problem -> {},
                List.of("-proc:none"),
                null,
                manager.getJavaFileObjectsFromPaths(files("src", ".java")));
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                new TreeScanner<Void, CompilationUnitTree>() {
                    @Override
                    public @Nullable Void visitMethod(MethodTree method, CompilationUnitTree file) {
                        if (method.getBody() != null) {
                            LineMap lines = file.getLineMap();
                            long first = lines.getLineNumber(positions.getStartPosition(file, method.getBody()));
                            long last = lines.getLineNumber(positions.getEndPosition(file, method.getBody()));
                            if (last - first + 1 > METHOD_LINES_MAX) {
                                faults.add(name(Path.of(file.getSourceFile().toUri())) + ":" + first + " "
                                        + method.getName() + " has " + (last - first + 1) + " lines, more than "
                                        + METHOD_LINES_MAX);
                            }
                        }
                        return super.visitMethod(method, file);
                    }
                }.scan(unit, unit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot parse " + root, e);
        }
        return faults;
    }

    List<String> packagesWithoutComment() {
        TreeSet<Path> folders = new TreeSet<>();
        files("src/main/java", ".java").forEach(file -> folders.add(file.resolveSibling("package-info.java")));
        List<String> faults = new ArrayList<>();
        for (Path info : folders) {
            if (!Files.isRegularFile(info)) {
                faults.add(name(info) + " is missing: say what the package is for");
            } else if (!text(info).contains("/**") || !text(info).contains("@NullMarked")) {
                faults.add(name(info) + " needs a Javadoc comment and @NullMarked");
            }
        }
        return faults;
    }

    List<String> refusedNames() {
        List<String> faults = new ArrayList<>();
        for (Path file : files("src", ".java")) {
            Matcher types = TYPE.matcher(text(file));
            while (types.find()) {
                if (NAME_REFUSED.matcher(types.group(1)).matches()) {
                    faults.add(name(file) + " declares " + types.group(1) + ": name the noun that it is");
                }
            }
        }
        return faults;
    }

    List<String> leftOpen() {
        List<String> faults = new ArrayList<>();
        Stream.of(".java", ".proto").flatMap(end -> files("src", end).stream()).forEach(file -> {
            Matcher open = LEFT_OPEN.matcher(text(file));
            if (open.find()) {
                faults.add(name(file) + " has a " + open.group(1) + ": finish it, or file an issue");
            }
        });
        return faults;
    }

    /** The packages that own a {@code .proto} file: where {@code P.wire} is generated, P is the owner. */
    List<String> protobufOwners() {
        TreeSet<String> owners = new TreeSet<>();
        for (Path file : files("src/main", ".proto")) {
            Matcher option = JAVA_PACKAGE.matcher(text(file));
            if (!option.find() || !option.group(1).endsWith(".wire")) {
                throw new IllegalStateException(name(file) + " needs a java_package that ends in .wire");
            }
            owners.add(option.group(1).replaceFirst("\\.wire$", ""));
        }
        return List.copyOf(owners);
    }

    /**
     * The labels by which one purpose of a key, a code or a signature is told from another: literals that begin with the
     * product's name and end in a version.
     */
    Set<String> labels() {
        TreeSet<String> labels = new TreeSet<>();
        for (Path file : files("src/main/java", ".java")) {
            Matcher literals = LABEL.matcher(text(file));
            while (literals.find()) {
                labels.add(literals.group(1));
            }
        }
        return labels;
    }

    /** The texts of a module's {@code .proto} files. */
    List<String> protobufs(String module) {
        return files("src/main", ".proto").stream()
                .filter(file -> file.startsWith(root.resolve(module)))
                .map(SourceTree::text)
                .toList();
    }

    /** The packages of the product, as their folders name them. */
    Set<String> packages() {
        TreeSet<String> packages = new TreeSet<>();
        for (Path file : files("src/main/java", "package-info.java")) {
            Matcher line = PACKAGE.matcher(text(file));
            if (line.find()) {
                packages.add(line.group(1));
            }
        }
        return packages;
    }

    /** The names of the outermost classes of some packages, by their files. */
    List<String> classes(Set<String> packages) {
        List<String> classes = new ArrayList<>();
        for (Path file : files("src/main/java", ".java")) {
            String name = String.valueOf(file.getFileName()).replace(".java", "");
            Matcher line = PACKAGE.matcher(text(file));
            if (!name.equals("package-info") && line.find() && packages.contains(line.group(1))) {
                classes.add(line.group(1) + "." + name);
            }
        }
        return classes;
    }

    /** The files below {@code MODULE/under} whose name ends so, sorted. */
    private List<Path> files(String under, String end) {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.sorted().toList()) {
                Path top = module.resolve(under);
                if (Files.isDirectory(top)) {
                    try (Stream<Path> tree = Files.walk(top)) {
                        tree.filter(file -> file.toString().endsWith(end) && Files.isRegularFile(file))
                                .sorted()
                                .forEach(found::add);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + root, e);
        }
        return found;
    }

    private String name(Path file) {
        return root.relativize(file).toString();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
