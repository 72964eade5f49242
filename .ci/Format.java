import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The format check of the build: every Java source below the given root, by palantir-java-format, in one JVM.
 *
 * <p>It runs as a source file under the JDK that Maven's toolchain selected, not inside a Maven plugin, because the
 * formatter parses with the running JVM's compiler: a plugin would parse Java 25 with the JDK 17 that runs Maven and
 * fail at the first pattern switch. See {@code docs/decisions/001-house.md}.
 *
 * <p>Arguments: {@code check|write ROOT FORMATTER_VERSION}. A file that passed once is remembered by the digest of its
 * bytes in {@code target/format-passed}, so that an unchanged tree costs a read of its files. Exit 0 when all is well
 * (or was mended), 3 when a file differs or does not parse: then they are listed on stderr and in
 * {@code target/format-faults}, where the build's last word on it finds them.
 */
final class Format {
    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    private final Path root;
    private final String version;
    private final boolean write;
    private final Set<String> passed = ConcurrentHashMap.newKeySet();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final Queue<String> mended = new ConcurrentLinkedQueue<>();

    private Format(Path root, String version, boolean write) {
        this.root = root;
        this.version = version;
        this.write = write;
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 3 || !(args[0].equals("check") || args[0].equals("write"))) {
            System.err.println("usage: java Format.java check|write ROOT FORMATTER_VERSION");
            System.exit(2);
        }
        System.exit(new Format(Path.of(args[1]), args[2], args[0].equals("write")).run());
    }

    private int run() throws IOException {
        Path memory = root.resolve("target/format-passed");
        Set<String> before = Files.isRegularFile(memory) ? Set.copyOf(Files.readAllLines(memory)) : Set.of();
        List<Path> sources = sources();
        sources.parallelStream().forEach(file -> visit(file, before));
        Files.createDirectories(memory.getParent());
        Files.write(memory, new TreeSet<>(passed));
        Path report = root.resolve("target/format-faults");
        Files.deleteIfExists(report);
        mended.stream().sorted().forEach(line -> System.out.println("format: rewrote " + line));
        if (faults.isEmpty()) {
            return 0;
        }
        List<String> lines = faults.stream().sorted().toList();
        lines.forEach(line -> System.err.println("format: " + line));
        Files.write(report, lines);
        return 3;
    }

    /** The Java files under any {@code src} folder, and those in {@code .ci}; build output and hidden folders are not visited. */
    private List<Path> sources() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skipped = !folder.equals(root)
                        && !name.equals(".ci")
                        && (name.equals("target") || name.startsWith(".") || name.equals("node_modules"));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile() && file.toString().endsWith(".java")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private void visit(Path file, Set<String> before) {
        String name = root.relativize(file).toString();
        try {
            String source = Files.readString(file);
            String digest = digest(source);
            if (before.contains(digest)) {
                passed.add(digest);
                return;
            }
            String formatted = FORMATTER.formatSourceAndFixImports(source);
            if (formatted.equals(source)) {
                passed.add(digest);
            } else if (write) {
                Files.writeString(file, formatted);
                passed.add(digest(formatted));
                mended.add(name);
            } else {
                faults.add(name + ":" + firstDifference(source, formatted));
            }
        } catch (FormatterException e) {
            faults.add(name + " does not parse: " + e.getMessage());
        } catch (IOException e) {
            faults.add(name + " cannot be read as UTF-8 text or written: " + e);
        }
    }

    private static String firstDifference(String source, String formatted) {
        List<String> is = source.lines().toList();
        List<String> ought = formatted.lines().toList();
        for (int i = 0; i < Math.min(is.size(), ought.size()); i++) {
            if (!is.get(i).equals(ought.get(i))) {
                String line = ought.get(i).strip();
                return (i + 1) + " should read: " + (line.isEmpty() ? "(an empty line)" : line);
            }
        }
        return Math.min(is.size(), ought.size()) + " differs at the end of the file";
    }

    private String digest(String source) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((version + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha.digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a JDK without SHA-256", e);
        }
    }
}
