package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.TestRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check while another process commits: what it sees then is no damage. */
final class VolumeCheckTest {

    private static final int COMMITS = 12;

    private final TestRecords make = new TestRecords(41);

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    private final List<byte[]> states = new ArrayList<>();
    private Path path = Path.of("");

    @BeforeEach
    void commitAndKeepEachState() throws IOException {
        path = temporary.resolve("000001.mdb");
        Path folder = temporary.resolve("replica");
        try (LmdbObjectStore store =
                LmdbObjectStore.create(folder, SmallReplica.REPOSITORY, LmdbObjectStore.Options.DEFAULT)) {
            for (int i = 0; i < COMMITS; i++) {
                store.commit(List.of(make.run(100)));
                states.add(Files.readAllBytes(folder.resolve(Damage.volume(1))));
            }
        }
    }

    /** Gives the rows one after the other, the last for ever, and does something at each call. */
    private static Supplier<@Nullable VolumeRow> rows(Runnable... deeds) {
        Deque<Runnable> left = new ArrayDeque<>(List.of(deeds));
        return () -> {
            if (!left.isEmpty()) {
                left.removeFirst().run();
            }
            return null;
        };
    }

    private Runnable become(byte[] state) {
        return () -> {
            try {
                Files.write(path, state);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static int root(byte[] state, Path scratch) throws IOException {
        Files.write(scratch, state);
        return new LmdbFile(scratch).mainRoot();
    }

    /** The state with a root page that looks as if it had been written over. */
    private byte[] overwritten(byte[] state) throws IOException {
        byte[] changed = state.clone();
        changed[root(state, temporary.resolve("scratch")) + 10] ^= 0x04;
        return changed;
    }

    private VolumeRow row(byte[] state) throws IOException {
        Path scratch = temporary.resolve("scratch");
        Files.write(scratch, state);
        try (PageFile file = new PageFile(scratch)) {
            MetaPages pages = MetaPages.read(file);
            return VolumeRow.of(pages, VolumeCheck.lastContainer(file, pages));
        }
    }

    @Test
    void require_sameFaultInTwoStates_looksAgain() throws IOException {
        int[] pair = statesWithTheSameRoot();
        become(states.getFirst()).run();
        VolumeCheck check = new VolumeCheck(
                path,
                rows(
                        become(overwritten(states.get(pair[0]))),
                        become(overwritten(states.get(pair[1]))),
                        become(states.getLast())));
        assertThatCode(check::require).doesNotThrowAnyException();
    }

    private int[] statesWithTheSameRoot() throws IOException {
        Path scratch = temporary.resolve("scratch");
        for (int first = 0; first < states.size(); first++) {
            for (int second = first + 1; second < states.size(); second++) {
                if (root(states.get(first), scratch) == root(states.get(second), scratch)) {
                    return new int[] {first, second};
                }
            }
        }
        throw new AssertionError("no root page was used twice");
    }

    @Test
    void require_sameFaultInTheSameState_isDamage() throws IOException {
        become(overwritten(states.getLast())).run();
        assertThatThrownBy(() -> new VolumeCheck(path, () -> null).require())
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("a leaf page");
    }

    @Test
    void require_indexOneCommitBehind_passesAndTwoBehind_isDamage() throws IOException {
        VolumeRow last = row(states.get(COMMITS - 1));
        VolumeRow one = row(states.get(COMMITS - 2));
        VolumeRow two = row(states.get(COMMITS - 3));
        become(states.getLast()).run();
        assertThatCode(() -> new VolumeCheck(path, () -> last).require()).doesNotThrowAnyException();
        assertThatCode(() -> new VolumeCheck(path, () -> one).require()).doesNotThrowAnyException();
        assertThatThrownBy(() -> new VolumeCheck(path, () -> two).require()).isInstanceOf(CorruptDataException.class);
    }

    @Test
    void require_indexThatCatchesUpMeanwhile_looksAgain() throws IOException {
        VolumeRow stale = row(states.get(COMMITS - 4));
        VolumeRow last = row(states.getLast());
        become(states.getLast()).run();
        Deque<VolumeRow> said = new ArrayDeque<>(List.of(stale, last));
        VolumeCheck check = new VolumeCheck(path, () -> said.size() > 1 ? said.removeFirst() : said.getFirst());
        assertThatCode(check::require).doesNotThrowAnyException();
        assertThat(said).containsExactly(last);
    }

    @Test
    void require_neverQuiet_isBusyInTheEnd() throws IOException {
        become(states.getLast()).run();
        byte[] one = overwritten(states.get(COMMITS - 1));
        byte[] other = overwritten(states.get(COMMITS - 2));
        boolean[] turn = {false};
        Supplier<@Nullable VolumeRow> changing = () -> {
            turn[0] = !turn[0];
            become(turn[0] ? one : other).run();
            return null;
        };
        assertThatThrownBy(() -> new VolumeCheck(path, changing).require()).isInstanceOf(StoreBusyException.class);
    }
}
