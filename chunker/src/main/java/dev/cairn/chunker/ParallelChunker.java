package dev.cairn.chunker;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Cuts large regions of files with several threads: they read blocks, scan them ({@link RegionScan}) and name the chunks, while one
 * thread resolves the cuts and takes the chunks in order. The cuts are those that {@link Chunker} makes of the same bytes.
 *
 * <p>A block is {@value #BLOCK_BYTES} bytes; its buffer has room before them for the beginning of a chunk that starts in the block
 * before, so that every chunk lies in one piece. Memory: as many buffers as are allowed to be under way, and one more, each of a block
 * and the longest chunk. Each byte is read once but for {@value RegionScan#LEAD_BYTES} at each block's beginning, which are read twice;
 * should they differ, because the file is written to meanwhile, the cuts next to them are others than a single reader's.
 *
 * <p>For one thread, which is not one of the workers. It starts no thread of its own.
 *
 * @param <T> what the workers make of each chunk
 */
public final class ParallelChunker<T> {

    /** Length of what one worker reads and scans at a time, in bytes: half a millisecond's work. */
    public static final int BLOCK_BYTES = 1 << 20;

    private final GearCutter cutter;
    private final Executor workers;
    private final int blocksMax;
    private final Function<ChunkSlice, T> naming;
    private final Deque<byte[]> buffers = new ArrayDeque<>();

    /** Where blocks are read from, by several threads at once. */
    @FunctionalInterface
    public interface Source {
        /**
         * Reads until {@code length} bytes are there or the input ends.
         *
         * @return the number of bytes read, less than {@code length} only at the end; not above 0 at or beyond it
         */
        int read(long position, byte[] buffer, int offset, int length) throws IOException;
    }

    /** What takes the chunks, in order, on the one thread. */
    @FunctionalInterface
    public interface Sink<T> {
        /**
         * Takes one chunk, whose bytes are valid until this returns.
         *
         * @param name what a worker made of it
         * @throws IOException to stop the chunking; the caller of the chunker gets it as it is
         */
        void accept(ChunkSlice chunk, T name) throws IOException;
    }

    /**
     * @param workers must run what it is given, on other threads as a rule
     * @param blocksMax how many blocks are read, scanned or named at once
     * @param naming is called by several threads at once; what it throws ends the chunking
     * @throws IllegalArgumentException if fewer than two blocks are allowed
     */
    public ParallelChunker(GearCutter cutter, Executor workers, int blocksMax, Function<ChunkSlice, T> naming) {
        if (blocksMax < 2) {
            throw new IllegalArgumentException("blocksMax (%d) must be at least 2".formatted(blocksMax));
        }
        this.cutter = cutter;
        this.workers = workers;
        this.blocksMax = blocksMax;
        this.naming = naming;
    }

    /**
     * Cuts the bytes from {@code from} to {@code to}, without the rule for small files; the end, or that of the source if it comes
     * before, ends a chunk. Positions of chunks count from {@code from}. When it returns or throws, no worker reads any more.
     *
     * @return the number of bytes cut
     * @throws IOException what the source or the sink threw
     */
    public long region(Source source, long from, long to, Sink<T> sink) throws IOException {
        return cut(source, from, to, true, sink);
    }

    /**
     * The same up to the last cut before {@code to} that is certain, unless the source ends; cutting that goes on from there gives the cuts
     * of the whole region. What is left is a longest chunk at most.
     */
    public long stretch(Source source, long from, long to, Sink<T> sink) throws IOException {
        return cut(source, from, to, false, sink);
    }

    private long cut(Source source, long from, long to, boolean isEnd, Sink<T> sink) throws IOException {
        if (from < 0 || to < from) {
            throw new IndexOutOfBoundsException("region from %d to %d".formatted(from, to));
        }
        Run run = new Run(source, from, to - from, isEnd);
        try {
            return run.cut(sink);
        } finally {
            run.awaitWorkers();
        }
    }

    /** A block under way. Its bytes begin at {@code dataAt} of its buffer. */
    private static final class Block<T> {
        private final byte[] buffer;
        private final long start;
        private final int wanted;
        private final List<ChunkSlice> chunks = new ArrayList<>();
        private FutureTask<RegionScan> scan = new FutureTask<>(() -> null);
        private FutureTask<List<T>> names = new FutureTask<>(() -> null);
        // Its buffer may be used again once its chunks were taken and the next block has got the chunk under way.
        private int holds = 2;

        Block(byte[] buffer, long start, int wanted) {
            this.buffer = buffer;
            this.start = start;
            this.wanted = wanted;
        }
    }

    /** The cutting of one region. */
    private final class Run {
        private final Source source;
        private final long from;
        private final long length;
        private final boolean isEnd;
        private final int dataAt = Math.max(cutter.bytesMax(), RegionScan.LEAD_BYTES);
        private final Deque<Block<T>> scanning = new ArrayDeque<>();
        private final Deque<Block<T>> named = new ArrayDeque<>();
        private final List<FutureTask<?>> given = new ArrayList<>();
        private final CutResolver resolver = new CutResolver(cutter, this::cutAt);
        private volatile boolean stopped;
        private long startNext;
        private long chunkStart;
        private Block<T> resolved;
        private boolean atEnd;

        Run(Source source, long from, long length, boolean isEnd) {
            this.source = source;
            this.from = from;
            this.length = length;
            this.isEnd = isEnd;
            this.resolved = new Block<>(new byte[0], 0, 0);
        }

        long cut(Sink<T> sink) throws IOException {
            while (true) {
                while (!named.isEmpty() && named.getFirst().names.isDone()) {
                    take(named.removeFirst(), sink);
                }
                while (!atEnd && startNext < length && scanning.size() + named.size() < blocksMax) {
                    beginScan();
                }
                boolean isHalfNamed = named.size() >= (blocksMax + 1) / 2;
                if (!named.isEmpty() && (scanning.isEmpty() || isHalfNamed)) {
                    take(named.removeFirst(), sink);
                } else if (!scanning.isEmpty()) {
                    resolve(scanning.removeFirst());
                } else {
                    return chunkStart;
                }
            }
        }

        private void beginScan() {
            byte[] buffer = buffers.isEmpty() ? new byte[dataAt + BLOCK_BYTES] : buffers.removeFirst();
            Block<T> block = new Block<>(buffer, startNext, (int) Math.min(BLOCK_BYTES, length - startNext));
            startNext += block.wanted;
            block.scan = give(new FutureTask<>(() -> scan(block)));
            scanning.add(block);
        }

        private RegionScan scan(Block<T> block) throws IOException {
            requireGoing();
            int lead = (int) Math.min(block.start, RegionScan.LEAD_BYTES);
            int read = source.read(from + block.start - lead, block.buffer, dataAt - lead, lead + block.wanted) - lead;
            return RegionScan.of(cutter, block.buffer, dataAt, dataAt + Math.max(0, read), block.start);
        }

        private void resolve(Block<T> block) throws IOException {
            RegionScan scan = await(block.scan);
            int carried = (int) (block.start - chunkStart);
            System.arraycopy(
                    resolved.buffer,
                    carried == 0 ? 0 : dataAt + (int) (chunkStart - resolved.start),
                    block.buffer,
                    dataAt - carried,
                    carried);
            release(resolved);
            resolved = block;
            if (scan.end() > scan.start()) {
                resolver.accept(scan);
            }
            boolean hasSourceEnded = scan.end() - scan.start() < block.wanted;
            if (hasSourceEnded || scan.end() == length) {
                atEnd = true;
                // What was begun beyond the end of the source is of no use.
                scanning.clear();
                if (hasSourceEnded || isEnd) {
                    resolver.finish(false);
                }
            }
            block.names = give(new FutureTask<>(() -> {
                requireGoing();
                List<T> names = new ArrayList<>(block.chunks.size());
                for (ChunkSlice chunk : block.chunks) {
                    names.add(naming.apply(chunk));
                }
                return names;
            }));
            named.add(block);
        }

        private void cutAt(long position) {
            int offset = dataAt + (int) (chunkStart - resolved.start);
            int bytes = (int) (position - chunkStart);
            boolean allZero =
                    resolved.buffer[offset] == 0 && CutFinder.zeroRun(resolved.buffer, offset, bytes) == bytes;
            resolved.chunks.add(new ChunkSlice(resolved.buffer, offset, bytes, chunkStart, allZero));
            chunkStart = position;
        }

        private void take(Block<T> block, Sink<T> sink) throws IOException {
            List<T> names = await(block.names);
            for (int i = 0; i < names.size(); i++) {
                sink.accept(block.chunks.get(i), names.get(i));
            }
            release(block);
        }

        private void release(Block<T> block) {
            if (--block.holds == 0 && buffers.size() <= blocksMax) {
                buffers.add(block.buffer);
            }
        }

        private <R> FutureTask<R> give(FutureTask<R> task) {
            given.removeIf(FutureTask::isDone);
            given.add(task);
            workers.execute(task);
            return task;
        }

        private void requireGoing() {
            if (stopped) {
                throw new CancellationException("stopped");
            }
        }

        void awaitWorkers() {
            stopped = true;
            boolean interrupted = false;
            for (FutureTask<?> task : given) {
                while (!task.isDone()) {
                    try {
                        task.get();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    } catch (ExecutionException e) {
                        // It was of no use any more, or its failure is on its way.
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <R> R await(FutureTask<R> task) throws IOException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
