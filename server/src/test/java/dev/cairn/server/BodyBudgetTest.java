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
        BodyBudget.Share first = budget.take("a", 60).join();
        BodyBudget.Share second = budget.take("a", 40).join();
        assertThat(budget.free()).isZero();
        assertThat(budget.take("a", 0)).as("nothing asked for, none in line").isDone();
        first.close();
        assertThat(budget.free()).isEqualTo(60);
        second.close();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void close_twice_givesBackOnce() {
        BodyBudget.Share share = budget.take("a", 60).join();
        share.close();
        share.close();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void shrink_belowWhatIsHeld_givesTheRestBack() {
        BodyBudget.Share share = budget.take("a", 60).join();
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
        BodyBudget.Share held = budget.take("a", 50).join();
        CompletableFuture<BodyBudget.Share> large = budget.take("a", 80);
        CompletableFuture<BodyBudget.Share> small = budget.take("a", 10);
        assertThat(large).isNotDone();
        assertThat(small).as("there is room, but nobody is passed over").isNotDone();
        held.close();
        assertThat(large).isDone();
        assertThat(small).isDone();
        assertThat(budget.free()).isEqualTo(10);
    }

    @Test
    void take_tooManyInLine_isBusy() {
        budget.take("a", 100).join();
        for (int i = 0; i < 3; i++) {
            assertThat(budget.take("a", 1)).isNotDone();
        }
        assertThatThrownBy(() -> budget.take("a", 1)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().code()).isEqualTo(ProblemCode.BUSY);
            assertThat(e.problem().retryAfterSeconds()).isPositive();
        });
    }

    @Test
    void cancel_whoIsFirstInLine_letsTheNextInAtOnce() {
        BodyBudget.Share held = budget.take("a", 50).join();
        CompletableFuture<BodyBudget.Share> large = budget.take("a", 80);
        CompletableFuture<BodyBudget.Share> small = budget.take("a", 10);
        assertThat(large.cancel(false)).isTrue();
        assertThat(small).isDone();
        held.close();
        small.join().close();
        assertThat(budget.free()).isEqualTo(100);
    }

    @Test
    void cancel_everybodyInLine_leavesTheLineEmpty() {
        budget.take("a", 100).join();
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<BodyBudget.Share>> line = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                line.add(budget.take("a", 1));
            }
            line.forEach(waiter -> waiter.cancel(false));
        }
        assertThat(budget.take("a", 1)).isNotDone();
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
        assertThat(shared.take("a", 100)).isDone();
    }

    private static void takeAndGiveBack(BodyBudget shared, SplittableRandom random, AtomicLong held, AtomicLong most) {
        for (int i = 0; i < 500; i++) {
            long bytes = random.nextLong(101);
            CompletableFuture<BodyBudget.Share> share = shared.take("a", bytes);
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

    @Test
    void take_manyOfOneParty_othersHaveTheirTurnBetween() {
        BodyBudget shared = new BodyBudget(100, 100);
        BodyBudget.Share held = shared.take("a", 100).join();
        List<CompletableFuture<BodyBudget.Share>> many = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            many.add(shared.take("a", 50));
        }
        CompletableFuture<BodyBudget.Share> other = shared.take("b", 50);
        held.close();
        assertThat(many.get(0)).isDone();
        assertThat(other).as("second in turn, though eleventh in line").isDone();
        assertThat(many.get(1)).isNotDone();
        other.join().close();
        assertThat(many.get(1)).isDone();
    }

    @Test
    void take_reserve_isForPartiesThatHoldNothing() {
        BodyBudget shared = new BodyBudget(100, 100);
        shared.reserve(40);
        BodyBudget.Share first = shared.take("a", 60).join();
        CompletableFuture<BodyBudget.Share> second = shared.take("a", 20);
        assertThat(second).as("there is room, but not for who has some").isNotDone();
        CompletableFuture<BodyBudget.Share> other = shared.take("b", 40);
        assertThat(other).isDone();
        first.close();
        assertThat(second).isDone();
        second.join().close();
        other.join().close();
        assertThat(shared.free()).isEqualTo(100);
        assertThat(shared.take("a", 100)).as("the whole, for who holds nothing").isDone();
    }

    @Test
    void reserve_givenUp_servesWhoWaitedForIt() {
        BodyBudget shared = new BodyBudget(100, 100);
        shared.reserve(40);
        shared.take("a", 60).join();
        CompletableFuture<BodyBudget.Share> second = shared.take("a", 40);
        assertThat(second).isNotDone();
        shared.reserve(0);
        assertThat(second).isDone();
    }
}
