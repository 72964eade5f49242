package dev.cairn.replicator;

import static dev.cairn.replicator.TestSessions.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that lies, one lie a case, over a server that is honest otherwise. Whatever it says, a session comes to an end within a
 * bounded number of steps, with an error of the documented kinds or with a result that is right; the replica keeps its branches
 * and everything that it has is whole.
 */
class HostileServerTest {

    private static final ProtocolLimits LIMITS = new ProtocolLimits(9 << 20, 64 << 10, 50, 300, 8, 16);

    /** Far more than an honest exchange takes; a lie that keeps a session going for ever runs into it. */
    private static final int STEPS_MAX = 3_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** Changes what the honest server answers. */
    @FunctionalInterface
    private interface Lie {
        List<Response> tell(Request request, List<Response> truth);
    }

    private final SplittableRandom random = new SplittableRandom(44);

    @TestFactory
    Stream<DynamicTest> pull_fromAServerThatLies_failsOrIsRight() {
        Map<String, Lie> lies = new TreeMap<>();
        tellLiesAboutWhatIsThere(lies);
        tellLiesAboutPages(lies);
        tellLiesAboutChunks(lies);
        fail(lies);
        return lies.entrySet().stream().map(lie -> dynamicTest(lie.getKey(), () -> pull(lie.getValue())));
    }

    private void tellLiesAboutWhatIsThere(Map<String, Lie> lies) {
        lies.put("describes another repository", info(info -> with(info, new RepositoryId(id(7)), info.branches())));
        lies.put("has a head that it does not list", info(info -> with(info, info.repository(), heads(id(8)))));
        lies.put(
                "has a head that is a page",
                (request, truth) -> request instanceof Request.Describe
                        ? truth.stream()
                                .map(response -> (Response) with(
                                        (Response.RepositoryInfo) response,
                                        ((Response.RepositoryInfo) response).repository(),
                                        heads(page)))
                                .toList()
                        : truth);
        lies.put("answers the description with a batch", info(info -> new Response.BatchStored(1, 1, 1)));
        lies.put(
                "answers the description with a move",
                info(info -> new Response.Moved(new BranchMove.Outcome.Conflict(null))));
        lies.put("lists a snapshot twice", list(snapshots -> doubled(snapshots)));
        lies.put("lists nothing", list(snapshots -> List.of()));
        lies.put("lists sequences that are too high", list(snapshots -> relisted(snapshots, 1000, List.of())));
        lies.put("lists parents that are none", list(snapshots -> relisted(snapshots, 0, List.of(id(9)))));
        lies.put(
                "lists snapshots that name themselves as parents",
                list(snapshots -> snapshots.stream()
                        .map(one -> new RetainedSnapshot(
                                one.snapshot(), one.sequence(), List.of(one.snapshot()), one.roots()))
                        .toList()));
        lies.put("counts more snapshots than came", end(Request.Snapshots.class, 1));
        lies.put("counts fewer snapshots than came", end(Request.Snapshots.class, -1));
    }

    private void tellLiesAboutPages(Map<String, Lie> lies) {
        lies.put("counts more pages than came", end(Request.Diff.class, 1));
        lies.put("counts 2^63 - 1 pages", end(Request.Diff.class, Long.MAX_VALUE / 2));
        lies.put("counts -1 pages", end(Request.Diff.class, -1_000_000));
        lies.put("ends the pages at once", empty(Request.Diff.class));
        lies.put(
                "sends the pages the other way round",
                (request, truth) -> request instanceof Request.Diff ? reversed(truth) : truth);
        lies.put(
                "sends every page twice",
                (request, truth) -> request instanceof Request.Diff ? repeated(truth) : truth);
        lies.put("leaves out the first page", without(Request.Diff.class, 0));
        lies.put("leaves out the last page", without(Request.Diff.class, -1));
        lies.put(
                "sends chunks among pages",
                (request, truth) -> request instanceof Request.Diff
                        ? prepended(truth, new Response.DiffRecord(run, new int[] {0}))
                        : truth);
        lies.put(
                "calls due what a record does not have",
                diff(record -> new Response.DiffRecord(record.record(), new int[] {65_535})));
        lies.put("calls nothing due", diff(record -> new Response.DiffRecord(record.record(), new int[0])));
        lies.put(
                "calls everything due at once",
                diff(record -> new Response.DiffRecord(record.record(), new int[] {0, 1, 2, 3, 4, 5})));
        lies.put("sends pages of no bytes", diff(record -> new Response.DiffRecord(new byte[0], record.due())));
        lies.put(
                "sends pages of nonsense",
                diff(record -> new Response.DiffRecord(noise(record.record().length), record.due())));
        lies.put(
                "sends pages that were cut",
                diff(record -> new Response.DiffRecord(cut(record.record()), record.due())));
        lies.put(
                "sends pages with a bit changed",
                diff(record -> new Response.DiffRecord(flipped(record.record()), record.due())));
        lies.put("sends pages of another repository", diff(record -> new Response.DiffRecord(foreign, new int[] {0})));
    }

    private void tellLiesAboutChunks(Map<String, Lie> lies) {
        lies.put("counts more records than came", end(Request.Fetch.class, 1));
        lies.put("ends the chunks at once", empty(Request.Fetch.class));
        lies.put(
                "sends every chunk twice",
                (request, truth) -> request instanceof Request.Fetch ? repeated(truth) : truth);
        lies.put("leaves out a run", without(Request.Fetch.class, 0));
        lies.put("sends chunks of no bytes", fetch(record -> new byte[0]));
        lies.put("sends chunks of nonsense", fetch(record -> noise(record.length)));
        lies.put("sends chunks that were cut", fetch(HostileServerTest::cut));
        lies.put("sends chunks with a bit changed", fetch(HostileServerTest::flipped));
        lies.put("sends another run than was asked for", fetch(record -> run));
        lies.put("sends pages where chunks were asked for", fetch(record -> pageRecord));
        lies.put("sends 8 MiB of zeros as a chunk", fetch(record -> new byte[8 << 20]));
        lies.put("sends a chunk of another repository", fetch(record -> foreign));
    }

    private void fail(Map<String, Lie> lies) {
        lies.put("says that nothing is there", problem(Request.Describe.class, ProblemCode.NO_REPOSITORY));
        lies.put("is busy with pages for ever", problem(Request.Diff.class, ProblemCode.BUSY));
        lies.put("misses what it listed", problem(Request.Diff.class, ProblemCode.MISSING));
        lies.put("is damaged at chunks", problem(Request.Fetch.class, ProblemCode.SERVER_DAMAGED));
        lies.put("is too small for chunks", problem(Request.Fetch.class, ProblemCode.TOO_LARGE));
        lies.put("expires at the list", problem(Request.Snapshots.class, ProblemCode.TOKEN_EXPIRED));
    }

    @TestFactory
    Stream<DynamicTest> push_toAServerThatLies_failsOrIsRight() {
        Map<String, Lie> lies = new TreeMap<>();
        lies.put(
                "misses everything, for ever",
                (request, truth) -> request instanceof Request.Missing missing
                        ? List.of(new Response.MissingIds(missing.ids()))
                        : truth);
        lies.put(
                "misses what was not asked",
                (request, truth) -> request instanceof Request.Missing
                        ? List.of(new Response.MissingIds(List.of(id(1), id(2))))
                        : truth);
        lies.put(
                "misses nothing",
                (request, truth) ->
                        request instanceof Request.Missing ? List.of(new Response.MissingIds(List.of())) : truth);
        lies.put("refuses each batch for what lacks", problem(Request.Batch.class, ProblemCode.MISSING));
        lies.put("refuses each move for what lacks", problem(Request.Move.class, ProblemCode.MISSING));
        lies.put("is full", problem(Request.Batch.class, ProblemCode.FULL));
        lies.put("calls good records damaged", problem(Request.Batch.class, ProblemCode.DAMAGED));
        lies.put(
                "stored less than nothing",
                (request, truth) -> request instanceof Request.Batch
                        ? List.of(new Response.BatchStored(-1, Long.MIN_VALUE, -5))
                        : truth);
        lies.put(
                "moved to another snapshot",
                (request, truth) -> request instanceof Request.Move
                        ? List.of(new Response.Moved(new BranchMove.Outcome.Moved(new Branch("main", id(3), 9))))
                        : truth);
        lies.put(
                "says that the branch moved meanwhile",
                (request, truth) -> request instanceof Request.Move
                        ? List.of(new Response.Moved(new BranchMove.Outcome.Conflict(new Branch("main", id(3), 9))))
                        : truth);
        lies.put(
                "never takes the configuration",
                (request, truth) -> request instanceof Request.Configure
                        ? List.of(new Response.Configured(true, new StoredConfiguration(1, new byte[] {1, 2, 3})))
                        : truth);
        lies.put(
                "answers batches with streams",
                (request, truth) -> request instanceof Request.Batch ? List.of(new Response.End(0)) : truth);
        lies.put(
                "answers moves with batches",
                (request, truth) ->
                        request instanceof Request.Move ? List.of(new Response.BatchStored(1, 1, 1)) : truth);
        return lies.entrySet().stream().map(lie -> dynamicTest(lie.getKey(), () -> push(lie.getValue())));
    }

    private final TestRepository source = TestRepository.make(random.split());
    private final SimulatedServer server = new SimulatedServer(LIMITS);
    private final ObjectId first;
    private final ObjectId second;
    private final ObjectId page;
    private final byte[] run;
    private final byte[] pageRecord;
    private final byte[] foreign;

    HostileServerTest() {
        source.fill(120);
        first = source.snapshot("main");
        done(new BadNetwork(server, random.split(), 0).run(pushSession(source), Integer.MAX_VALUE));
        source.edit(30);
        second = source.snapshot("main");
        done(new BadNetwork(server, random.split(), 0).run(pushSession(source), Integer.MAX_VALUE));
        PageWalk walk = new PageWalk(new StoredObjects(source.store), List.of(second), List.of(), 1_000_000);
        PageWalk.Visit visit = java.util.Objects.requireNonNull(walk.next());
        page = visit.id();
        pageRecord = visit.found().record().bytes();
        run = source.store
                .read(source.store
                        .providers(visit.object().chunkChildren().getFirst())
                        .getFirst())
                .bytes();
        TestRepository other = TestRepository.make(random.split());
        other.fill(3);
        foreign = other.store
                .read(other.store.providers(other.snapshot("main")).getFirst())
                .bytes();
    }

    private void pull(Lie lie) throws IOException {
        TestRepository reader = source.emptyReplica();
        Path spool = Files.createDirectory(folder.resolve("spool" + random.nextInt(Integer.MAX_VALUE)));
        Action last = drive(TestSessions.pull(reader, LIMITS, random.split(), spool), lie);
        if (last instanceof Action.Done) {
            // A lie that did no harm: then what came is right, or nothing did.
            reader.store.branches().forEach(branch -> {
                assertThat(branch.snapshot()).isIn(first, second);
                assertThat(reader.verify(reader.store, branch.snapshot())).isPositive();
            });
        } else {
            assertDocumented(last);
            assertThat(reader.store.branches())
                    .as("no branch moves before everything was verified")
                    .isEmpty();
        }
        // And afterwards an honest server is pulled from all the same.
        Action honest = drive(TestSessions.pull(reader, LIMITS, random.split(), spool), (request, truth) -> truth);
        assertThat(honest).isInstanceOf(Action.Done.class);
        assertThat(reader.store.branch("main").map(Branch::snapshot)).contains(second);
        assertThat(reader.verify(reader.store, second)).isGreaterThan(100);
    }

    private void push(Lie lie) {
        source.fill(40);
        ObjectId head = source.snapshot("main");
        source.store.configure(source.store.configuration().orElseThrow().revision(), noise(5));
        Action last = drive(pushSession(source), lie);
        if (!(last instanceof Action.Done)) {
            assertDocumented(last);
        }
        assertThat(source.store.branch("main").map(Branch::snapshot)).contains(head);
        assertThat(drive(pushSession(source), (request, truth) -> truth)).isInstanceOf(Action.Done.class);
    }

    private static void assertDocumented(Action last) {
        assertThat(last).isInstanceOf(Action.Fail.class);
        RuntimeException cause = ((Action.Fail) last).cause();
        assertThat(cause)
                .isInstanceOfAny(
                        RemoteException.PeerMisbehaved.class,
                        RemoteException.Damaged.class,
                        RemoteException.Refused.class,
                        RemoteException.NoRepository.class,
                        RemoteException.NotAllowed.class,
                        RemoteException.QuotaExceeded.class,
                        RemoteException.Unreachable.class,
                        CorruptDataException.class,
                        VersionMismatchException.class,
                        WrongKeyException.class);
        assertThat(cause.getMessage()).isNotBlank();
    }

    private Action drive(Session session, Lie lie) {
        Deque<Action> actions = new ArrayDeque<>(session.start());
        try {
            for (int step = 0; step < STEPS_MAX; step++) {
                Action action = actions.poll();
                if (action == null) {
                    throw new AssertionError("the session waits for nothing");
                }
                if (!(action instanceof Action.Send(long number, Request request))) {
                    return action;
                }
                for (Response response : lie.tell(request, server.answer(request, Role.WRITE))) {
                    actions.addAll(session.on(new Event.Answered(number, response)));
                }
            }
        } finally {
            session.close();
        }
        throw new AssertionError("no end after " + STEPS_MAX + " steps");
    }

    private Session pushSession(TestRepository from) {
        return TestSessions.push(from, LIMITS, random.split());
    }

    private static ObjectId id(long number) {
        return new ObjectId(number, number, number, number);
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] cut(byte[] record) {
        return java.util.Arrays.copyOf(record, record.length - 1);
    }

    private static byte[] flipped(byte[] record) {
        byte[] bytes = record.clone();
        bytes[bytes.length - 1] ^= 1;
        return bytes;
    }

    private static List<Branch> heads(ObjectId head) {
        return List.of(new Branch("main", head, 1));
    }

    private static Response.RepositoryInfo with(
            Response.RepositoryInfo info, RepositoryId repository, List<Branch> branches) {
        return new Response.RepositoryInfo(
                repository,
                info.configuration(),
                branches,
                info.role(),
                info.damagedRecords(),
                info.notes(),
                info.log());
    }

    private interface Change<T> {
        @Nullable
        Response of(T truth);
    }

    private static Lie info(Change<Response.RepositoryInfo> change) {
        return (request, truth) -> changed(truth, Response.RepositoryInfo.class, change);
    }

    private static Lie diff(Change<Response.DiffRecord> change) {
        return (request, truth) -> changed(truth, Response.DiffRecord.class, change);
    }

    private interface Bytes {
        byte[] of(byte[] record);
    }

    private static Lie fetch(Bytes change) {
        return (request, truth) -> changed(
                truth,
                Response.FetchedRecord.class,
                fetched -> new Response.FetchedRecord(change.of(fetched.record())));
    }

    private interface Listed {
        List<RetainedSnapshot> of(List<RetainedSnapshot> truth);
    }

    private static Lie list(Listed change) {
        return (request, truth) -> changed(
                truth, Response.SnapshotList.class, list -> new Response.SnapshotList(change.of(list.snapshots())));
    }

    private static <T> List<Response> changed(List<Response> truth, Class<T> type, Change<T> change) {
        List<Response> told = new ArrayList<>();
        for (Response response : truth) {
            Response other = type.isInstance(response) ? change.of(type.cast(response)) : response;
            if (other != null) {
                told.add(other);
            }
        }
        return told;
    }

    private static Lie end(Class<? extends Request> route, long more) {
        return (request, truth) -> route.isInstance(request)
                ? changed(truth, Response.End.class, end -> new Response.End(end.count() + more))
                : truth;
    }

    private static Lie empty(Class<? extends Request> route) {
        return (request, truth) -> route.isInstance(request) ? List.of(new Response.End(0)) : truth;
    }

    private static Lie problem(Class<? extends Request> route, ProblemCode code) {
        return (request, truth) -> route.isInstance(request)
                ? List.of(code == ProblemCode.MISSING ? Problem.missing(List.of(id(5))) : Problem.of(code, "no", ""))
                : truth;
    }

    /** Without a part; the count at the end is right for what is left. */
    private static Lie without(Class<? extends Request> route, int which) {
        return (request, truth) -> {
            if (!route.isInstance(request) || truth.size() < 2) {
                return truth;
            }
            List<Response> told = new ArrayList<>(truth);
            told.remove(which < 0 ? truth.size() - 2 : which);
            return changed(told, Response.End.class, end -> new Response.End(end.count() - 1));
        };
    }

    private static List<Response> reversed(List<Response> truth) {
        List<Response> told = new ArrayList<>(truth.subList(0, truth.size() - 1));
        Collections.reverse(told);
        told.add(truth.getLast());
        return told;
    }

    private static List<Response> repeated(List<Response> truth) {
        List<Response> told = new ArrayList<>();
        for (Response response : truth) {
            told.add(response);
            if (response instanceof Response.Part) {
                told.add(response);
            }
        }
        return changed(told, Response.End.class, end -> new Response.End(2 * end.count()));
    }

    private static List<Response> prepended(List<Response> truth, Response more) {
        List<Response> told = new ArrayList<>(truth);
        told.addFirst(more);
        return changed(told, Response.End.class, end -> new Response.End(end.count() + 1));
    }

    private static List<RetainedSnapshot> doubled(List<RetainedSnapshot> snapshots) {
        List<RetainedSnapshot> all = new ArrayList<>(snapshots);
        all.addAll(snapshots);
        return all;
    }

    private static List<RetainedSnapshot> relisted(
            List<RetainedSnapshot> snapshots, long more, List<ObjectId> parents) {
        return snapshots.stream()
                .map(one -> new RetainedSnapshot(
                        one.snapshot(),
                        one.sequence() + more,
                        parents.isEmpty() ? one.parents() : parents,
                        one.roots()))
                .toList();
    }
}
