package dev.cairn.replicator;

import dev.cairn.cas.Branch;
import dev.cairn.cas.History;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RepositoryId;
import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.replicator.protocol.LogHead;
import dev.cairn.replicator.protocol.RemoteState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a remote shows with what was seen there before, and gathers what is to be remembered of it.
 *
 * <p>A server holds no key, so it cannot make a head; but it can show one that it had earlier, or one of two that were never
 * shown to the same user. What was seen before must therefore be what is shown now, or among its ancestors: else {@link
 * RemoteException.RolledBack} is thrown, before anything is taken over. A person who knows why may accept it: then what is
 * shown now is remembered instead.
 *
 * <p>Where this replica does not know a head, the remote's own list of snapshots decides. It is not signed; a pull compares it
 * with the signed records once they are here.
 *
 * <p>Serves one session. Not thread-safe.
 */
public final class RollbackWatch {

    private static final String HINT =
            "Nothing was changed here. The server may have been set back to an old copy, or a device may have moved"
                + " the branch back: ask whoever runs it. A replica that has the newer snapshots can push them again."
                + " Whoever knows that it is meant goes on with --accept-rollback.";

    private final @Nullable Sighting before;
    private final boolean accepting;
    private final Instant now;
    private final Map<String, Sighting.Head> confirmed = new TreeMap<>();
    private final Set<String> given = new HashSet<>();
    private final List<String> alarms = new ArrayList<>();
    private boolean startsAnew;
    private @Nullable RepositoryId repository;
    private long configuration;
    private boolean isConfigurationGiven;
    private @Nullable LogHead log;
    private boolean isLogGiven;

    private RollbackWatch(@Nullable Sighting before, boolean accepting, Instant now) {
        this.before = before;
        this.accepting = accepting;
        this.now = now;
    }

    /** For a remote of which nothing is known, and nothing will be. */
    public static RollbackWatch ofNothing() {
        return new RollbackWatch(null, false, Instant.EPOCH);
    }

    /**
     * Watches a remote.
     *
     * @param before what was seen of it, read before the remote is asked anything; null if nothing was
     * @param accepting whether what it shows is taken for the truth, whatever was seen before
     * @param now when this is
     */
    public static RollbackWatch since(@Nullable Sighting before, boolean accepting, Instant now) {
        return new RollbackWatch(before, accepting, now.truncatedTo(ChronoUnit.SECONDS));
    }

    /**
     * The remote has no repository.
     *
     * @throws RemoteException.RolledBack if it had one
     */
    public void nothingThere() {
        if (before != null) {
            alarm("the remote has no repository any more, and had repository %s when it was last seen, %s"
                    .formatted(before.repository(), lastSeen(before)));
            startsAnew = true;
        }
    }

    /**
     * The remote has this repository.
     *
     * @throws RemoteException.RolledBack if it had another
     */
    public void repository(RepositoryId shown) {
        if (before != null && !startsAnew && !before.repository().equals(shown)) {
            alarm("the remote has repository %s, and had repository %s when it was last seen, %s"
                    .formatted(shown, before.repository(), lastSeen(before)));
            startsAnew = true;
        }
        repository = shown;
    }

    /** The remote's configuration has this signed revision; empty if it is none of this repository. */
    void configuration(OptionalLong revision) {
        if (revision.isEmpty()) {
            return;
        }
        long shown = revision.getAsLong();
        Sighting known = known();
        if (known != null && shown < known.configuration()) {
            alarm("the remote shows an older configuration: its revision is %d, and was %d when it was last seen, %s"
                    .formatted(shown, known.configuration(), lastSeen(known)));
            isConfigurationGiven = true;
        }
        configuration = Math.max(configuration, shown);
    }

    /**
     * The remote's log goes as far as this; null if it keeps none. It only grows, and an entry keeps its hash.
     *
     * @throws RemoteException.RolledBack if it was cut, or is another
     */
    void log(@Nullable LogHead shown) {
        Sighting known = known();
        LogHead before = known == null ? null : known.log();
        if (known != null && before != null) {
            String was = "it went to entry %d when it was last seen, %s".formatted(before.sequence(), lastSeen(known));
            if (shown == null) {
                alarm("the remote shows no log any more; " + was);
                isLogGiven = true;
            } else if (shown.sequence() < before.sequence()) {
                alarm("the remote's log goes to entry %d; %s".formatted(shown.sequence(), was));
                isLogGiven = true;
            } else if (shown.sequence() == before.sequence() && !shown.equals(before)) {
                alarm("the remote's log was written anew: entry %d has another hash; %s"
                        .formatted(shown.sequence(), was));
                isLogGiven = true;
            }
        }
        log = shown;
    }

    /**
     * The remote's branches are these.
     *
     * @param here the snapshots of this replica
     * @param isAsked whether the session is about a branch
     * @return those that only the remote's list of snapshots can decide on: for {@link #listed}
     * @throws RemoteException.RolledBack if one has gone, or does not follow what was seen
     */
    List<Branch> branches(Collection<Branch> shown, History here, Predicate<String> isAsked) {
        Sighting known = known();
        List<Branch> undecided = new ArrayList<>();
        if (known == null) {
            return undecided;
        }
        Map<String, Branch> byName = new TreeMap<>();
        shown.forEach(branch -> byName.put(branch.name(), branch));
        new TreeMap<>(known.heads()).forEach((name, head) -> {
            Branch branch = byName.get(name);
            if (branch == null) {
                gone(name, head);
            } else if (!decide(name, branch.snapshot(), head, here) && isAsked.test(name)) {
                undecided.add(branch);
            }
        });
        return undecided;
    }

    /**
     * Decides on what {@link #branches} left open.
     *
     * @param there the remote's snapshots, as it lists them
     * @throws RemoteException.RolledBack if one does not follow what was seen
     */
    void listed(List<Branch> undecided, History there) {
        Sighting known = known();
        for (Branch branch : undecided) {
            Sighting.Head head = known == null ? null : known.heads().get(branch.name());
            if (head != null && !decide(branch.name(), branch.snapshot(), head, there)) {
                accept(
                        branch.name(),
                        ("the remote does not show how branch '%s' came to %s: it was at %s (number %d of its history)"
                                        + " when it was last seen, %s")
                                .formatted(
                                        branch.name(),
                                        branch.snapshot().abbreviated(),
                                        head.snapshot().abbreviated(),
                                        head.sequence(),
                                        head.seen()));
            }
        }
    }

    /**
     * Whether a remote that is as {@code remembered} would follow, as far as this replica can tell, what was seen of the branches
     * named there. Raises no alarm: what is remembered may be old, and the remote was not asked.
     */
    boolean isNoStepBack(RemoteState remembered, History here) {
        Sighting known = known();
        if (known == null) {
            return true;
        }
        return known.repository().equals(remembered.repository())
                && remembered.heads().stream().allMatch(head -> {
                    Sighting.Head was = known.heads().get(head.name());
                    ObjectId snapshot = head.snapshot();
                    return was == null
                            || (snapshot != null
                                    && here.descent(snapshot, was.snapshot(), was.sequence())
                                            == History.Descent.FOLLOWS);
                });
    }

    /**
     * The remote has confirmed that it is as {@code assumed}: that is compared as if it had been shown. Nothing is said of branches
     * that are not named there, nor of the log and the configuration.
     *
     * @param here the snapshots of this replica
     * @throws RemoteException.RolledBack if a branch has gone, or does not follow what was seen
     */
    void confirmed(RemoteState assumed, History here) {
        repository(assumed.repository());
        Sighting known = known();
        if (known == null) {
            return;
        }
        for (RemoteState.Head head : assumed.heads()) {
            Sighting.Head was = known.heads().get(head.name());
            ObjectId snapshot = head.snapshot();
            if (was != null && snapshot == null) {
                gone(head.name(), was);
            } else if (was != null && snapshot != null) {
                decide(head.name(), snapshot, was, here);
            }
        }
    }

    private void gone(String branch, Sighting.Head was) {
        accept(
                branch,
                "the remote has no branch '%s' any more; it was at %s when it was last seen, %s"
                        .formatted(branch, was.snapshot().abbreviated(), was.seen()));
    }

    /** Whether {@code history} knows enough to say how the branch follows what was seen; raises the alarm if it does not. */
    private boolean decide(String name, ObjectId shown, Sighting.Head head, History history) {
        String was = "it was at %s (number %d of its history) when it was last seen, %s"
                .formatted(head.snapshot().abbreviated(), head.sequence(), head.seen());
        return switch (history.descent(shown, head.snapshot(), head.sequence())) {
            case FOLLOWS -> true;
            case UNKNOWN -> false;
            case IS_OLDER -> {
                accept(
                        name,
                        "the remote shows an older state: branch '%s' is at %s, and %s"
                                .formatted(name, shown.abbreviated(), was));
                yield true;
            }
            case IS_ELSEWHERE -> {
                accept(
                        name,
                        "the remote shows another history: branch '%s' is at %s, which does not follow; %s"
                                .formatted(name, shown.abbreviated(), was));
                yield true;
            }
        };
    }

    /** The remote's branch is at this snapshot, which this replica has and has verified. */
    void confirmed(String branch, ObjectId snapshot, History verified) {
        RetainedSnapshot known = verified.find(snapshot);
        if (known != null) {
            confirmed.put(branch, new Sighting.Head(snapshot, known.sequence(), now));
        }
    }

    /**
     * What to remember of the remote from now on, to be called when the session has ended, well or not.
     *
     * @param current what is remembered now: another process may have seen more since this one began
     */
    public @Nullable Sighting after(@Nullable Sighting current) {
        RepositoryId id = repository;
        if (id == null) {
            return startsAnew ? null : current;
        }
        Sighting seen = new Sighting(id, configuration, confirmed, log);
        return startsAnew ? seen : seen.and(current == null ? null : without(current));
    }

    /** What was given up for what is shown now, although it was further. */
    private Sighting without(Sighting current) {
        Map<String, Sighting.Head> left = new TreeMap<>(current.heads());
        left.keySet().removeAll(given);
        return new Sighting(
                current.repository(),
                isConfigurationGiven ? 0 : current.configuration(),
                left,
                isLogGiven ? null : current.log());
    }

    private @Nullable Sighting known() {
        return startsAnew ? null : before;
    }

    /** What was accepted although more was seen before: a sentence each. */
    public List<String> acceptedAlarms() {
        return List.copyOf(alarms);
    }

    private void accept(String branch, String alarm) {
        alarm(alarm);
        given.add(branch);
    }

    private void alarm(String message) {
        if (!accepting) {
            throw new RemoteException.RolledBack(message, HINT);
        }
        alarms.add(message);
    }

    private static Instant lastSeen(Sighting sighting) {
        return sighting.heads().values().stream()
                .map(Sighting.Head::seen)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }
}
