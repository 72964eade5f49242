package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.Arrays;
import java.util.function.Consumer;

/** Brings the public configuration of both sides together. Not thread-safe. */
final class ConfigurationExchange {

    /** How often others may change the remote's configuration while this push wants to. */
    private static final int TRIES = 16;

    private final Replica replica;
    private final ObjectStore store;
    private final Exchange exchange;

    ConfigurationExchange(Replica replica, Exchange exchange) {
        this.replica = replica;
        this.store = replica.store();
        this.exchange = exchange;
    }

    /**
     * Takes in what others changed, and has the remote take what was changed here, before anything is sealed or sent on the word of either.
     *
     * @param theirs the remote's
     * @param changed told what the remote has now, each time that it was asked to take ours
     */
    void settle(StoredConfiguration theirs, Consumer<StoredConfiguration> changed, Runnable next) {
        settle(theirs, TRIES, changed, next);
    }

    private void settle(
            StoredConfiguration theirs, int triesLeft, Consumer<StoredConfiguration> changed, Runnable next) {
        if (!Arrays.equals(theirs.bytes(), ours().bytes())) {
            takeIn(theirs);
        }
        StoredConfiguration ours = ours();
        if (Arrays.equals(theirs.bytes(), ours.bytes())) {
            next.run();
            return;
        }
        if (triesLeft == 0) {
            throw new RemoteException.PeerMisbehaved("its configuration does not come forward", null);
        }
        exchange.send(new Request.Configure(theirs.revision(), ours.bytes()), response -> {
            if (response instanceof Problem problem && problem.code() == ProblemCode.NOT_ALLOWED) {
                replica.checks().requireReadable(theirs);
                next.run();
            } else if (response instanceof Response.Configured configured) {
                StoredConfiguration now = configured.configuration();
                replica.watch().configuration(replica.checks().signedRevision(now));
                changed.accept(now);
                settle(now, triesLeft - 1, changed, next);
            } else {
                throw Exchange.unexpected(response);
            }
        });
    }

    /** What nobody with the keys made is overwritten: a device may have put anything there. */
    private void takeIn(StoredConfiguration theirs) {
        try {
            replica.checks().adopt(theirs);
        } catch (CorruptDataException _) {
            // Replaced by ours in the next step.
        }
    }

    /** The local one. */
    StoredConfiguration ours() {
        return store.configuration()
                .orElseThrow(() -> new NoRepositoryException(
                        "this place: it has no configuration", "Make one with 'cairn init'."));
    }
}
