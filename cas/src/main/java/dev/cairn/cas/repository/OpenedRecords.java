package dev.cairn.cas.repository;

import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.seal.OpenedRecord;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
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
    private final Map<Long, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    /** Sequences of spent records that went, the first to go first. */
    private final LinkedHashSet<Long> gone = new LinkedHashSet<>();

    private long bytes;
    private int spent;
    private long spentBytes;
    private long spentBytesMax;

    /** A record that is being opened, or is opened; weighs nothing until it is weighed. */
    static final class Slot {

        private final CompletableFuture<OpenedRecord> record = new CompletableFuture<>();
        private long bytes;

        /** So many as its objects, less so many as its reads. */
        private int left;

        /** One that is spent as soon as it is weighed. */
        static Slot spent() {
            Slot slot = new Slot();
            slot.left = -RecordHeader.PROVIDED_MAX;
            return slot;
        }

        private boolean isWeighed() {
            return bytes > 0;
        }

        private boolean isSpent() {
            return isWeighed() && left <= 0;
        }

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
        @Nullable Slot slot = slots.get(sequence);
        if (slot == null) {
            slot = mine;
            slots.put(sequence, mine);
            if (gone.remove(sequence)) {
                spentBytesMax = Math.min(bytesMax, spentBytesMax + GROWTH * bytesMax / SHRINKING_PARTS);
            }
        }
        slot.left--;
        if (slot.left == 0 && slot.isWeighed()) {
            countSpent(slot);
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
        if (slots.get(sequence) != slot) {
            return;
        }
        slot.bytes = weight;
        slot.left += objects;
        bytes += weight;
        if (slot.isSpent()) {
            countSpent(slot);
        }
        makeRoom();
    }

    private void countSpent(Slot slot) {
        spent++;
        spentBytes += slot.bytes;
    }

    private void makeRoom() {
        while (spentBytes > spentBytesMax && spent > 1 && evictOldest(Slot::isSpent)) {}
        while (bytes > bytesMax && evictOldest(Slot::isWeighed)) {}
    }

    /** Takes away the one used longest ago of those that are so, if there is one. */
    private boolean evictOldest(Predicate<Slot> isSo) {
        Iterator<Map.Entry<Long, Slot>> oldest = slots.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Long, Slot> next = oldest.next();
            Slot slot = next.getValue();
            if (isSo.test(slot)) {
                oldest.remove();
                bytes -= slot.bytes;
                if (slot.isSpent()) {
                    forgetSpent(next.getKey(), slot.bytes);
                }
                return true;
            }
        }
        return false;
    }

    private void forgetSpent(long sequence, long weight) {
        spent--;
        spentBytes -= weight;
        spentBytesMax =
                Math.max(bytesMax / SPENT_PARTS, spentBytesMax - Math.min(bytesMax / SHRINKING_PARTS, weight / 2));
        gone.add(sequence);
        if (gone.size() > GONE_MAX) {
            gone.removeFirst();
        }
    }

    /** Takes away a slot whose record could not be opened. */
    synchronized void remove(long sequence, Slot slot) {
        slots.remove(sequence, slot);
    }

    /** Bytes of all that are kept. */
    synchronized long bytes() {
        return bytes;
    }
}
