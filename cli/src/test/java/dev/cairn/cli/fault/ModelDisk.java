package dev.cairn.cli.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A disk that keeps no promise beyond what was synced: a model of what may be found after a power cut.
 *
 * <p>Bytes of a file are certain once a sync of that file began after they were written. Until then each write is there, or
 * not, whatever came before or after it, and a sector of 512 bytes of it may be there alone; so a file may lack its end, or
 * have a hole. Names are certain once their folder was synced; until then the changes of a folder are there in their order up
 * to some point. A rename shows the old state or the new one. This is less than ext4 or XFS promise.
 */
final class ModelDisk {

    private static final int SECTOR = 512;

    private final Path root;
    private final Folder top = new Folder();

    /** Changes of names that no sync has made certain, in their order. */
    private final List<Change> changes = new ArrayList<>();

    private int steps;

    private sealed interface Node permits Folder, Content {}

    /** A folder: the names that are certain, and those that processes see. */
    private static final class Folder implements Node {
        final Map<String, Node> certain = new TreeMap<>();
        final Map<String, Node> seen = new TreeMap<>();
    }

    /** A change of one name or, for a rename, of two: all of it happens, or nothing. */
    private record Change(List<Naming> namings, int at) {

        boolean isIn(Folder folder) {
            return namings.stream().anyMatch(naming -> naming.folder == folder);
        }
    }

    /** A name comes to stand for a node, or for nothing. */
    private record Naming(
            Folder folder, String name, @Nullable Node node) {

        void happen(Map<String, Node> names) {
            if (node == null) {
                names.remove(name);
            } else {
                names.put(name, node);
            }
        }
    }

    /** A write, or a truncation where there are no bytes. */
    private record Pending(long offset, byte[] bytes, int at) {}

    /** The bytes of a file: those that are certain, and what else was written. */
    private static final class Content implements Node {
        byte[] bytes;
        int length;
        final List<Pending> pending = new ArrayList<>();

        Content(byte[] bytes) {
            this.bytes = bytes;
            this.length = bytes.length;
        }

        Content copy() {
            Content copy = new Content(Arrays.copyOf(bytes, length));
            copy.pending.addAll(pending);
            return copy;
        }

        void apply(Pending change) {
            apply(change, 0, change.bytes.length);
        }

        void apply(Pending change, int from, int to) {
            int end = (int) change.offset + to;
            if (change.bytes.length == 0) {
                bytes = Arrays.copyOf(Arrays.copyOf(bytes, Math.min(length, end)), end);
                length = end;
                return;
            }
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
            }
            System.arraycopy(change.bytes, from, bytes, (int) change.offset + from, to - from);
            length = Math.max(length, end);
        }
    }

    private ModelDisk(Path root) {
        this.root = root;
    }

    /** All that is below {@code root}, all of it certain. */
    static ModelDisk copyOf(Path root) throws IOException {
        ModelDisk disk = new ModelDisk(root);
        if (Files.exists(root)) {
            disk.read(root, disk.top);
        }
        return disk;
    }

    private void read(Path path, Folder folder) throws IOException {
        List<Path> children;
        try (Stream<Path> all = Files.list(path)) {
            children = all.toList();
        }
        for (Path child : children) {
            Node node;
            if (Files.isDirectory(child)) {
                Folder below = new Folder();
                read(child, below);
                node = below;
            } else {
                node = new Content(Files.readAllBytes(child));
            }
            folder.certain.put(name(child), node);
            folder.seen.put(name(child), node);
        }
    }

    private static String name(Path path) {
        return Objects.requireNonNull(path.getFileName()).toString();
    }

    /** Does the next step. */
    void apply(DiskStep step) {
        int at = steps++;
        switch (step) {
            case DiskStep.Write write -> {
                Pending pending = new Pending(write.offset(), write.bytes(), at);
                Content content = file(write.file());
                if (write.durable()) {
                    content.apply(pending);
                } else if (write.bytes().length > 0) {
                    content.pending.add(pending);
                }
            }
            case DiskStep.Truncate truncate ->
                file(truncate.file()).pending.add(new Pending(truncate.length(), new byte[0], at));
            case DiskStep.Sync sync -> sync(sync);
            case DiskStep.Create create -> {
                if (find(create.file()) == null) {
                    change(at, naming(create.file(), new Content(new byte[0])));
                }
            }
            case DiskStep.CreateFolder made -> change(at, naming(made.folder(), new Folder()));
            case DiskStep.Link link -> change(at, naming(link.to(), existing(link.from())));
            case DiskStep.Rename rename ->
                change(at, naming(rename.from(), null), naming(rename.to(), existing(rename.from())));
            case DiskStep.Remove remove -> change(at, naming(remove.path(), null));
            case DiskStep.Told _ -> {}
        }
    }

    private @Nullable Node find(Path path) {
        Node node = top;
        for (Path name : path.equals(root) ? List.<Path>of() : root.relativize(path)) {
            node = node instanceof Folder folder ? folder.seen.get(name.toString()) : null;
        }
        return node;
    }

    private Node existing(Path path) {
        Node node = find(path);
        if (node == null) {
            throw new AssertionError("the model lacks " + path);
        }
        return node;
    }

    private Content file(Path path) {
        return (Content) existing(path);
    }

    private Naming naming(Path path, @Nullable Node node) {
        return new Naming((Folder) existing(Objects.requireNonNull(path.getParent())), name(path), node);
    }

    private void change(int at, Naming... namings) {
        for (Naming naming : namings) {
            naming.happen(naming.folder.seen);
        }
        changes.add(new Change(List.of(namings), at));
    }

    private void sync(DiskStep.Sync sync) {
        switch (existing(sync.place())) {
            case Folder folder ->
                changes.removeIf(change -> {
                    boolean isCertain = change.isIn(folder) && change.at < sync.begun();
                    if (isCertain) {
                        change.namings.forEach(naming -> naming.happen(naming.folder.certain));
                    }
                    return isCertain;
                });
            case Content content ->
                content.pending.removeIf(pending -> {
                    boolean isCertain = pending.at < sync.begun();
                    if (isCertain) {
                        content.apply(pending);
                    }
                    return isCertain;
                });
        }
    }

    /** What a power cut now might leave, by chance. */
    DiskImage cut(Random random) {
        Set<Change> happened = new HashSet<>();
        Set<Folder> cutOff = new HashSet<>();
        double kept = List.of(0.0, 0.5, 0.9, 1.0).get(random.nextInt(4));
        for (Change change : changes) {
            boolean isPossible = change.namings.stream().noneMatch(naming -> cutOff.contains(naming.folder));
            if (isPossible && random.nextDouble() < kept) {
                happened.add(change);
            } else {
                change.namings.forEach(naming -> cutOff.add(naming.folder));
            }
        }
        DiskImage image = new DiskImage();
        add(top, happened, random, Path.of(""), image);
        return image;
    }

    private void add(Folder folder, Set<Change> happened, Random random, Path place, DiskImage image) {
        Map<String, Node> names = new TreeMap<>(folder.certain);
        for (Change change : changes) {
            if (happened.contains(change)) {
                change.namings.stream()
                        .filter(naming -> naming.folder == folder)
                        .forEach(naming -> naming.happen(names));
            }
        }
        for (Map.Entry<String, Node> name : names.entrySet()) {
            Path path = place.resolve(name.getKey());
            switch (name.getValue()) {
                case Folder below -> {
                    image.addFolder(path);
                    add(below, happened, random, path, image);
                }
                case Content content -> {
                    Content found = found(content.copy(), random);
                    image.addFile(path, found.bytes, found.length);
                }
            }
        }
    }

    /** What is found of a file: all that is certain, and some of the rest. */
    private static Content found(Content content, Random random) {
        int manner = random.nextInt(5);
        int prefix = random.nextInt(content.pending.size() + 1);
        for (int i = 0; i < content.pending.size(); i++) {
            Pending pending = content.pending.get(i);
            boolean isThere = switch (manner) {
                case 0 -> false;
                case 1 -> true;
                case 2 -> i < prefix;
                default -> random.nextBoolean();
            };
            if (isThere && manner == 4) {
                tear(content, pending, random);
            } else if (isThere) {
                content.apply(pending);
            }
        }
        return content;
    }

    /** Some sectors of a write arrive. */
    private static void tear(Content content, Pending pending, Random random) {
        int from = 0;
        do {
            int sectorEnd = (int) (((pending.offset + from) / SECTOR + 1) * SECTOR - pending.offset);
            int to = Math.min(pending.bytes.length, sectorEnd);
            if (random.nextBoolean()) {
                content.apply(pending, from, to);
            }
            from = to;
        } while (from < pending.bytes.length);
    }
}
