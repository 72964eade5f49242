package dev.cairn.cas.lmdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Volumes that are closed while others use them, or have just made them. */
@Timeout(60)
class VolumeSetTest {

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private VolumeSet volumes;

    private final CountDownLatch read = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @BeforeEach
    void makeTwo() {
        volumes = new VolumeSet(folder, Environment.Mode.WRITE, volume -> null);
        volumes.create(1);
        volumes.create(2);
    }

    @AfterEach
    void close() {
        volumes.close();
    }

    /** A thread that uses a volume until {@link #goOn}. */
    private Thread use(int volume) throws InterruptedException {
        Thread user = Thread.ofPlatform()
                .start(() -> volumes.read(volume, view -> {
                    read.countDown();
                    return await(goOn);
                }));
        assertThat(await(read)).isTrue();
        return user;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As by the beginning of a session between the making of a volume and the commit of the index. */
    @Test
    void retain_volumeThatTheIndexDoesNotKnowYet_staysOpen() throws Exception {
        Thread user = use(2);
        volumes.retain(() -> Set.of(1));
        assertThat(user.isAlive()).as("it is in use still").isTrue();
        goOn.countDown();
        user.join();
        assertThat(volumes.<Long>read(2, ReadView::transaction)).isZero();
    }

    @Test
    void retain_volumeThatTheIndexGaveUp_isClosed() throws Exception {
        Thread user = use(1);
        Thread closing = Thread.ofPlatform().start(() -> volumes.retain(() -> Set.of(2)));
        awaitWaiting(closing);
        goOn.countDown();
        user.join();
        closing.join();
    }

    /** LMDB frees the slots of all readers of a process when it closes a file: of those too that have it open once more. */
    @Test
    void discard_whileItIsUsedAndBorrowedAgain_isNeverOpenTwice() throws Exception {
        Thread user = use(1);
        Thread closing = Thread.ofPlatform().start(() -> volumes.discard(1));
        awaitWaiting(closing);
        Function<ReadView, Long> reading = ReadView::transaction;
        long before = volumes.read(1, reading);
        goOn.countDown();
        user.join();
        closing.join();
        assertThat(volumes.<Long>read(1, reading)).isEqualTo(before);
        assertThat(volumes.<Long>read(1, reading)).isEqualTo(before);
    }

    private static void awaitWaiting(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.sleep(1);
        }
    }
}
