package dev.cairn.server;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoreAccessException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one log, read and checked from the oldest that is kept to the newest.
 *
 * <h2>Format</h2>
 *
 * A folder of text files, each named by the sequence of its first entry, in 16 digits, and {@code .log}. Its first line is {@code
 * cairn log 1}, that sequence and the hash of the entry before, with tabs between; each further line is an {@link AuditEntry},
 * a tab, and the hash: {@code SHA-256("cairn log 1" | 0 | hash before | SHA-256(the line up to that tab))}. Before the first
 * entry stand zeros. Hashes are 64 hex digits. A last line without an end was cut off while it was written.
 */
final class AuditChain {

    static final String HEADER = "cairn log 1";
    static final Head START = new Head(0, new byte[Secrets.HASH_BYTES]);

    private AuditChain() {}

    /** How far a log goes: all that stands before is bound by the hash. */
    record Head(long sequence, byte[] hash) {

        String hex() {
            return HexFormat.of().formatHex(hash);
        }

        /** The head after one more entry. */
        Head then(String line) {
            MessageDigest digest = Sha256.begin();
            digest.update(HEADER.getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) 0);
            digest.update(hash);
            digest.update(Sha256.of(line.getBytes(StandardCharsets.ISO_8859_1)));
            return new Head(sequence + 1, digest.digest());
        }
    }

    /**
     * What was found in one file.
     *
     * @param head after the last good entry
     * @param goodBytes up to its end
     * @param damage the first entry that is wrong, null if none is
     */
    record Found(Head head, long goodBytes, @Nullable CorruptDataException damage) {}

    /** The files of a log, oldest first. */
    static List<Path> files(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> String.valueOf(child.getFileName()).matches("\\d{16}\\.log"))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new StoreAccessException("cannot read " + folder + ": " + e.getMessage(), "", e);
        }
    }

    static Path file(Path folder, long firstSequence) {
        return folder.resolve("%016d.log".formatted(firstSequence));
    }

    /**
     * Reads a whole log and checks every hash.
     *
     * @param entries takes each with its hash
     * @return its head
     * @throws CorruptDataException that names the first entry that is not what its hash says, or that is missing
     */
    static Head read(Path folder, BiConsumer<AuditEntry, String> entries) {
        Head head = null;
        for (Path file : files(folder)) {
            Found found = scan(file, head, entries);
            if (found.damage() != null) {
                throw found.damage();
            }
            head = found.head();
        }
        return head == null ? START : head;
    }

    /**
     * Reads one file.
     *
     * @param before the head that it must go on from; null where it is the oldest that is kept
     */
    static Found scan(Path file, @Nullable Head before, BiConsumer<AuditEntry, String> entries) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            Head empty = before == null ? START : before;
            byte @Nullable [] header;
            Head head;
            try {
                header = line(in);
                if (header == null) {
                    return new Found(empty, 0, null);
                }
                head = header(text(header), file);
            } catch (IllegalArgumentException e) {
                return new Found(
                        empty, 0, CorruptDataException.because(file.toString(), String.valueOf(e.getMessage()), e));
            } catch (CorruptDataException e) {
                return new Found(empty, 0, e);
            }
            if (before != null
                    && (before.sequence() != head.sequence() || !Arrays.equals(before.hash(), head.hash()))) {
                return new Found(
                        before,
                        0,
                        new CorruptDataException(
                                file + ", entry " + (before.sequence() + 1),
                                "a file that goes on from entry " + before.sequence() + ", hash " + before.hex(),
                                "one from " + head.sequence() + ", hash " + head.hex()));
            }
            long good = header.length + 1L;
            while (true) {
                byte @Nullable [] line;
                try {
                    line = line(in);
                    if (line == null) {
                        break;
                    }
                    head = next(head, text(line), entries);
                } catch (IllegalArgumentException e) {
                    return new Found(
                            head,
                            good,
                            CorruptDataException.because(
                                    file + ", entry " + (head.sequence() + 1), String.valueOf(e.getMessage()), e));
                }
                good += line.length + 1L;
            }
            return new Found(head, good, null);
        } catch (IOException e) {
            throw new StoreAccessException("cannot read " + file + ": " + e.getMessage(), "", e);
        }
    }

    private static Head next(Head head, String line, BiConsumer<AuditEntry, String> entries) {
        int tab = line.lastIndexOf('\t');
        if (tab < 0) {
            throw new IllegalArgumentException("it has no hash");
        }
        Head after = head.then(line.substring(0, tab));
        if (!after.hex().equals(line.substring(tab + 1))) {
            throw new IllegalArgumentException("it is not what its hash says");
        }
        AuditEntry entry = AuditEntry.parse(line.substring(0, tab));
        if (entry.sequence() != after.sequence()) {
            throw new IllegalArgumentException("its number is " + entry.sequence());
        }
        entries.accept(entry, after.hex());
        return after;
    }

    private static Head header(String line, Path file) {
        String[] fields = line.split("\t", -1);
        try {
            if (fields.length == 3 && fields[0].equals(HEADER)) {
                byte[] hash = HexFormat.of().parseHex(fields[2]);
                long first = Long.parseLong(fields[1]);
                if (hash.length == Secrets.HASH_BYTES && first > 0) {
                    return new Head(first - 1, hash);
                }
            }
        } catch (IllegalArgumentException e) {
            throw CorruptDataException.because(file.toString(), "its first line is not a log's", e);
        }
        throw new CorruptDataException(file.toString(), "'" + HEADER + "', a number and a hash", "something else");
    }

    /**
     * A line without its end; null where none ends any more.
     *
     * @throws IllegalArgumentException if one is too long
     */
    private static byte @Nullable [] line(InputStream in) throws IOException {
        byte[] bytes = new byte[AuditEntry.LINE_BYTES_MAX];
        for (int length = 0; length < bytes.length; length++) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            if (next == '\n') {
                return Arrays.copyOf(bytes, length);
            }
            bytes[length] = (byte) next;
        }
        throw new IllegalArgumentException("a line of more than " + bytes.length + " bytes");
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.ISO_8859_1);
    }
}
