package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.RepositoryId;
import dev.cairn.replicator.protocol.Problem;
import dev.cairn.replicator.protocol.ProtocolLimits;
import dev.cairn.replicator.protocol.RecordDigest;
import dev.cairn.replicator.protocol.Request;
import dev.cairn.replicator.protocol.Response;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Fetches objects by their ids from a remote, for a replica that has lost them: as far as the remote has them whole. What it
 * lacks, or has damaged itself, is passed over: a request that fails is asked again in halves, down to single ids.
 *
 * <p>Nothing is fetched but what was asked for, so a remote decides about nothing but what it gives.
 */
public final class MendSession implements Session {

    private static final int IDS_MAX = 256;

    private final RepositoryId repository;
    private final Receiver receiver;
    private final ProtocolLimits limits;
    private final TransferCounts counts;
    private final Exchange exchange;
    private final Deque<List<ObjectId>> slices = new ArrayDeque<>();
    private final Set<RecordDigest> refused = new LinkedHashSet<>();

    /** Who takes records in: verifies each, and keeps it or does not. */
    public interface Receiver {

        /** What is wanted now. */
        Collection<ObjectId> wanted();

        /** Takes a record; false if it does not open, so that another one of its objects should be asked for. */
        boolean take(byte[] record);

        /** Nothing more comes for now: what waits for something is tried again. */
        void pause();
    }

    /** @param repository that the remote must be of */
    public MendSession(RepositoryId repository, Receiver receiver, ProtocolLimits limits, TransferProgress progress) {
        this.repository = repository;
        this.receiver = receiver;
        this.limits = limits;
        this.counts = new TransferCounts(progress);
        this.exchange = new Exchange(counts);
    }

    @Override
    public List<Action> start() {
        return exchange.run(() -> exchange.send(new Request.Describe(), this::described));
    }

    @Override
    public List<Action> on(Event event) {
        return exchange.run(() -> exchange.dispatch(event));
    }

    @Override
    public void close() {}

    private void described(Response response) {
        if (!(response instanceof Response.RepositoryInfo info)) {
            throw Exchange.unexpected(response);
        }
        FirstLook.requireSame(info.repository(), repository);
        List<ObjectId> all = List.copyOf(receiver.wanted());
        int most = Math.min(IDS_MAX, limits.ids());
        for (int from = 0; from < all.size(); from += most) {
            slices.add(all.subList(from, Math.min(all.size(), from + most)));
        }
        next();
    }

    private void next() {
        List<ObjectId> slice = slices.poll();
        if (slice == null) {
            receiver.pause();
            exchange.done();
            return;
        }
        Set<ObjectId> wanted = new LinkedHashSet<>(slice);
        wanted.retainAll(new LinkedHashSet<>(receiver.wanted()));
        if (wanted.isEmpty()) {
            next();
            return;
        }
        exchange.send(new Request.Fetch(List.copyOf(wanted), List.copyOf(refused)), new Fetched(wanted));
    }

    /** The answer to one request. */
    private final class Fetched implements Exchange.Continuation {

        private final Set<ObjectId> asked;
        private boolean anyRefused;

        Fetched(Set<ObjectId> asked) {
            this.asked = asked;
        }

        @Override
        public void answered(Response response) {
            switch (response) {
                case Response.FetchedRecord fetched -> receive(fetched.record());
                case Response.End end -> {
                    if (anyRefused) {
                        slices.addFirst(List.copyOf(asked));
                    }
                    next();
                }
                case Problem problem -> {
                    halve(asked);
                    next();
                }
                case Response other -> throw Exchange.unexpected(other);
            }
        }

        @Override
        public void interrupted() {
            slices.addFirst(List.copyOf(asked));
            next();
        }

        private void receive(byte[] record) {
            try {
                RecordHeader.Outline outline = RecordHeader.outline(record, PageIntake.WHERE);
                counts.received(outline.kind(), record.length);
            } catch (CorruptDataException e) {
                throw new RemoteException.PeerMisbehaved(String.valueOf(e.getMessage()), e);
            }
            if (!receiver.take(record)) {
                RecordDigest digest = RecordDigest.of(record);
                // Each refusal names other bytes, and there are at most so many: a remote cannot go on for ever.
                anyRefused |= refused.size() < limits.ids() && refused.add(digest);
            }
        }
    }

    /** One of them is not there or damaged: each half is asked for by itself; a single one is given up. */
    private void halve(Set<ObjectId> ids) {
        if (ids.size() > 1) {
            List<ObjectId> list = new ArrayList<>(ids);
            slices.addFirst(list.subList(list.size() / 2, list.size()));
            slices.addFirst(list.subList(0, list.size() / 2));
        }
    }
}
