package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.replicator.protocol.DeviceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose entries are bound by hashes: what is changed, taken out or cut off is found, and the log goes on. */
class AuditLogTest {

    private static final DeviceId DEVICE = new DeviceId(1, 2);

    @TempDir
    Path folder;

    private AuditLog log(long fileBytes) {
        return new AuditLog(folder.resolve("log"), () -> Instant.parse("2026-11-28T10:00:00.5Z"), fileBytes);
    }

    private static AuditChain.Head put(AuditLog log, String branch) {
        return log.append(
                List.of(new AuditLog.Event(DEVICE, AuditEntry.Operation.MOVE, Map.of("branch", branch))), true);
    }

    private List<AuditEntry> read() {
        List<AuditEntry> entries = new ArrayList<>();
        AuditChain.read(folder.resolve("log"), (entry, hash) -> entries.add(entry));
        return entries;
    }

    private AuditChain.Head head() {
        return AuditChain.read(folder.resolve("log"), (entry, hash) -> {});
    }

    private Path onlyFile() {
        List<Path> files = AuditChain.files(folder.resolve("log"));
        assertThat(files).hasSize(1);
        return files.getFirst();
    }

    @Test
    void append_entries_areReadInOrderWithTheHeadThatWasGiven() throws IOException {
        AuditLog log = log(AuditLog.FILE_BYTES);
        assertThat(log.head()).isEqualTo(AuditChain.START);
        put(log, "main");
        AuditChain.Head last = put(log, "side");
        assertThat(read()).extracting(AuditEntry::sequence).containsExactly(1L, 2L);
        assertThat(read().getLast().details()).containsExactly(Map.entry("branch", "side"));
        assertThat(head().hex()).isEqualTo(last.hex());
        assertThat(Files.getPosixFilePermissions(onlyFile())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        AuditLog again = log(AuditLog.FILE_BYTES);
        assertThat(again.head().hex()).isEqualTo(last.hex());
        assertThat(put(again, "third").sequence()).isEqualTo(3);
        assertThat(read()).hasSize(3);
    }

    @Test
    void line_whateverADeviceSays_staysOneLineAndComesBack() {
        AuditLog log = log(AuditLog.FILE_BYTES);
        String hostile = "a\nb\tc\r=%00\0 é ✓ \u202e" + "x".repeat(200);
        put(log, hostile);
        assertThat(read().getFirst().details()).containsEntry("branch", hostile);
        put(log, "y".repeat(100_000));
        assertThat(read()).hasSize(2);
    }

    @Test
    void read_anyByteOfAnEntryChanged_namesThatEntry() throws IOException {
        AuditLog log = log(AuditLog.FILE_BYTES);
        for (String branch : List.of("one", "two", "three")) {
            put(log, branch);
        }
        Path file = onlyFile();
        byte[] good = Files.readAllBytes(file);
        String text = new String(good, StandardCharsets.US_ASCII);
        int from = text.indexOf("\n", text.indexOf('\n') + 1) + 1;
        int to = text.indexOf('\n', from);
        for (int at = from; at < to; at += 7) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(this::read)
                    .as("byte %d", at)
                    .isInstanceOfSatisfying(
                            CorruptDataException.class,
                            e -> assertThat(e.where()).endsWith("entry 2"));
        }
    }

    @Test
    void read_entryTakenOutOrOrderChanged_namesWhereItWas() throws IOException {
        AuditLog log = log(AuditLog.FILE_BYTES);
        for (String branch : List.of("one", "two", "three", "four")) {
            put(log, branch);
        }
        Path file = onlyFile();
        List<String> lines = Files.readAllLines(file);
        Files.writeString(file, String.join("\n", List.of(lines.get(0), lines.get(1), lines.get(3), lines.get(4), "")));
        assertThatThrownBy(this::read).hasMessageContaining("entry 2");
        Files.writeString(file, String.join("\n", List.of(lines.get(0), lines.get(1), lines.get(3), lines.get(2), "")));
        assertThatThrownBy(this::read).hasMessageContaining("entry 2");
    }

    /** Who holds the server can write a whole other log; its head is another then. */
    @Test
    void head_logRewritten_isAnother() {
        AuditLog log = log(AuditLog.FILE_BYTES);
        put(log, "one");
        String before = put(log, "two").hex();
        AuditLog other = new AuditLog(
                folder.resolve("other"), () -> Instant.parse("2026-11-28T10:00:00.5Z"), AuditLog.FILE_BYTES);
        put(other, "none");
        assertThat(put(other, "two").hex()).isNotEqualTo(before);
    }

    @Test
    void open_lastLineCutOff_dropsItAndSaysSo() throws IOException {
        AuditLog log = log(AuditLog.FILE_BYTES);
        put(log, "one");
        String before = put(log, "two").hex();
        Files.writeString(onlyFile(), "3\t2026-11", StandardOpenOption.APPEND);
        assertThat(head().hex()).as("a reader sees whole lines").isEqualTo(before);
        AuditLog again = log(AuditLog.FILE_BYTES);
        put(again, "three");
        assertThat(read())
                .extracting(AuditEntry::operation)
                .containsExactly(
                        AuditEntry.Operation.MOVE,
                        AuditEntry.Operation.MOVE,
                        AuditEntry.Operation.RECOVERED,
                        AuditEntry.Operation.MOVE);
        assertThat(read().get(2).details()).containsEntry("bytes", "9");
    }

    /** A disk that fills up amid several entries, of which the first is written whole. */
    @Test
    void append_failsMidway_leavesNoneOfItsEntries() throws IOException {
        put(log(AuditLog.FILE_BYTES), "one");
        boolean[] full = {true};
        AuditLog log = new AuditLog(
                folder.resolve("log"),
                () -> Instant.parse("2026-11-28T10:00:00.5Z"),
                AuditLog.FILE_BYTES,
                (channel, bytes, at) -> {
                    if (!full[0]) {
                        return channel.write(bytes, at);
                    }
                    if (bytes.position() > 0) {
                        throw new IOException("No space left on device");
                    }
                    int some = channel.write(bytes.slice(0, bytes.limit() - 10), at);
                    bytes.position(some);
                    return some;
                });
        AuditLog.Event event = new AuditLog.Event(DEVICE, AuditEntry.Operation.MOVE, Map.of("branch", "lost"));
        assertThatThrownBy(() -> log.append(List.of(event, event), true)).isInstanceOf(StoreAccessException.class);
        assertThat(read()).hasSize(1);
        full[0] = false;
        assertThat(put(log, "two").sequence()).isEqualTo(2);
        assertThat(read()).extracting(entry -> entry.details().get("branch")).containsExactly("one", "two");
    }

    @Test
    void open_entryDamaged_goesOnInAnotherFileAndTheDamageStaysToBeSeen() throws IOException {
        AuditLog log = log(AuditLog.FILE_BYTES);
        for (String branch : List.of("one", "two", "three")) {
            put(log, branch);
        }
        Path file = onlyFile();
        Files.writeString(file, Files.readString(file).replace("branch=two", "branch=twx"));
        AuditLog again = log(AuditLog.FILE_BYTES);
        assertThat(put(again, "later").sequence()).isEqualTo(3);
        assertThatThrownBy(this::read).hasMessageContaining("entry 2");
        // Also where nothing is left of a file.
        Files.writeString(AuditChain.files(folder.resolve("log")).getLast(), "nonsense\n");
        assertThat(put(log(AuditLog.FILE_BYTES), "latest").sequence()).isPositive();
    }

    /** What a crash may leave where the file system had not yet written: a line that never ends. Found by fuzzing. */
    @Test
    void open_lineLongerThanAny_goesOnInAnotherFile() throws IOException {
        AuditLog log = log(AuditLog.FILE_BYTES);
        put(log, "one");
        Files.write(onlyFile(), new byte[2 * AuditEntry.LINE_BYTES_MAX], StandardOpenOption.APPEND);
        assertThatThrownBy(this::read)
                .isInstanceOfSatisfying(
                        CorruptDataException.class, e -> assertThat(e.where()).endsWith("entry 2"));
        assertThat(put(log(AuditLog.FILE_BYTES), "later").sequence()).isEqualTo(3);
        Files.write(AuditChain.files(folder.resolve("log")).getLast(), new byte[2 * AuditEntry.LINE_BYTES_MAX]);
        assertThat(put(log(AuditLog.FILE_BYTES), "latest").sequence()).isEqualTo(3);
    }

    /** Values are escaped, names were not looked at: whoever shows an entry would show what they do to a terminal. Found by fuzzing. */
    @Test
    void parse_detailWhoseNameIsNoPrintableText_isNone() {
        String line =
                new AuditEntry(1, Instant.EPOCH, null, AuditEntry.Operation.MOVE, Map.of("branch", "main")).line();
        assertThat(AuditEntry.parse(line).details()).containsEntry("branch", "main");
        for (String name : List.of("", "a\nb", "\033[2J", "a b", "\u00ff")) {
            assertThatThrownBy(() -> AuditEntry.parse(line.replace("branch=", name + "=")))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** An entry whose hash is right, and whose device is none. Found by fuzzing. */
    @Test
    void read_deviceThatIsNone_isDamage() throws IOException {
        put(log(AuditLog.FILE_BYTES), "one");
        String line = Files.readAllLines(onlyFile()).get(1);
        String bad = line.substring(0, line.lastIndexOf('\t')).replaceFirst("\t0{15}", "\t");
        Files.writeString(
                onlyFile(),
                AuditChain.HEADER + "\t1\t" + AuditChain.START.hex() + "\n" + bad + "\t"
                        + AuditChain.START.then(bad).hex() + "\n");
        assertThatThrownBy(this::read).isInstanceOf(CorruptDataException.class).hasMessageContaining("32 hex digits");
        assertThat(put(log(AuditLog.FILE_BYTES), "later").sequence()).isPositive();
    }

    @Test
    void open_newFileWithoutAFirstLine_goesOnFromTheOneBefore() throws IOException {
        AuditLog log = log(AuditLog.FILE_BYTES);
        String before = put(log, "one").hex();
        Files.createFile(AuditChain.file(folder.resolve("log"), 2));
        AuditLog again = log(AuditLog.FILE_BYTES);
        assertThat(again.head().hex()).isEqualTo(before);
        put(again, "two");
        assertThat(read()).hasSize(2);
    }

    @Test
    void append_manyEntries_keepsFewFilesAndTheChain() {
        AuditLog log = log(1_000);
        for (int i = 0; i < 400; i++) {
            put(log, "branch" + i);
        }
        List<Path> files = AuditChain.files(folder.resolve("log"));
        assertThat(files).hasSize(AuditLog.FILES_MAX);
        List<AuditEntry> entries = read();
        assertThat(entries.getLast().sequence()).isEqualTo(400);
        assertThat(entries.getFirst().sequence()).isGreaterThan(1);
        assertThat(entries).hasSizeBetween(50, 200);
        assertThat(log(1_000).head().sequence()).isEqualTo(400);
    }

    @Test
    void read_fileTakenOutOfTheMiddle_namesWhatIsGone() throws IOException {
        AuditLog log = log(1_000);
        for (int i = 0; i < 40; i++) {
            put(log, "branch" + i);
        }
        Files.delete(AuditChain.files(folder.resolve("log")).get(1));
        assertThatThrownBy(this::read).isInstanceOf(CorruptDataException.class).hasMessageContaining("goes on from");
    }
}
