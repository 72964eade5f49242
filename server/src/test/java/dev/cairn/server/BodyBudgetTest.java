package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {

    private final BodyBudget budget = new BodyBudget(100, 3);

    @Test
    void take_whileThereIsRoom_isServedAtOnce() {
        BodyBudget.Share first = budget.take(60).join();
        BodyBudget.Share second = budget.take(40).join();
        assertThat(budget.free()).isZero();
        assertThat(budget.take(0)).as("nothing asked for, none in line").isDone();
        first.close();
        assertThat(budget.free()).isEqualTo(60);
        second.close();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void close_twice_givesBackOnce() {
        BodyBudget.Share share = budget.take(60).join();
        share.close();
        share.close();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void shrink_belowWhatIsHeld_givesTheRestBack() {
        BodyBudget.Share share = budget.take(60).join();
        share.shrink(70);
        assertThat(budget.free()).isEqualTo(40);
        share.shrink(10);
        assertThat(budget.free()).isEqualTo(90);
        share.shrink(50);
        assertThat(budget.free()).as("never grows again").isEqualTo(90);
        share.close();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void take_smallBehindLarge_waitsItsTurn() {
        BodyBudget.Share held = budget.take(50).join();
        CompletableFuture<BodyBudget.Share> large = budget.take(80);
        CompletableFuture<BodyBudget.Share> small = budget.take(10);
        assertThat(large).isNotDone();
        assertThat(small).as("there is room, but nobody is passed over").isNotDone();
        held.close();
        assertThat(large).isDone();
        assertThat(small).isDone();
        assertThat(budget.free()).isEqualTo(10);
    }

    @Test
    void take_tooManyInLine_isBusy() {
        budget.take(100).join();
        for (int i = 0; i < 3; i++) {
            assertThat(budget.take(1)).isNotDone();
        }
        assertThatThrownBy(() -> budget.take(1)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.BUSY);
            assertThat(e.problem().retryAfterSeconds()).isPositive();
        });
    }

    @Test
    void cancel_whoIsFirstInLine_letsTheNextInAtOnce() {
        BodyBudget.Share held = budget.take(50).join();
        CompletableFuture<BodyBudget.Share> large = budget.take(80);
        CompletableFuture<BodyBudget.Share> small = budget.take(10);
        assertThat(large.cancel(false)).isTrue();
        assertThat(small).isDone();
        held.close();
        small.join().close();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void cancel_everybodyInLine_leavesTheLineEmpty() {
        budget.take(100).join();
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<BodyBudget.Share>> line = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                line.add(budget.take(1));
            }
            line.forEach(waiter -> waiter.cancel(false));
        }
        assertThat(budget.take(1)).isNotDone();
    }

    @Test
    void take_byManyThreads_neverGivesMoreThanThereIsAndLosesNothing() throws InterruptedException {
        long seed = 31;
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        BodyBudget shared = new BodyBudget(100, 1000);
        AtomicLong held = new AtomicLong();
        AtomicLong most = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            SplittableRandom own = random.split();
            threads.add(Thread.startVirtualThread(() -> takeAndGiveBack(shared, own, held, most)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most.get()).isBetween(1L, 100L);
        assertThat(shared.free()).isEqualTo(100);
        assertThat(shared.take(100)).isDone();
    }

    private static void takeAndGiveBack(BodyBudget shared, SplittableRandom random, AtomicLong held, AtomicLong most) {
        for (int i = 0; i < 500; i++) {
            long bytes = random.nextLong(101);
            CompletableFuture<BodyBudget.Share> share = shared.take(bytes);
            boolean isGivenUp = random.nextInt(4) == 0 && share.cancel(false);
            if (isGivenUp) {
                continue;
            }
            try {
                BodyBudget.Share taken = share.join();
                most.accumulateAndGet(held.addAndGet(bytes), Math::max);
                held.addAndGet(-bytes);
                taken.close();
            } catch (CompletionException e) {
                throw new AssertionError(e);
            }
        }
    }
}
