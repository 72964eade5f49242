package dev.cairn.cas;

import java.util.List;

/** A commit or a branch move named objects that the store lacks: admitting it would break closure. Nothing was changed. */
public final class MissingObjectsException extends StoreException {

    private static final long serialVersionUID = 1;

    /** The most ids that one exception carries. */
    public static final int IDS_MAX = 4096;

    private final transient List<ObjectId> ids;

    public MissingObjectsException(List<ObjectId> ids) {
        super(
                ids.size() + " objects are missing, the first is " + (ids.isEmpty() ? "unnamed" : ids.get(0)),
                "Send the missing objects first; a repeated push does so.",
                null);
        this.ids = List.copyOf(ids.subList(0, Math.min(ids.size(), IDS_MAX)));
    }

    /** What is missing, {@value #IDS_MAX} ids at most; more may lack. */
    public List<ObjectId> ids() {
        return ids;
    }
}
