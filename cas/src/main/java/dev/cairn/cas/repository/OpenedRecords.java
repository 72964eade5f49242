package dev.cairn.cas.repository;

import dev.cairn.cas.seal.OpenedRecord;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The opened records that are kept, up to a bound in bytes: those that were used last. Most are read once from end to end; of those
 * that were read as many times as they have objects, the <em>spent</em> ones, only a part of the bound is kept, since a collection of the heap
 * has to copy what is. How large that part is depends on how many of those that went had to be opened again: it grows with
 * each, shrinks with each that goes, and so comes to where one in {@value #GROWTH} is, of small records fewer. A first version is read with hardly any kept, a late
 * one in a chain of deltas, whose bases are wanted again and again, with all the bound allows. After the idea of adaptive replacement
 * (Megiddo and Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST 2003): a cache learns from what it threw away.
 *
 * <p>May be used from any thread. Each call costs some microseconds at most.
 */
final class OpenedRecords {

    /** Bytes that are kept, however small the heap is. */
    static final long BYTES_MIN = 24L << 20;

    /** One part of the heap in so many is what is kept, if that is more: with the heap come threads. */
    static final int HEAP_PARTS = 7;

    /** The most that is kept. */
    static final long BYTES_MAX = 64L << 20;

    /** The parsed header of a record takes about so many times the bytes of its encoding. */
    private static final long HEADER_WEIGHT = 3;

    /** One part in so many of the bound is for spent records at least; the one used last stays, however large. */
    private static final int SPENT_PARTS = 8;

    /** By one part in so many of the bound the part for spent ones shrinks with each that goes, of a small one by half of what it has. */
    private static final int SHRINKING_PARTS = 128;

    /** So many times as much it grows with each that went and had to be opened again. */
    private static final int GROWTH = 16;

    /** So many spent records that went are remembered. */
    private static final int GONE_MAX = 256;

    private final long bytesMax;

    /** By sequence, the one used longest ago first. */
    private final Map<Long, Slot> unread = new LinkedHashMap<>(16, 0.75f, true);

    /** The spent ones, likewise. */
    private final Map<Long, Slot> spent = new LinkedHashMap<>(16, 0.75f, true);

    /** Sequences of spent records that went, the first to go first. */
    private final LinkedHashSet<Long> gone = new LinkedHashSet<>();

    private long bytes;
    private long spentBytes;
    private long spentBytesMax;
    private long uses;

    /** A record that is being opened, or is opened; weighs nothing until it is weighed. */
    static final class Slot {

        private final CompletableFuture<OpenedRecord> record = new CompletableFuture<>();
        private long bytes;
        private long lastUse;

        /** So many as its objects, less so many as its reads. */
        private int left;

        /** Completed by whoever put the slot there. */
        CompletableFuture<OpenedRecord> record() {
            return record;
        }
    }

    /** @param bytesMax of all that are kept */
    OpenedRecords(long bytesMax) {
        this.bytesMax = bytesMax;
        this.spentBytesMax = bytesMax / SPENT_PARTS;
    }

    /** The bound is what the heap has room for, or one part in {@code parts} of it. */
    static OpenedRecords ofHeap(int parts) {
        return new OpenedRecords(
                Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_PARTS, BYTES_MIN, BYTES_MAX) / parts);
    }

    /** What is there at a sequence, for one read; {@code mine}, which stands there from now on, if nothing is. */
    synchronized Slot take(long sequence, Slot mine) {
        @Nullable Slot slot = unread.get(sequence);
        if (slot == null) {
            slot = spent.get(sequence);
        }
        if (slot == null) {
            slot = mine;
            unread.put(sequence, mine);
            if (gone.remove(sequence)) {
                spentBytesMax = Math.min(bytesMax, spentBytesMax + GROWTH * bytesMax / SHRINKING_PARTS);
            }
        }
        slot.lastUse = ++uses;
        slot.left--;
        if (slot.left == 0 && slot.bytes > 0) {
            spend(sequence, slot);
            makeRoom();
        }
        return slot;
    }

    /** Takes the weight of a slot whose record was opened, and makes room for it. */
    void weigh(long sequence, Slot slot, OpenedRecord record) {
        weigh(
                sequence,
                slot,
                record.size(),
                record.bytes() + HEADER_WEIGHT * record.header().encodedBytes());
    }

    private synchronized void weigh(long sequence, Slot slot, int objects, long weight) {
        if (unread.get(sequence) != slot) {
            return;
        }
        slot.lastUse = ++uses;
        slot.bytes = weight;
        slot.left += objects;
        bytes += weight;
        if (slot.left <= 0) {
            spend(sequence, slot);
        }
        makeRoom();
    }

    private void spend(long sequence, Slot slot) {
        unread.remove(sequence);
        spent.put(sequence, slot);
        spentBytes += slot.bytes;
    }

    private void makeRoom() {
        while (spentBytes > spentBytesMax && spent.size() > 1) {
            evictSpent();
        }
        while (bytes > bytesMax) {
            long oldestUnread = lastUse(unread);
            long oldestSpent = lastUse(spent);
            if (oldestUnread == Long.MAX_VALUE && oldestSpent == Long.MAX_VALUE) {
                return;
            }
            if (oldestUnread < oldestSpent) {
                evictOldest(unread);
            } else {
                evictSpent();
            }
        }
    }

    /** When the weighed slot that was used longest ago was used; {@link Long#MAX_VALUE} if there is none. */
    private static long lastUse(Map<Long, Slot> slots) {
        for (Slot slot : slots.values()) {
            if (slot.bytes > 0) {
                return slot.lastUse;
            }
        }
        return Long.MAX_VALUE;
    }

    private void evictSpent() {
        Map.Entry<Long, Slot> evicted = evictOldest(spent);
        long weight = evicted.getValue().bytes;
        spentBytes -= weight;
        spentBytesMax =
                Math.max(bytesMax / SPENT_PARTS, spentBytesMax - Math.min(bytesMax / SHRINKING_PARTS, weight / 2));
        gone.add(evicted.getKey());
        if (gone.size() > GONE_MAX) {
            gone.removeFirst();
        }
    }

    /** Takes away the weighed slot that was used longest ago; there is one. */
    private Map.Entry<Long, Slot> evictOldest(Map<Long, Slot> slots) {
        Iterator<Map.Entry<Long, Slot>> oldest = slots.entrySet().iterator();
        Map.Entry<Long, Slot> next = oldest.next();
        while (next.getValue().bytes == 0) {
            next = oldest.next();
        }
        oldest.remove();
        bytes -= next.getValue().bytes;
        return next;
    }

    /** Takes away a slot whose record could not be opened. */
    synchronized void remove(long sequence, Slot slot) {
        unread.remove(sequence, slot);
    }

    /** Bytes of all that are kept. */
    synchronized long bytes() {
        return bytes;
    }
}
