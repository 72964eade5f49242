package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.BranchMove;
import dev.cairn.cas.ChildSource;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.History;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.ProvidedObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.Sha256;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.seal.NoteSignature;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.ProblemException;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import dev.cairn.replicator.protocol.Role;
import dev.cairn.replicator.protocol.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a server does with the requests about one repository, without any key and without a network: the server's routes and
 * the simulator of the tests call the same code.
 *
 * <p>Every request may come twice: the end state and, but for counts, the answer are the same. Requests have passed the
 * {@link dev.cairn.replicator.protocol.RequestCodec}, which checks counts and lengths.
 *
 * <p>Threading: may be called from any thread, and blocks on the store; never call it from an event loop. A stream belongs to
 * one thread at a time.
 */
public final class RepositoryService {

    /** The most pages that one diff visits: 16 TiB of manifests. */
    private static final long DIFF_VISITS_MAX = 1L << 30;

    /** The most snapshots that a diff brings without being asked for by name. */
    private static final int DIFF_SNAPSHOTS_MAX = 1 << 14;

    /** The most ids that are read to learn what the headers of one batch say: some seconds of a processor's time. */
    private static final long IDS_READ_MAX = 8L * ProtocolLimits.BATCH_IDS_REFERRED_MAX;

    private final ObjectStore store;
    private final int uploader;

    /**
     * The service of one device.
     *
     * @param uploader the device's number, by which its records are told from those of others; 0 if it is not known
     */
    public RepositoryService(ObjectStore store, int uploader) {
        this.store = store;
        this.uploader = uploader;
    }

    /**
     * Carries a request out for a device of that role.
     *
     * @throws ProblemException if it is refused or fails
     */
    public Answer answer(Request request, Role role) {
        requireRole(role, request.route());
        boolean isUpload = request instanceof Request.Batch;
        try {
            return switch (request) {
                case Request.Describe describe -> new Answer.Whole(described(role));
                case Request.Compare compare -> new Answer.Whole(compare(compare, role));
                case Request.Snapshots snapshots -> streamed(new SnapshotStream(store.snapshots()));
                case Request.Create create -> new Answer.Whole(create(create, role));
                case Request.Configure configure -> new Answer.Whole(configure(configure));
                case Request.Missing missing -> new Answer.Whole(new Response.MissingIds(store.missing(missing.ids())));
                case Request.Batch batch -> new Answer.Whole(finish(batch, joined(put(batch, role)), role));
                case Request.Move move -> new Answer.Whole(move(move, role));
                case Request.Notes notes -> streamed(new NoteStream(store, notes.digests()));
                case Request.Annotate annotate -> new Answer.Whole(annotate(annotate, role));
                case Request.Diff diff -> streamed(diff(diff));
                case Request.Fetch fetch -> streamed(new FetchStream(store, fetch.ids(), fetch.refused()));
            };
        } catch (StoreException e) {
            throw new ProblemException(problem(e, isUpload), e);
        }
    }

    /**
     * Makes sure that a device may ask that at all.
     *
     * @throws ProblemException if it takes another role
     */
    public static void requireRole(Role role, Route route) {
        if (!role.includes(route.role())) {
            throw refused("this device may %s here; '%s' takes more"
                    .formatted(role.name().toLowerCase(Locale.ROOT), route.segment()));
        }
    }

    /**
     * Stores a batch. The future completes once it is durable, or fails with a {@link ProblemException}. The move that the batch
     * may bring is not done: {@link #finish} does it.
     *
     * @throws ProblemException if a record is damaged on its face, the repository is not what the batch is for, or the device may not do that
     */
    public CompletableFuture<Response.BatchStored> put(Request.Batch batch, Role role) {
        if (batch.replaces() && !role.includes(Role.ADMIN)) {
            // Nobody here can tell a good record from nonsense, and what is replaced is gone with the next collection.
            throw refused("records of this repository are replaced by devices with the role admin only");
        }
        try {
            requireAsThought(batch.onlyIf());
            if (batch.last() != null && !isInPlace(batch.last().move())) {
                return CompletableFuture.completedFuture(new Response.BatchStored(0, 0, 0));
            }
        } catch (StoreException e) {
            throw new ProblemException(problem(e, false), e);
        }
        List<SealedRecord> records = parsed(batch);
        if (records.isEmpty()) {
            return CompletableFuture.completedFuture(new Response.BatchStored(0, 0, 0));
        }
        CompletableFuture<ObjectStore.CommitReceipt> stored =
                batch.replaces() ? replaced(records) : store.submitUnverified(records, uploader);
        return stored.handle((receipt, failure) -> {
            if (failure == null) {
                return new Response.BatchStored(receipt.recordsStored(), receipt.bytesStored(), receipt.objectsNew());
            }
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof StoreException e) {
                // The records are sound on their face: other damage than a contradiction is in what is stored here.
                boolean isUploads = e instanceof CorruptDataException damage && damage.isSubmitted();
                throw new ProblemException(problem(e, isUploads), e);
            }
            throw new ProblemException(Problem.of(ProblemCode.INTERNAL, "the batch could not be stored", ""), cause);
        });
    }

    private List<SealedRecord> parsed(Request.Batch batch) {
        List<SealedRecord> records = new ArrayList<>(batch.records().size());
        Map<ObjectId, ProvidedObject> pages = new HashMap<>();
        KnownPages pagesStored = new KnownPages(store);
        ChildSource known = page -> {
            ProvidedObject earlier = pages.get(page);
            return earlier == null ? pagesStored.children(page) : ChildSource.of(earlier);
        };
        long idsReferred = 0;
        for (Request.Upload upload : batch.records()) {
            String where = "record " + records.size() + " of batch " + batch.number();
            if (!Arrays.equals(Sha256.of(upload.record()), upload.digest())) {
                throw new ProblemException(Problem.of(
                        ProblemCode.DAMAGED,
                        where + " does not have the digest that was sent with it",
                        "Run 'cairn verify --data' on the client."));
            }
            try {
                SealedRecord record = SealedRecord.parse(upload.record(), where, known);
                record.requireSealed(where);
                idsReferred += record.header().idsReferred();
                if (record.header().kind().provides() == ObjectType.NODE) {
                    record.header().provided().forEach(page -> pages.put(page.id(), page));
                }
                records.add(record);
            } catch (StoreException e) {
                throw new ProblemException(problem(e, true), e);
            }
            if (idsReferred > ProtocolLimits.BATCH_IDS_REFERRED_MAX || pagesStored.idsRead() > IDS_READ_MAX) {
                throw new ProblemException(Problem.of(
                        ProblemCode.TOO_LARGE,
                        "the headers of a batch refer to more than " + ProtocolLimits.BATCH_IDS_REFERRED_MAX + " ids",
                        "Send it in smaller batches."));
            }
        }
        return records;
    }

    /**
     * Does the move that came with a batch, if one came. Blocks; not to be called by a thread of the store's.
     *
     * @param stored what {@link #put} answered
     * @throws ProblemException as for a move of its own
     */
    public Response.BatchStored finish(Request.Batch batch, Response.BatchStored stored, Role role) {
        Request.Move last = batch.last();
        if (last == null) {
            return stored;
        }
        try {
            BranchMove move = last.move();
            // In the way, and not the same move again: nothing of the batch was stored.
            ObjectId target = move.target();
            BranchMove.Outcome outcome = isInPlace(move) || (target != null && store.has(target))
                    ? move(last, role).outcome()
                    : new BranchMove.Outcome.Conflict(
                            store.branch(move.branch()).orElse(null));
            return new Response.BatchStored(stored.recordsStored(), stored.bytesStored(), stored.objectsNew(), outcome);
        } catch (StoreException e) {
            throw new ProblemException(problem(e, false), e);
        }
    }

    private boolean isInPlace(BranchMove move) {
        return Objects.equals(
                move.expected(),
                store.branch(move.branch()).map(Branch::snapshot).orElse(null));
    }

    private void requireAsThought(Request.@Nullable Precondition onlyIf) {
        if (onlyIf == null) {
            return;
        }
        if (!onlyIf.repository().equals(store.repositoryId())) {
            throw otherRepository();
        }
        long revision = store.configuration().map(StoredConfiguration::revision).orElse(0L);
        if (revision < onlyIf.configurationRevisionMin()) {
            throw new ProblemException(Problem.of(
                    ProblemCode.CHANGED,
                    "the configuration counts %d changes here, not %d"
                            .formatted(revision, onlyIf.configurationRevisionMin()),
                    "Ask what is here."));
        }
    }

    private ProblemException otherRepository() {
        return new ProblemException(Problem.of(
                ProblemCode.OTHER_REPOSITORY,
                "that name is taken by repository " + store.repositoryId(),
                "Choose another name in the remote's URL."));
    }

    private CompletableFuture<ObjectStore.CommitReceipt> replaced(List<SealedRecord> records) {
        try {
            return CompletableFuture.completedFuture(store.replace(records));
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What to answer where the store failed; {@code isUpload} if it is the client's data that is in question. */
    public static Problem problem(StoreException failure, boolean isUpload) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure) {
            case MissingObjectsException missing -> Problem.missing(missing.ids());
            case StoreFullException full ->
                Problem.of(ProblemCode.FULL, "the server has no space left for this", "Free space on the server.");
            case CorruptDataException corrupt ->
                isUpload
                        ? Problem.of(ProblemCode.DAMAGED, message, "Run 'cairn verify --data' on the client.")
                        : Problem.of(
                                ProblemCode.SERVER_DAMAGED, message, "Run 'cairn verify --data' on the server's copy.");
            case StoreBusyException busy -> Problem.busy("the repository is busy on the server", 1);
            case VersionMismatchException mismatch ->
                Problem.of(ProblemCode.VERSION, message, "Upgrade Cairn on the server.");
            case StoreException other -> Problem.of(ProblemCode.INTERNAL, message, other.hint());
        };
    }

    private Response.RepositoryInfo described(Role role) {
        return info(role).withNotes(NoteDigests.whole(store).first());
    }

    /** What is here but for the notes: to tell of those takes a pass over all of them. */
    private Response.RepositoryInfo info(Role role) {
        Optional<StoredConfiguration> configuration = store.configuration();
        if (configuration.isEmpty()) {
            throw new ProblemException(
                    Problem.of(ProblemCode.NO_REPOSITORY, "no repository of that name", "Push to it to make it."));
        }
        List<Branch> branches = store.branches();
        if (branches.size() > ProtocolLimits.BRANCHES_MAX) {
            throw new ProblemException(Problem.of(
                    ProblemCode.TOO_LARGE, "the repository has " + branches.size() + " branches", "Remove some."));
        }
        return new Response.RepositoryInfo(
                store.repositoryId(), configuration.get(), branches, role, store.notedCount(), null, null);
    }

    private Response.One compare(Request.Compare compare, Role role) {
        return compare.believed().holdsIn(info(role)) ? new Response.Unchanged() : described(role);
    }

    private Response.RepositoryInfo create(Request.Create request, Role role) {
        if (!request.repository().equals(store.repositoryId())) {
            throw otherRepository();
        }
        if (store.configuration().isEmpty()) {
            store.configure(0, request.configuration());
        }
        return described(role);
    }

    private Response.Configured configure(Request.Configure request) {
        boolean replaced = store.configure(request.expectedRevision(), request.content());
        StoredConfiguration now = store.configuration()
                .orElseThrow(() -> new ProblemException(
                        Problem.of(ProblemCode.NO_REPOSITORY, "no repository of that name", "Push to it to make it.")));
        // A repeated request finds its own revision there already.
        boolean sameAgain =
                now.revision() == request.expectedRevision() + 1 && Arrays.equals(now.bytes(), request.content());
        return new Response.Configured(replaced || sameAgain, now);
    }

    private Response.Moved move(Request.Move request, Role role) {
        BranchMove move = request.move();
        StoredObjects objects = new StoredObjects(store);
        List<ObjectId> lacking = store.missing(move.allRetained());
        if (!lacking.isEmpty()) {
            throw new ProblemException(Problem.missing(lacking));
        }
        for (ObjectId id : move.allRetained()) {
            if (!objects.isSnapshot(id)) {
                throw new ProblemException(Problem.of(
                        ProblemCode.MALFORMED, "a branch or the list of snapshots can name snapshots only: " + id, ""));
            }
        }
        ObjectId expected = move.expected();
        ObjectId target = move.target();
        boolean isForward = role.includes(Role.WRITE)
                || expected == null
                || (target != null && new Forwardness(store, request.bridges()).holds(expected, target));
        if (!isForward) {
            throw refused("this device may move branches forward only");
        }
        return new Response.Moved(store.move(move));
    }

    /** Keeps notes that their authors signed. Whether an author is a replica of the repository cannot be seen without its key. */
    private Response.Annotated annotate(Request.Annotate request, Role role) {
        List<Note> notes = new ArrayList<>();
        int leftOut = 0;
        for (byte[] bytes : request.notes()) {
            String where = "note " + (notes.size() + leftOut);
            Note note;
            try {
                note = Note.parse(bytes, where);
            } catch (VersionMismatchException e) {
                leftOut++;
                continue;
            } catch (CorruptDataException e) {
                throw new ProblemException(problem(e, true), e);
            }
            if (note.kind().decidesOnKeeping() && !role.includes(Role.WRITE)) {
                throw refused("this device may add tags only, nothing that decides what is kept");
            }
            if (!NoteSignature.isByItsAuthor(note, store.repositoryId())) {
                throw new ProblemException(
                        Problem.of(ProblemCode.DAMAGED, where + " is not signed by the author that it names", ""));
            }
            if (!note.kind().decidesOnKeeping() && !store.has(note.snapshot())) {
                leftOut++;
            } else {
                notes.add(note);
            }
        }
        ObjectStore.NoteReceipt receipt = store.annotate(notes);
        return new Response.Annotated(receipt.added(), leftOut + receipt.leftOut());
    }

    private ResponseStream diff(Request.Diff request) {
        List<ObjectId> lacking = request.want().stream()
                .filter(id -> store.providers(id).isEmpty())
                .toList();
        if (!lacking.isEmpty()) {
            throw new ProblemException(Problem.missing(lacking));
        }
        StoredObjects objects = new StoredObjects(store, request.refused());
        List<ObjectId> want = request.through() ? through(request) : request.want();
        PageWalk walk = new PageWalk(objects, want, request.have(), DIFF_VISITS_MAX);
        return new DiffStream(objects, walk, request.skip());
    }

    /** What is wanted with the snapshots on the way to it; without those if they are too many, so that the client asks for them by name. */
    private List<ObjectId> through(Request.Diff request) {
        Set<ObjectId> all = new LinkedHashSet<>(History.of(store).beyond(request.want(), request.have()));
        all.addAll(request.want());
        return all.size() > DIFF_SNAPSHOTS_MAX ? request.want() : List.copyOf(all);
    }

    private static Answer streamed(ResponseStream stream) {
        return new Answer.Streamed(() -> {
            try {
                return stream.next();
            } catch (StoreException e) {
                throw new ProblemException(problem(e, false), e);
            }
        });
    }

    private static Response.BatchStored joined(CompletableFuture<Response.BatchStored> stored) {
        try {
            return stored.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ProblemException problem) {
                throw problem;
            }
            throw e;
        }
    }

    private static ProblemException refused(String message) {
        return new ProblemException(Problem.of(
                ProblemCode.NOT_ALLOWED, message, "Ask whoever runs the server for a code of another role."));
    }
}
