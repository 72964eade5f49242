package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RecordKind;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.Response;
import java.io.IOException;
import java.util.function.Consumer;

/** Has the answer of a diff come into a {@link PageSpool}: records of pages and snapshots, of which only the outline is looked at. */
final class DiffIntake {

    private final Exchange exchange;
    private final TransferCounts counts;
    private final Refusals refusals;
    private final TransferProgress progress;

    DiffIntake(Exchange exchange, TransferCounts counts, Refusals refusals, TransferProgress progress) {
        this.exchange = exchange;
        this.counts = counts;
        this.refusals = refusals;
        this.progress = progress;
    }

    /**
     * Asks, goes on where the answer breaks off, and gives the spool to {@code then} once all is in it.
     *
     * @param open what came of the same question before is in it
     */
    void ask(DiffQuestion question, PageSpool open, Consumer<PageSpool> then) {
        exchange.send(question.request(open.count()), new Exchange.Continuation() {
            @Override
            public void answered(Response response) {
                switch (response) {
                    case Response.DiffRecord record -> spool(open, record);
                    case Response.End end when end.count() == open.count() -> then.accept(open);
                    case Response.End end ->
                        throw new RemoteException.PeerMisbehaved(
                                "%d records of pages, and a count of %d".formatted(open.count(), end.count()), null);
                    case Problem problem -> {
                        refusals.requireAlternative(problem);
                        throw Exchange.unexpected(problem);
                    }
                    case Response other -> throw Exchange.unexpected(other);
                }
            }

            @Override
            public void interrupted() {
                ask(question, open, then);
            }
        });
    }

    private void spool(PageSpool open, Response.DiffRecord received) {
        try {
            RecordHeader.Outline outline = RecordHeader.outline(received.record(), PageIntake.WHERE);
            RecordKind kind = outline.kind();
            int provided = outline.provided();
            int[] due = received.due();
            if (kind.provides() == ObjectType.CHUNK) {
                throw new RemoteException.PeerMisbehaved("a record of " + kind + " among pages", null);
            }
            if (due.length == 0 || due[due.length - 1] >= provided) {
                throw new RemoteException.PeerMisbehaved("a due object that its record does not provide", null);
            }
            open.append(new PageSpool.Entry(received.record(), due));
            counts.received(kind, received.record().length);
            counts.excess(received.record().length, due.length, provided);
            progress.listed(open.count());
        } catch (CorruptDataException e) {
            throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw PullSession.spoolFailed(e);
        }
    }
}
