package dev.cairn.cas.snapshot.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Records, each a key and a value, that are added in any order and read in the unsigned bytewise order of their keys, any number of
 * times; those of equal keys in any order.
 *
 * <p>An external merge sort (Knuth, The Art of Computer Programming, volume 3, 5.4): what does not fit a buffer, usually of
 * {@value #BUFFER_BYTES} bytes, goes into sorted runs of {@link SealedBlocks}; {@value #RUNS_MAX} runs become one. Memory: the buffer,
 * and a block of some {@value #BLOCK_BYTES} bytes for each run while it is read. For one thread.
 */
final class RecordSort {

    static final int BUFFER_BYTES = 8 << 20;
    private static final int RECORD_COST_BYTES = 96;
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int RUNS_MAX = 48;

    private final Spill spill;
    private final int bufferBytes;
    private final List<Item> buffer = new ArrayList<>();
    private long buffered;
    private boolean sorted = true;
    private List<Run> runs = new ArrayList<>();
    private long count;

    /** A record. The arrays are not copied: do not change them. */
    record Item(byte[] key, byte[] value) {}

    /** Makes the blocks when they are needed first. */
    @FunctionalInterface
    interface Spill {
        SealedBlocks blocks() throws IOException;
    }

    /** Blocks from one number to before another. */
    private record Run(int from, int to) {}

    /** Reads records in order. */
    interface Cursor {
        /** The next record, null after the last. */
        @Nullable
        Item next() throws IOException;
    }

    RecordSort(Spill spill, int bufferBytes) {
        this.spill = spill;
        this.bufferBytes = bufferBytes;
    }

    void add(byte[] key, byte[] value) throws IOException {
        buffer.add(new Item(key, value));
        buffered += (long) key.length + value.length + RECORD_COST_BYTES;
        sorted = false;
        count++;
        if (buffered > bufferBytes) {
            sortBuffer();
            runs.add(write(listed(buffer)));
            buffer.clear();
            buffered = 0;
            if (runs.size() >= RUNS_MAX) {
                runs = new ArrayList<>(List.of(write(merged(runs, List.of()))));
            }
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** All records so far. Nothing may be added while it is used. */
    Cursor cursor() throws IOException {
        sortBuffer();
        return runs.isEmpty() ? listed(buffer) : merged(runs, buffer);
    }

    private void sortBuffer() {
        if (!sorted) {
            buffer.sort(Comparator.comparing(Item::key, Arrays::compareUnsigned));
            sorted = true;
        }
    }

    private static Cursor listed(List<Item> items) {
        return new Cursor() {
            private int next;

            @Override
            public @Nullable Item next() {
                return next < items.size() ? items.get(next++) : null;
            }
        };
    }

    /** A cursor and the record it stands at. */
    private record Head(Item item, Cursor cursor) {}

    private Cursor merged(List<Run> of, List<Item> rest) throws IOException {
        PriorityQueue<Head> heads =
                new PriorityQueue<>(Comparator.comparing(head -> head.item().key(), Arrays::compareUnsigned));
        for (Run run : of) {
            push(heads, new RunCursor(spill.blocks(), run));
        }
        push(heads, listed(rest));
        return () -> {
            Head head = heads.poll();
            if (head == null) {
                return null;
            }
            push(heads, head.cursor());
            return head.item();
        };
    }

    private static void push(PriorityQueue<Head> heads, Cursor cursor) throws IOException {
        Item item = cursor.next();
        if (item != null) {
            heads.add(new Head(item, cursor));
        }
    }

    private Run write(Cursor cursor) throws IOException {
        SealedBlocks blocks = spill.blocks();
        int from = blocks.count();
        ByteBuffer block = ByteBuffer.allocate(2 * BLOCK_BYTES);
        for (Item item = cursor.next(); item != null; item = cursor.next()) {
            int bytes = 8 + item.key().length + item.value().length;
            if (block.position() > 0 && block.position() + bytes > BLOCK_BYTES) {
                blocks.add(block.array(), 0, block.position());
                block.clear();
            }
            if (bytes > block.remaining()) {
                block = ByteBuffer.allocate(bytes);
            }
            block.putInt(item.key().length)
                    .putInt(item.value().length)
                    .put(item.key())
                    .put(item.value());
        }
        if (block.position() > 0) {
            blocks.add(block.array(), 0, block.position());
        }
        return new Run(from, blocks.count());
    }

    private static final class RunCursor implements Cursor {
        private final SealedBlocks blocks;
        private final Run run;
        private int next;
        private ByteBuffer block = ByteBuffer.allocate(0);

        RunCursor(SealedBlocks blocks, Run run) {
            this.blocks = blocks;
            this.run = run;
            this.next = run.from();
        }

        @Override
        public @Nullable Item next() throws IOException {
            if (!block.hasRemaining()) {
                if (next == run.to()) {
                    return null;
                }
                block = ByteBuffer.wrap(blocks.read(next++));
            }
            int keyBytes = block.getInt();
            int valueBytes = block.getInt();
            byte[] key = new byte[keyBytes];
            byte[] value = new byte[valueBytes];
            block.get(key).get(value);
            return new Item(key, value);
        }
    }
}
