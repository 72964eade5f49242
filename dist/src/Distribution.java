import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Makes what people install: a tar with a Java runtime of its own, and a Debian package of the same files. All times in them are the
 * build's fixed one and all names sorted, so that equal sources and an equal JDK give equal files; but the ahead-of-time caches,
 * which are records of a run, differ from build to build ({@code -Dcairn.rehearsal.skip=true} leaves them out).
 *
 * <p>Arguments: {@code PROJECT TARGET VERSION TIMESTAMP SKIP_REHEARSAL}, with the third-party libraries on the class path. It runs as
 * a source file, under the JDK that Maven's toolchain selected. Needs GNU tar, gzip and touch, and for the Debian package dpkg-deb,
 * without which that one is left out.
 */
final class Distribution {
    /**
     * What classes of libraries name, and no path of Cairn reaches: Jackson's java.sql and java.beans types, which it does without
     * where they are missing; Pack200 and circuit breakers on java.beans; Vert.x verticles that are compiled from source.
     */
    private static final Set<String> UNREACHED = Set.of("java.compiler", "java.desktop", "java.sql");

    /** What no class names but the JDK or a library looks up by name: the processor and memory beans of metrics. */
    private static final Set<String> LOOKED_UP = Set.of("java.management", "jdk.management");

    private static final Pattern LICENCE = Pattern.compile(
            "(?:META-INF/(?:license/)?)?([^/]*(?:LICEN[SC]E|NOTICE|COPYING|COPYRIGHT)[^/]*)", Pattern.CASE_INSENSITIVE);

    private final Path project;
    private final Path target;
    private final String version;
    private final Instant time;
    private final boolean withoutCaches;
    private final Path home;

    private Distribution(Path project, Path target, String version, Instant time, boolean withoutCaches) {
        this.project = project;
        this.target = target;
        this.version = version;
        this.time = time;
        this.withoutCaches = withoutCaches;
        this.home = target.resolve("stage/cairn-" + version);
    }

    public static void main(String... arguments) throws IOException, InterruptedException {
        if (arguments.length != 5) {
            System.err.println("usage: java Distribution.java PROJECT TARGET VERSION TIMESTAMP SKIP_REHEARSAL");
            System.exit(2);
        }
        Distribution distribution = new Distribution(
                Path.of(arguments[0]),
                Path.of(arguments[1]),
                arguments[2],
                Instant.parse(arguments[3]),
                Boolean.parseBoolean(arguments[4]));
        distribution.stage();
        distribution.tar();
        distribution.deb();
    }

    /** Lays out the folder that is packed. */
    private void stage() throws IOException, InterruptedException {
        delete(target.resolve("stage"));
        Path lib = Files.createDirectories(home.resolve("lib"));
        Path bin = Files.createDirectories(home.resolve("bin"));
        Files.copy(project.resolve("cairn"), bin.resolve("cairn"));
        Files.setPosixFilePermissions(bin.resolve("cairn"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Path jar = lib.resolve("cairn.jar");
        Files.copy(project.resolve("cli/target/cairn.jar"), jar);
        Path runtime = lib.resolve("runtime");
        runtime(jar, runtime);
        // A cache names the time of the jar that it was made of: it has to be the one in the package.
        touch(home);
        if (!withoutCaches) {
            run(
                    null,
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    project.resolve(".ci/Rehearse.java").toString(),
                    project.resolve("cairn").toString(),
                    jar.toString(),
                    runtime.toString());
            deleteLogs(lib);
        }
        Path share = home.resolve("share");
        List<String> cairn =
                List.of(runtime.resolve("bin/java").toString(), "-XX:+UseSerialGC", "-jar", jar.toString());
        write(cairn, share.resolve("bash-completion/completions/cairn"), "completion", "bash");
        write(cairn, share.resolve("zsh/site-functions/_cairn"), "completion", "zsh");
        write(cairn, share.resolve("fish/vendor_completions.d/cairn.fish"), "completion", "fish");
        Path manual = share.resolve("man/man1");
        write(
                cairn,
                target.resolve("manual.log"),
                "manual",
                manual.toString(),
                "--date",
                time.toString().substring(0, 10));
        Path unit = Files.createDirectories(share.resolve("systemd"));
        Files.copy(project.resolve("dist/src/deb/cairn-server.service"), unit.resolve("cairn-server.service"));
        Path papers = Files.createDirectories(share.resolve("doc/cairn"));
        Files.copy(target.resolve("third-party.txt"), papers.resolve("third-party.txt"));
        licences(papers.resolve("licences"));
        nativeLicences(papers.resolve("licences/native"));
        Files.copy(project.resolve("LICENSE"), home.resolve("LICENSE"));
        Files.copy(project.resolve("README.md"), home.resolve("README.md"));
        try (Stream<Path> pages = Files.list(project.resolve("docs"))) {
            for (Path page : pages.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                Files.createDirectories(home.resolve("docs"));
                Files.copy(page, home.resolve("docs").resolve(page.getFileName()));
            }
        }
        touch(home);
    }

    private static void runtime(Path jar, Path runtime) throws IOException {
        TreeSet<String> modules = new TreeSet<>(
                List.of(tool("jdeps", "--ignore-missing-deps", "--multi-release", "25", "--list-deps", jar.toString())
                        .strip()
                        .split("\\s+")));
        modules.removeIf(name -> name.contains("/") || name.startsWith("JDK") || UNREACHED.contains(name));
        modules.addAll(LOOKED_UP);
        System.out.println("Distribution: runtime of " + String.join(" ", modules));
        tool(
                "jlink",
                "--add-modules",
                String.join(",", modules),
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--generate-cds-archive",
                // The launcher names its caches by it.
                "--release-info",
                "add:JAVA_RUNTIME_VERSION=" + Runtime.version(),
                "--output",
                runtime.toString());
        // For heaps of 32 GB and more, which Cairn never has.
        Files.deleteIfExists(runtime.resolve("lib/server/classes_nocoops.jsa"));
    }

    /** What the libraries' jars say of their licences, as it stands in them. */
    private void licences(Path folder) throws IOException {
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path jar = Path.of(entry);
            String name = jar.getFileName().toString().replaceFirst("\\.jar$", "");
            if (name.startsWith("cairn-") || !Files.isRegularFile(jar)) {
                continue;
            }
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                for (ZipEntry one : zip.stream().map(ZipEntry.class::cast).toList()) {
                    var matcher = LICENCE.matcher(one.getName());
                    if (matcher.matches() && !one.getName().endsWith(".class")) {
                        Path copy =
                                Files.createDirectories(folder.resolve(name)).resolve(matcher.group(1));
                        if (!Files.exists(copy)) {
                            try (InputStream in = zip.getInputStream(one)) {
                                Files.copy(in, copy);
                            }
                        }
                    }
                }
            }
        }
    }

    /** Those of the native libraries that some of the jars bring, which say nothing of them. */
    private void nativeLicences(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> texts = Files.list(project.resolve("dist/src/licences"))) {
            for (Path text : texts.toList()) {
                Files.copy(text, folder.resolve(text.getFileName()));
            }
        }
    }

    private void tar() throws IOException, InterruptedException {
        Path tar = target.resolve("cairn-%s-linux-%s.tar.gz".formatted(version, isArm() ? "arm64" : "x64"));
        run(
                null,
                "tar",
                "-C",
                target.resolve("stage").toString(),
                "--sort=name",
                "--format=gnu",
                "--owner=0",
                "--group=0",
                "--numeric-owner",
                "--mode=u+rwX,go+rX,go-w",
                "-I",
                "gzip -n -9",
                "-cf",
                tar.toString(),
                home.getFileName().toString());
        tell(tar);
    }

    private void deb() throws IOException, InterruptedException {
        if (!isOnPath("dpkg-deb")) {
            System.err.println("Distribution: no Debian package is made, since this machine has no dpkg-deb");
            return;
        }
        Path root = target.resolve("deb");
        delete(root);
        Path source = project.resolve("dist/src/deb");
        Path usr = Files.createDirectories(root.resolve("usr"));
        copyTree(home.resolve("bin"), usr.resolve("lib/cairn/bin"));
        copyTree(home.resolve("lib"), usr.resolve("lib/cairn/lib"));
        Files.createDirectories(usr.resolve("bin"));
        Files.createSymbolicLink(usr.resolve("bin/cairn"), Path.of("../lib/cairn/bin/cairn"));
        Path share = home.resolve("share");
        copyTree(share.resolve("man"), usr.resolve("share/man"));
        copyTree(share.resolve("bash-completion"), usr.resolve("share/bash-completion"));
        copyTree(share.resolve("fish"), usr.resolve("share/fish"));
        copyTree(share.resolve("zsh/site-functions"), usr.resolve("share/zsh/vendor-completions"));
        copyTree(share.resolve("doc"), usr.resolve("share/doc"));
        Files.copy(home.resolve("README.md"), usr.resolve("share/doc/cairn/README.md"));
        copyTree(home.resolve("docs"), usr.resolve("share/doc/cairn/docs"));
        Files.copy(source.resolve("copyright"), usr.resolve("share/doc/cairn/copyright"));
        copy(source.resolve("cairn-server.service"), usr.resolve("lib/systemd/system/cairn-server.service"));
        copy(source.resolve("cairn.sysusers"), usr.resolve("lib/sysusers.d/cairn.conf"));
        copy(source.resolve("cairn-server.default"), root.resolve("etc/default/cairn-server"));
        try (Stream<Path> pages = Files.list(usr.resolve("share/man/man1"))) {
            List<String> zip = new ArrayList<>(List.of("gzip", "-n", "-9"));
            pages.sorted().forEach(page -> zip.add(page.toString()));
            run(null, zip.toArray(String[]::new));
        }
        control(root, source);
        run(null, "chmod", "-R", "u+rwX,go+rX,go-w", root.toString());
        touch(root);
        String debian = isArm() ? "arm64" : "amd64";
        Path deb = target.resolve("cairn_%s_%s.deb".formatted(debianVersion(), debian));
        run(
                null,
                "env",
                "SOURCE_DATE_EPOCH=" + time.getEpochSecond(),
                "dpkg-deb",
                "--root-owner-group",
                "-Zxz",
                "-z3",
                "--build",
                root.toString(),
                deb.toString());
        tell(deb);
    }

    private void control(Path root, Path source) throws IOException {
        Path debian = root.resolve("DEBIAN");
        StringBuilder sums = new StringBuilder();
        long bytes = 0;
        List<Path> files;
        try (Stream<Path> tree = Files.walk(root)) {
            files = tree.filter(file -> Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            bytes += Files.size(file);
            sums.append(md5(file)).append("  ").append(root.relativize(file)).append('\n');
        }
        Files.createDirectories(debian);
        Files.writeString(debian.resolve("md5sums"), sums);
        Files.writeString(
                debian.resolve("control"),
                Files.readString(source.resolve("control"))
                        .replace("@VERSION@", debianVersion())
                        .replace("@ARCHITECTURE@", isArm() ? "arm64" : "amd64")
                        .replace("@SIZE@", Long.toString((bytes + 1023) / 1024)));
        Files.copy(source.resolve("conffiles"), debian.resolve("conffiles"));
        for (String script : List.of("postinst", "prerm", "postrm")) {
            Files.copy(source.resolve(script), debian.resolve(script));
            Files.setPosixFilePermissions(debian.resolve(script), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static String md5(Path file) throws IOException {
        try {
            var digest = java.security.MessageDigest.getInstance("MD5");
            return java.util.HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    /** A snapshot comes before its release. */
    private String debianVersion() {
        return version.replace("-", "~");
    }

    private static boolean isArm() {
        return System.getProperty("os.arch").equals("aarch64");
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static void tell(Path file) throws IOException {
        System.out.printf("Distribution: %s, %,d bytes%n", file, Files.size(file));
    }

    private static String tool(String name, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = ToolProvider.findFirst(name).orElseThrow().run(out, System.err, arguments);
        String text = bytes.toString(StandardCharsets.UTF_8);
        if (status != 0) {
            throw new IllegalStateException(name + " failed with status " + status + ": " + text);
        }
        return text;
    }

    private static void write(List<String> command, Path output, String... more)
            throws IOException, InterruptedException {
        Files.createDirectories(output.getParent());
        run(output, Stream.concat(command.stream(), Arrays.stream(more)).toArray(String[]::new));
    }

    private static void run(Path output, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.redirectOutput(
                output == null ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.to(output.toFile()));
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": status " + status);
        }
    }

    private void touch(Path tree) throws IOException, InterruptedException {
        run(null, "find", tree.toString(), "-exec", "touch", "-h", "-d", time.toString(), "{}", "+");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
    }

    private static void copyTree(Path from, Path to) throws IOException, InterruptedException {
        Files.createDirectories(to.getParent());
        run(null, "cp", "-a", from.toString(), to.toString());
    }

    private static void deleteLogs(Path folder) throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
            for (Path log : logs) {
                delete(log);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
