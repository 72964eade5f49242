package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ProvidedObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A fetch under way: what it names, what of it has not come, and whether something came that cannot be used now. */
final class Fetching {

    final Set<ObjectId> asked;
    final Set<ObjectId> outstanding;

    /** Whether a record came that is asked for again, once what it builds on is here. */
    boolean unusable;

    /** Whether anything came that brings the pull on. */
    boolean useful;

    Fetching(Set<ObjectId> asked) {
        this.asked = asked;
        this.outstanding = new LinkedHashSet<>(asked);
    }

    /** Makes sure that a record was asked for. */
    void require(List<ProvidedObject> provided) {
        if (provided.stream().noneMatch(object -> asked.contains(object.id()))) {
            throw new RemoteException.PeerMisbehaved("a record that was not asked for", null);
        }
    }
}
