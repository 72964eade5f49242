package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ObjectVisitor;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.RecordRef;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.memory.InMemoryObjectStore;
import dev.cairn.replicator.protocol.ProtocolLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica that fetches what it has lost from a server that has most of it; and one that heals a server by a push. */
class MendSessionTest {

    private static final ProtocolLimits LIMITS = new ProtocolLimits(9 << 20, 64 << 10, 50, 300, 8, 16);

    private final SplittableRandom random = new SplittableRandom(77);
    private final TestRepository source = TestRepository.make(random.split());
    private final SimulatedServer server = new SimulatedServer(LIMITS);
    private final BadNetwork network = new BadNetwork(server, random.split(), 0.2);
    private final Set<ObjectId> all = new LinkedHashSet<>();

    /** Takes what it gets, once each. */
    private static final class Collector implements MendSession.Receiver {
        private final Set<ObjectId> wanted;
        private final Set<ObjectId> got = new HashSet<>();
        private boolean paused;

        Collector(Collection<ObjectId> wanted) {
            this.wanted = new LinkedHashSet<>(wanted);
        }

        @Override
        public Collection<ObjectId> wanted() {
            return List.copyOf(wanted);
        }

        @Override
        public boolean take(byte[] record) {
            try {
                SealedRecord.parse(record, "a test").header().provided().forEach(object -> {
                    wanted.remove(object.id());
                    got.add(object.id());
                });
                return true;
            } catch (dev.cairn.cas.MissingObjectsException e) {
                return false;
            }
        }

        @Override
        public void pause() {
            paused = true;
        }
    }

    @BeforeEach
    void pushOnce() {
        source.fill(120);
        source.snapshot("main");
        TestSessions.pushUntilDone(network, source, LIMITS, random);
        server.store().forEachObject(new ObjectVisitor() {
            @Override
            public void object(ObjectId id, ObjectType objectType, List<RecordRef> providers) {
                all.add(id);
            }

            @Override
            public void damaged(dev.cairn.cas.CorruptDataException damage) {
                throw damage;
            }
        });
        assertThat(all).hasSizeGreaterThan(100);
    }

    private Action run(Collector collector, TestRepository repository) {
        Action last = null;
        while (last == null) {
            last = network.run(
                    new MendSession(repository.store.repositoryId(), collector, LIMITS, TransferProgress.NONE),
                    Integer.MAX_VALUE);
        }
        return last;
    }

    @Test
    void mend_serverHasEverything_givesAllOfIt() {
        Collector collector = new Collector(all);
        done(run(collector, source));
        assertThat(collector.wanted).isEmpty();
        assertThat(collector.paused).isTrue();
    }

    @Test
    void mend_serverLacksAndHasDamaged_givesTheRest() {
        InMemoryObjectStore store = (InMemoryObjectStore) server.store();
        List<ObjectId> ids = new ArrayList<>(all);
        Set<Long> damaged = new HashSet<>();
        for (int i = 0; i < ids.size(); i += 10) {
            store.providers(ids.get(i)).forEach(ref -> {
                if (damaged.add(ref.sequence())) {
                    store.damage(ref.sequence());
                }
            });
        }
        Set<ObjectId> whole = new HashSet<>(all);
        whole.removeIf(id -> store.providers(id).stream().allMatch(ref -> damaged.contains(ref.sequence())));
        ObjectId unknown = new ObjectId(1, 2, 3, 4);
        ids.add(7, unknown);
        Collector collector = new Collector(ids);
        done(run(collector, source));
        assertThat(collector.got).containsAll(whole);
        assertThat(collector.wanted).contains(unknown).doesNotContainAnyElementsOf(whole);
    }

    @Test
    void mend_otherRepository_isRefused() {
        TestRepository other = TestRepository.make(random.split());
        assertThat(run(new Collector(all), other))
                .asInstanceOf(type(Action.Fail.class))
                .extracting(Action.Fail::cause)
                .isInstanceOf(RemoteException.Refused.class);
    }

    /** The branch is where it should be, and nothing is new: all that tells is the server's count of damaged records. */
    @Test
    void push_serverNotesDamage_sendsWhatItLacksAndNothingElse() {
        InMemoryObjectStore store = (InMemoryObjectStore) server.store();
        Set<Long> damaged = new HashSet<>();
        for (ObjectId id : all) {
            long sequence = store.providers(id).getFirst().sequence();
            if (sequence % 3 == 0 && damaged.add(sequence)) {
                store.damage(sequence);
                store.note(List.of(new RecordFinding(sequence, RecordFinding.State.ALTERED)));
            }
        }
        assertThat(store.missing(all)).isNotEmpty();
        server.objectsReceived.clear();
        TestSessions.pushUntilDone(network, source, LIMITS, random);
        assertThat(store.missing(all)).isEmpty();
        assertThat(store.noted()).isEmpty();
        assertThat(server.objectsReceived.keySet()).hasSizeLessThan(all.size());
        for (ObjectId id : all) {
            store.read(store.providers(id).getFirst());
        }
        server.objectsReceived.clear();
        TestSessions.pushUntilDone(network, source, LIMITS, random);
        assertThat(server.objectsReceived).isEmpty();
    }
}
