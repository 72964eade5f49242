package dev.cairn.cas;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rule by which every store admits records: closure, types and delta depth. One instance serves one write transaction:
 * it sees the index through {@link Known} and remembers what it admitted, so that later records may build on earlier ones.
 *
 * <h2>The rule</h2>
 *
 * <ul>
 *   <li>Children must be known with their type: node children through a page, chunk children through a run or a delta. An
 *       object may name children that stand before it in the same record.
 *   <li>Bases of a delta must be known, from earlier records, and of the type of what it provides. So must the pages be that
 *       its header refers to.
 *   <li>An id keeps its type for ever, unless what came first may have been nonsense ({@link Repeats#KEPT}). Then it has
 *       the types of all its providers, and readers take one of the type that they need.
 *   <li>A record's depth is 0, or 1 + the depth of the deepest base for a delta, {@value #DEPTH_MAX} at most. The depth of
 *       an object is that of its deepest provider, and a further provider never raises it. Along bases the depth of objects
 *       therefore falls strictly, whichever providers are used: they cannot form a circle.
 *   <li>What becomes of a record that provides nothing new, {@link Repeats} says. An object all of whose providers are
 *       {@linkplain ObjectStore#note noted} as damaged is there for those who refer to it, and new to those who bring it.
 * </ul>
 *
 * <p>Not thread-safe. Cost: one lookup in the index for each distinct id that a submission names.
 */
public final class Admission {

    /** The deepest delta. */
    public static final int DEPTH_MAX = 8;

    /** The most providers of one object that ordinary commits make; further records do not provide it. */
    public static final int PROVIDERS_MAX = 8;

    /** The most providers of one object that one uploader makes, of records that the store cannot open. */
    public static final int UPLOADER_PROVIDERS_MAX = 4;

    /** The most providers of one object that all uploaders make: so many uploaders, divided by the above, have to conspire. */
    public static final int KEPT_PROVIDERS_MAX = 48;

    /** What becomes of a record all of whose objects are provided already. */
    public enum Repeats {
        /** It is not stored: those who submit it verified what they submit. */
        SKIPPED,
        /**
         * It becomes a further provider, while its objects have fewer than {@link #UPLOADER_PROVIDERS_MAX} by the same uploader
         * and {@link #KEPT_PROVIDERS_MAX} in all. For records that this store cannot open: nonsense that came first must not
         * shut out the good one, however much of it one uploader sent. Snapshots are skipped all the same, since the
         * lineage in their clear headers decides which way a branch may move.
         */
        KEPT,
        /** It becomes a further provider in any case. */
        MENDING,
        /**
         * It becomes the only provider. A holder of the keys says so of records that he sealed anew, or whoever may remove what
         * a server has. One that is deeper than what it takes the place of is refused, so depths along bases still fall.
         */
        REPLACING
    }

    /**
     * How a submission came.
     *
     * @param uploader who sent it, a number that the caller gives out; 0 for this machine itself
     */
    public record Terms(Repeats repeats, int uploader) {

        /** For what this machine verified. */
        public static final Terms VERIFIED = new Terms(Repeats.SKIPPED, 0);

        /** For what takes the place of something damaged. */
        public static final Terms MENDING = new Terms(Repeats.MENDING, 0);

        /** For what was sealed anew. */
        public static final Terms REPLACING = new Terms(Repeats.REPLACING, 0);

        public Terms {
            if (uploader < 0) {
                throw new IllegalArgumentException("uploader (%d) must not be negative".formatted(uploader));
            }
        }
    }

    private final Known known;
    private final Map<ObjectId, Facts> admitted = new HashMap<>();
    private final Map<Upload, Integer> uploads = new HashMap<>();

    /** What a submission may build on. */
    public enum Reliance {
        /** What is condemned too: a session that began before. */
        CONDEMNED_TOO,
        /** Only what is not condemned. */
        SAFE_ONLY,
        /**
         * What is condemned too. Of a record those objects are taken that are not known yet and whose children are: for indexing
         * what was stored once, of which parts were collected since.
         */
        WHAT_IS_LEFT
    }

    /** What the index knew before this transaction. */
    public interface Known {
        /** The facts of {@code id}, or null if the index lacks it. */
        @Nullable
        Facts facts(ObjectId id);

        /**
         * How many of the records that provide {@code id}, and of which no damage is noted, came from {@code uploader}. Asked of few
         * objects; may read rows.
         */
        int providersBy(int uploader, ObjectId id);
    }

    /** An object, and who sent records of it in this transaction. */
    private record Upload(int uploader, ObjectId id) {}

    /**
     * What admission must know of an object.
     *
     * @param types of its providers, one unless some of them are nonsense
     * @param depth of its deepest provider
     * @param providers how many records provide it of which no damage is noted; 0 if it should be brought again
     * @param isCondemned whether it is about to be collected: absent for those who must not rely on it, until it comes again
     */
    public record Facts(Set<ObjectType> types, int depth, int providers, boolean isCondemned) {

        public Facts(Set<ObjectType> types, int depth, int providers) {
            this(types, depth, providers, false);
        }

        public Facts condemned() {
            return new Facts(types, depth, providers, true);
        }

        private Facts spared() {
            return new Facts(types, depth, providers, false);
        }

        private static Facts of(ObjectType type, int depth) {
            return new Facts(Set.of(type), depth, 1);
        }

        private Facts and(ObjectType type) {
            Set<ObjectType> all = EnumSet.of(type);
            all.addAll(types);
            return new Facts(all, depth, providers + 1, false);
        }
    }

    /**
     * A record that shall be stored.
     *
     * @param ordinals of those of its objects that it becomes a provider of, ascending
     * @param objectsNew how many of these were not known before
     */
    public record Admitted(SealedRecord record, int depth, int[] ordinals, int objectsNew) {}

    public Admission(Known known) {
        this.known = known;
    }

    /**
     * Decides on one submission, all or none. If it throws, nothing of the submission is remembered.
     *
     * @param terms how the submission came
     * @param reliance what those who submit may build on
     * @return the records to store, in their order
     * @throws MissingObjectsException if closure would break
     * @throws CorruptDataException if a header contradicts what is known, or a delta is too deep
     */
    public List<Admitted> admit(List<SealedRecord> records, Terms terms, Reliance reliance) {
        Submission submission = new Submission(terms, reliance);
        List<Admitted> plan = new ArrayList<>(records.size());
        Map<ObjectId, List<SealedRecord>> kept = new HashMap<>();
        for (SealedRecord record : records) {
            ObjectId first = record.header().provided().getFirst().id();
            if (isAmong(kept.getOrDefault(first, List.of()), record)) {
                continue;
            }
            Admitted decided = submission.decide(record);
            if (decided != null) {
                plan.add(decided);
                if (terms.repeats() == Repeats.KEPT) {
                    kept.computeIfAbsent(first, id -> new ArrayList<>()).add(record);
                }
            }
        }
        if (!submission.missing.isEmpty()) {
            throw new MissingObjectsException(List.copyOf(submission.missing));
        }
        admitted.putAll(submission.staged);
        submission.uploaded.forEach(
                (id, count) -> uploads.merge(new Upload(terms.uploader(), id), count, Integer::sum));
        return plan;
    }

    /**
     * Refuses a record of an epoch that {@link ObjectStore#closeEpochs} closed.
     *
     * @throws WrongKeyException if it is of one
     */
    public static void requireOpenEpoch(SealedRecord record, Set<Integer> closed) {
        int epoch = record.header().epoch();
        if (closed.contains(epoch)) {
            throw new WrongKeyException(
                    "a record is sealed under key epoch %s, whose key was destroyed meanwhile"
                            .formatted(Integer.toUnsignedString(epoch)),
                    "Run the command again: it will seal under the newest key.",
                    null);
        }
    }

    private static boolean isAmong(List<SealedRecord> earlier, SealedRecord record) {
        return earlier.stream().anyMatch(other -> Arrays.equals(other.bytes(), record.bytes()));
    }

    /** The facts of {@code id}, what was admitted in this transaction included; null if it is not known. */
    public @Nullable Facts facts(ObjectId id) {
        Facts facts = admitted.get(id);
        return facts != null ? facts : known.facts(id);
    }

    private final class Submission {

        private final Terms terms;
        private final Reliance reliance;
        private final Map<ObjectId, Facts> staged = new HashMap<>();
        private final Map<ObjectId, Integer> uploaded = new HashMap<>();
        private final Set<ObjectId> missing = new LinkedHashSet<>();

        private Submission(Terms terms, Reliance reliance) {
            this.terms = terms;
            this.reliance = reliance;
        }

        private @Nullable Admitted decide(SealedRecord record) {
            Repeats repeats = terms.repeats();
            RecordHeader header = record.header();
            boolean isSkipped =
                    repeats == Repeats.SKIPPED || (repeats == Repeats.KEPT && header.kind() == RecordKind.SNAPSHOT);
            if (isSkipped && header.provided().stream().allMatch(object -> knownAs(object.id(), header.kind()))) {
                return null;
            }
            int depth = depth(header);
            int[] ordinals = new int[header.provided().size()];
            int count = 0;
            int objectsNew = 0;
            for (int ordinal = 0; ordinal < header.provided().size(); ordinal++) {
                ProvidedObject object = header.provided().get(ordinal);
                if (reliance == Reliance.WHAT_IS_LEFT && (lookup(object.id()) != null || !isClosed(object))) {
                    continue;
                }
                object.nodeChildren().forEach(child -> require(child, ObjectType.NODE));
                object.chunkChildren().forEach(child -> require(child, ObjectType.CHUNK));
                Facts before = lookup(object.id());
                if (before != null && before.isCondemned) {
                    objectsNew += reliance == Reliance.SAFE_ONLY ? 1 : 0;
                    before = before.spared();
                    staged.put(object.id(), before);
                }
                if (before == null) {
                    objectsNew++;
                    staged.put(object.id(), Facts.of(header.kind().provides(), depth));
                } else if (repeats == Repeats.REPLACING) {
                    requireReplaces(object.id(), before, header.kind(), depth);
                    staged.put(object.id(), Facts.of(header.kind().provides(), depth));
                } else if (depth <= before.depth && hasRoom(object.id(), before)) {
                    if (repeats != Repeats.KEPT) {
                        requireType(object.id(), before, header.kind());
                    }
                    staged.put(object.id(), before.and(header.kind().provides()));
                } else {
                    continue;
                }
                if (repeats == Repeats.KEPT) {
                    uploaded.merge(object.id(), 1, Integer::sum);
                }
                ordinals[count++] = ordinal;
            }
            return count == 0 ? null : new Admitted(record, depth, Arrays.copyOf(ordinals, count), objectsNew);
        }

        /** Whether one more record may provide an object that is provided already. */
        private boolean hasRoom(ObjectId id, Facts before) {
            return switch (terms.repeats()) {
                case SKIPPED -> before.providers < PROVIDERS_MAX;
                case KEPT -> before.providers < KEPT_PROVIDERS_MAX && providersByUploader(id) < UPLOADER_PROVIDERS_MAX;
                case MENDING, REPLACING -> true;
            };
        }

        private int providersByUploader(ObjectId id) {
            return known.providersBy(terms.uploader(), id)
                    + uploads.getOrDefault(new Upload(terms.uploader(), id), 0)
                    + uploaded.getOrDefault(id, 0);
        }

        private int depth(RecordHeader header) {
            int depth = 0;
            header.pages().forEach(page -> require(page, ObjectType.NODE));
            for (ObjectId base : header.bases()) {
                Facts facts = require(base, header.kind().provides());
                depth = Math.max(depth, facts == null ? 1 : 1 + facts.depth);
            }
            if (depth > DEPTH_MAX) {
                throw CorruptDataException.submitted(
                        "record that provides " + header.provided().getFirst().id(),
                        "a delta at most " + DEPTH_MAX + " deep",
                        "depth " + depth);
            }
            return depth;
        }

        private @Nullable Facts require(ObjectId id, ObjectType type) {
            Facts facts = lookup(id);
            if (facts == null || !facts.types.contains(type) || isHidden(facts)) {
                if (missing.size() < MissingObjectsException.IDS_MAX) {
                    missing.add(id);
                }
                return null;
            }
            return facts;
        }

        private void requireReplaces(ObjectId id, Facts before, RecordKind kind, int depth) {
            requireType(id, before, kind);
            if (depth > before.depth) {
                throw CorruptDataException.submitted(
                        "record that takes the place of what provides " + id,
                        "one at most " + before.depth + " deltas deep",
                        "depth " + depth);
            }
        }

        private boolean isHidden(Facts facts) {
            return facts.isCondemned && reliance == Reliance.SAFE_ONLY;
        }

        private boolean isClosed(ProvidedObject object) {
            return object.nodeChildren().stream().allMatch(child -> isKnown(child, ObjectType.NODE))
                    && object.chunkChildren().stream().allMatch(child -> isKnown(child, ObjectType.CHUNK));
        }

        private boolean isKnown(ObjectId id, ObjectType type) {
            Facts facts = lookup(id);
            return facts != null && facts.types.contains(type);
        }

        private boolean knownAs(ObjectId id, RecordKind kind) {
            Facts facts = lookup(id);
            if (facts != null) {
                requireType(id, facts, kind);
            }
            return facts != null && facts.providers > 0 && !isHidden(facts);
        }

        private void requireType(ObjectId id, Facts facts, RecordKind kind) {
            if (!facts.types.contains(kind.provides())) {
                throw CorruptDataException.submitted(
                        "header that provides " + id,
                        "a record of a " + facts.types.iterator().next(),
                        "a record of kind " + kind);
            }
        }

        private @Nullable Facts lookup(ObjectId id) {
            Facts facts = staged.get(id);
            return facts != null ? facts : facts(id);
        }
    }
}
