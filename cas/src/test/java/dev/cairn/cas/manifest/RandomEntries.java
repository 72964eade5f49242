package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Makes trees of entries of every type with odd names, from a seed. */
final class RandomEntries {

    private static final String[] NAMES = {
        "a",
        "a ",
        "a!",
        "a.b",
        "aa",
        "ab",
        "b",
        "B",
        ".hidden",
        "...",
        "-rf",
        "new\nline",
        "tab\t",
        "\u00fcml\u00e4ut",
        "\ud83d\ude00",
        "~",
        "\u0001",
        "con",
        "x".repeat(255),
        "y".repeat(1024)
    };

    private final RandomGenerator random;

    RandomEntries(RandomGenerator random) {
        this.random = random;
    }

    /** A tree of about {@code count} entries, with its root. */
    NavigableMap<EntryPath, Entry> tree(int count) {
        NavigableMap<EntryPath, Entry> entries = new TreeMap<>();
        entries.put(EntryPath.ROOT, Entry.directory(EntryPath.ROOT, metadata()));
        List<EntryPath> directories = new ArrayList<>(List.of(EntryPath.ROOT));
        while (entries.size() < count) {
            addOne(entries, directories);
        }
        return entries;
    }

    private void addOne(NavigableMap<EntryPath, Entry> entries, List<EntryPath> directories) {
        EntryPath directory = directories.get(random.nextInt(directories.size()));
        if (directory.sharedKey().length > 8000) {
            return;
        }
        EntryPath path = directory.child(name());
        if (entries.containsKey(path)) {
            return;
        }
        Entry entry = entry(path, entries.values());
        entries.put(path, entry);
        if (entry.isDirectory()) {
            directories.add(path);
        }
    }

    byte[] name() {
        int choice = random.nextInt(10);
        if (choice < 2) {
            return NAMES[random.nextInt(NAMES.length)].getBytes(StandardCharsets.UTF_8);
        }
        byte[] name = new byte[1 + random.nextInt(choice < 9 ? 12 : 300)];
        for (int i = 0; i < name.length; i++) {
            name[i] = (byte) (choice < 7 ? 'a' + random.nextInt(26) : 1 + random.nextInt(255));
            if (name[i] == '/' || (name[i] == '.' && i < 2)) {
                name[i] = '_';
            }
        }
        return name;
    }

    /** An entry of a random type; a later link's first is one of {@code others} that sorts before it. */
    Entry entry(EntryPath path, Collection<Entry> others) {
        return switch (random.nextInt(20)) {
            case 0, 1 -> Entry.directory(path, metadata());
            case 2 -> Entry.symlink(path, metadata(), new LinkTarget(name()));
            case 3 -> Entry.special(path, random.nextBoolean() ? EntryType.FIFO : EntryType.SOCKET, plainMetadata());
            case 4 ->
                Entry.device(
                        path,
                        random.nextBoolean() ? EntryType.CHAR_DEVICE : EntryType.BLOCK_DEVICE,
                        plainMetadata(),
                        new Device(random.nextInt(), random.nextInt(1 << 20)));
            case 5 -> Entry.file(path, metadata(), content()).asFirstLink();
            case 6 -> Entry.file(path, metadata(), content()).asChangedWhileRead();
            case 7 ->
                others.stream()
                        .filter(e -> e.hardLink() instanceof HardLink.First
                                && e.path().compareTo(path) < 0)
                        .findAny()
                        .map(first -> Entry.laterLink(path, first))
                        .orElseGet(() -> Entry.file(path, metadata(), content()));
            default -> Entry.file(path, metadata(), content());
        };
    }

    Metadata metadata() {
        Metadata plain = plainMetadata();
        return new Metadata(plain.mode(), plain.owner(), plain.mtimeSeconds(), plain.mtimeNanos(), xattrs());
    }

    private Metadata plainMetadata() {
        Owner owner = switch (random.nextInt(4)) {
            case 0 -> Owner.of(random.nextInt(), random.nextInt(3));
            case 1 -> new Owner(1000, 1000, "j\u00fcrgen", "users");
            default -> Owner.ROOT;
        };
        long seconds = switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> -1;
            default -> 1_700_000_000L + random.nextInt(1 << 20);
        };
        int nanos = random.nextInt(3) == 0 ? 0 : random.nextInt(Metadata.NANOS_PER_SECOND);
        return new Metadata(random.nextInt(Metadata.MODE_MAX + 1), owner, seconds, nanos, Xattrs.none());
    }

    private Xattrs xattrs() {
        return switch (random.nextInt(12)) {
            case 0 -> new Xattrs.Stored(id(), 1025 + random.nextInt(9000));
            case 1 ->
                new Xattrs.Inline(List.of(
                        new Xattr(ascii("system.posix_acl_access"), bytes(44)), new Xattr(ascii("user.x"), bytes(0))));
            default -> Xattrs.none();
        };
    }

    Content content() {
        return switch (random.nextInt(6)) {
            case 0 -> Content.empty();
            case 1 -> Content.inline(bytes(1 + random.nextInt(Content.INLINE_BYTES_MAX)));
            case 2 -> new Content.Segments(segments(2 + random.nextInt(15)));
            case 3 -> {
                long segments = 17L + random.nextInt(1 << 20);
                yield new Content.Listed(id(), segments + random.nextLong(1L << 50), segments);
            }
            default -> new Content.Segments(List.of(new Segment.Data(id(), 513 + random.nextInt(1 << 18))));
        };
    }

    /** Segments of which no two neighbours are one; a chunk may occur several times. */
    List<Segment> segments(int count) {
        List<Segment> segments = new ArrayList<>();
        ObjectId often = id();
        while (segments.size() < count) {
            Segment next = switch (random.nextInt(4)) {
                case 0 -> new Segment.Hole(1 + random.nextLong(1L << 40));
                case 1 -> new Segment.Data(often, 65_536, 1 + random.nextLong(1L << 20));
                default -> new Segment.Data(id(), 1024 + random.nextInt(1 << 18));
            };
            if (segments.isEmpty() || !segments.getLast().merges(next)) {
                segments.add(next);
            }
        }
        return segments;
    }

    ObjectId id() {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
