package dev.cairn.cli.doctor;

import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.file.FolderTree;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.seal.CodecTrial;
import dev.cairn.cli.failure.Failures;
import dev.cairn.cli.text.CountText;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine and the JVM: its version, what the launcher gave it, native code, names of files, how many may be open. */
final class MachineCheck {

    private static final int JAVA_MIN = 25;
    private static final int OPEN_FILES_MIN = 64;
    private static final int OPEN_FILES_ENOUGH = 512;
    private static final String AOT_CACHE = "-XX:AOTCache=";
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files\\s+(\\d+|unlimited).*");

    private final Findings findings;
    private final Map<String, String> environment;

    MachineCheck(Findings findings, Map<String, String> environment) {
        this.findings = findings;
        this.environment = environment;
    }

    void run() {
        java();
        flags();
        lmdb();
        compression();
        locale();
        openFiles();
    }

    private void java() {
        int feature = Runtime.version().feature();
        String mode = System.getProperty("java.vm.info", "");
        String text = "Java %s, %s (%s), %s %s"
                .formatted(
                        Runtime.version(),
                        System.getProperty("java.vm.name"),
                        mode,
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"));
        if (feature < JAVA_MIN) {
            findings.problem("java", text, "Cairn needs Java %d or newer: set CAIRN_JAVA_HOME.".formatted(JAVA_MIN));
        } else if (mode.contains("interpreted")) {
            findings.warning(
                    "java", text, "This JVM compiles nothing, and is slow: choose another by CAIRN_JAVA_HOME.");
        } else {
            findings.ok("java", text);
        }
    }

    private void flags() {
        List<String> arguments = ManagementFactory.getRuntimeMXBean().getInputArguments();
        Optional<String> cache = arguments.stream()
                .filter(argument -> argument.startsWith(AOT_CACHE))
                .findFirst();
        // What a JVM says of itself when it has mapped an archive or a cache.
        boolean isShared = System.getProperty("java.vm.info", "").contains("sharing");
        String own = environment.getOrDefault("CAIRN_JAVA_OPTS", "");
        String options = own.isEmpty() ? "" : "; CAIRN_JAVA_OPTS adds " + own;
        if (arguments.stream().noneMatch(argument -> argument.startsWith("-Xmx"))) {
            findings.warning(
                    "launcher",
                    "this JVM was not started by the cairn script" + options,
                    "Start Cairn by it: it gives the JVM options that make a command start and run faster.");
        } else if (cache.isEmpty()) {
            findings.ok(
                    "launcher",
                    "options of the launcher; no ahead-of-time cache is used: "
                            + (own.contains("AOT") || own.contains("-Xshare")
                                    ? "CAIRN_JAVA_OPTS chooses another"
                                    : "none was recorded for this JDK")
                            + options);
        } else if (!isShared) {
            findings.warning(
                    "launcher",
                    "the ahead-of-time cache %s does not fit this JVM, which went on without it%s"
                            .formatted(cache.get().substring(AOT_CACHE.length()), options),
                    "It only costs time at the start. Building or installing Cairn anew records another.");
        } else {
            findings.ok("launcher", "options of the launcher, with an ahead-of-time cache" + options);
        }
    }

    private void lmdb() {
        try {
            Path folder = Files.createTempDirectory("cairn-doctor-");
            try {
                RepositoryId any = RepositoryId.of(new byte[RepositoryId.BYTES]);
                LmdbObjectStore.create(folder.resolve("store"), any, LmdbObjectStore.Options.DEFAULT)
                        .close();
                findings.ok("lmdb", "LMDB's native code runs");
            } finally {
                FolderTree.deleteIfExists(folder);
            }
        } catch (IOException | StoreException | LinkageError e) {
            findings.problem(
                    "lmdb",
                    "LMDB does not run here: " + Failures.problem(e).message(),
                    "Its native code is unpacked to " + System.getProperty("java.io.tmpdir")
                            + ": that folder must be writable and not be mounted noexec; or choose another:"
                            + " CAIRN_JAVA_OPTS=-Djava.io.tmpdir=DIR.");
        }
    }

    private void compression() {
        try {
            CodecTrial.run();
            findings.ok("compression", "zstd's native code runs, and LZ4");
        } catch (StoreException | LinkageError e) {
            findings.problem(
                    "compression",
                    "compression does not run here: " + e.getMessage(),
                    "zstd's native code is unpacked to " + System.getProperty("java.io.tmpdir")
                            + ": that folder must be writable and not be mounted noexec.");
        }
    }

    private void locale() {
        String names = System.getProperty("sun.jnu.encoding", "");
        if (names.toUpperCase(Locale.ROOT).replace("-", "").equals("UTF8")) {
            findings.ok("locale", "names of files are UTF-8");
        } else {
            findings.warning(
                    "locale",
                    "names of files are read as " + (names.isEmpty() ? "an unknown encoding" : names),
                    "Set a UTF-8 locale, such as LC_ALL=C.UTF-8, or start Cairn by its script, which does.");
        }
    }

    private void openFiles() {
        Optional<String> limit = Optional.empty();
        try {
            limit = Files.readAllLines(LIMITS).stream()
                    .map(OPEN_FILES::matcher)
                    .filter(Matcher::matches)
                    .map(matcher -> matcher.group(1))
                    .findFirst();
        } catch (IOException e) {
            // Said below.
        }
        if (limit.isEmpty()) {
            findings.ok("open-files", "this system does not say how many files may be open");
            return;
        }
        long files = limit.get().equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit.get());
        if (files >= OPEN_FILES_ENOUGH) {
            findings.ok("open-files", "open files: at most " + limit.get());
            return;
        }
        String text = "only %s may be open at once".formatted(CountText.of(files, "file"));
        String hint = "Raise it: ulimit -n 4096, or LimitNOFILE= of a systemd unit.";
        if (files < OPEN_FILES_MIN) {
            findings.problem("open-files", text, hint);
        } else {
            findings.warning("open-files", text, hint);
        }
    }
}
