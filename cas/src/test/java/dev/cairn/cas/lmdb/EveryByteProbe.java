package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A process that changes the bytes of a replica's index and volumes one after the other, each alone, and reads everything
 * every time. Right bytes or a clear refusal; what is changed is put back before the next.
 *
 * <p>Says where it is before it changes a byte, so that its death is known by its last line; whoever starts it again with the
 * position behind goes on from there.
 */
final class EveryByteProbe {

    /** 203 objects in small records, so that every byte can be tried: most of what is there is of the store, not of their bodies. */
    private static final SmallReplica.Shape SHAPE =
            new SmallReplica.Shape(7, 4, 700, LmdbObjectStore.Options.DEFAULT.withVolumeBytesMax((1 << 20) + 90_000));

    static final String DONE = "done ";

    private final Path folder;
    private final SmallReplica replica;
    private final SplittableRandom random = new SplittableRandom(DamageProbe.SEED);
    private long flips;
    private long noticed;

    private EveryByteProbe(Path folder) {
        this.folder = folder;
        this.replica = SmallReplica.create(folder, DamageProbe.SEED, SHAPE, _ -> {});
        assertThat(replica.ids()).hasSizeGreaterThanOrEqualTo(200);
    }

    /**
     * Arguments: a folder, what the names of the files begin with, from which position on, how far apart the bytes are, and how
     * long to go on, in seconds (0: to the end). Positions count through the files, one after the other.
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        EveryByteProbe probe = new EveryByteProbe(folder);
        long from = Long.parseLong(arguments[2]);
        long step = Long.parseLong(arguments[3]);
        long seconds = Long.parseLong(arguments[4]);
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        long start = 0;
        for (String file : probe.files(arguments[1])) {
            long length = Files.size(folder.resolve(file));
            long at = from <= start ? Math.floorMod(from - start, step) : from - start;
            for (; at < length; at += step) {
                if (seconds > 0 && System.nanoTime() > end) {
                    System.out.println(
                            DONE + probe.flips + " flips, " + probe.noticed + " noticed, up to " + (start + at));
                    return;
                }
                System.out.println("flip " + (start + at) + " " + file + " " + at);
                probe.flip(folder.resolve(file), file, at);
            }
            start += length;
        }
        System.out.println(DONE + probe.flips + " flips, " + probe.noticed + " noticed, to the end at " + start);
    }

    private List<String> files(String prefix) throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(file -> file.toString().endsWith(".mdb")
                            && !file.getFileName().toString().startsWith("lock"))
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> name.startsWith(prefix))
                    .forEach(files::add);
        }
        Collections.sort(files);
        return files;
    }

    private void flip(Path path, String file, long at) throws IOException {
        int bits = random.nextInt(1, 256);
        change(path, at, bits);
        try {
            flips++;
            noticed += isNoticed() ? 1 : 0;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("%s byte %d ^ %02x".formatted(file, at, bits), e);
        } finally {
            change(path, at, bits);
        }
    }

    private static void change(Path path, long at, int bits) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            int before = file.read();
            file.seek(at);
            file.write(before ^ bits);
        }
    }

    /** Reads everything; whether anything was refused. */
    private boolean isNoticed() {
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, SHAPE.options())) {
            SmallReplica.Reading reading = replica.read(store);
            List<StoreException> refused = new ArrayList<>(reading.refused());
            refused.addAll(replica.readRest(store));
            refused.forEach(DamageProbe::requireClear);
            return !refused.isEmpty() || !reading.absent().isEmpty();
        } catch (StoreException e) {
            DamageProbe.requireClear(e);
            return true;
        }
    }
}
