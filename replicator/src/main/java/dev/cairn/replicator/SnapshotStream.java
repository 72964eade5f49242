package dev.cairn.replicator;

import dev.cairn.cas.RetainedSnapshot;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The answer to a question for snapshots: the list of retained ones in pieces. */
final class SnapshotStream implements ResponseStream {

    private final Iterator<RetainedSnapshot> snapshots;
    private long count;

    SnapshotStream(List<RetainedSnapshot> snapshots) {
        this.snapshots = snapshots.iterator();
    }

    @Override
    public Response next() {
        List<RetainedSnapshot> piece = new ArrayList<>();
        while (piece.size() < ProtocolLimits.SNAPSHOTS_PER_FRAME_MAX && snapshots.hasNext()) {
            piece.add(snapshots.next());
        }
        count += piece.size();
        return piece.isEmpty() ? new Response.End(count) : new Response.SnapshotList(piece);
    }
}
