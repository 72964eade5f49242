package dev.cairn.cas.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A thread's native memory for the arguments and results of calls, used again for every call, so that a call allocates
 * nothing. Freed by the collector some time after the thread ended. No part of it outlives a method of this package:
 * results are copied out before the next call.
 */
final class Scratch {
    static final int STRUCT_BYTES = 256;
    static final int BLOCK_BYTES = 64 << 10;
    static final int TRANSFER_BYTES = 256 << 10;

    private static final int PATH_BYTES = 8 << 10;
    private static final ThreadLocal<Scratch> THREAD = ThreadLocal.withInitial(Scratch::new);

    private final MemorySegment errno;
    private final MemorySegment struct;
    private final MemorySegment path;
    private final MemorySegment secondPath;
    private final MemorySegment attribute;
    private final MemorySegment block;
    private @Nullable MemorySegment transfer;

    private Scratch() {
        Arena arena = Arena.ofAuto();
        errno = arena.allocate(Linker.Option.captureStateLayout());
        struct = arena.allocate(STRUCT_BYTES, Long.BYTES);
        path = arena.allocate(PATH_BYTES);
        secondPath = arena.allocate(PATH_BYTES);
        attribute = arena.allocate(PATH_BYTES);
        block = arena.allocate(BLOCK_BYTES, Long.BYTES);
    }

    static Scratch get() {
        return THREAD.get();
    }

    MemorySegment errno() {
        return errno;
    }

    /** The address of room for a struct. */
    long struct() {
        return struct.address();
    }

    int intAt(long offset) {
        return struct.get(ValueLayout.JAVA_INT, offset);
    }

    long longAt(long offset) {
        return struct.get(ValueLayout.JAVA_LONG, offset);
    }

    void putLong(long offset, long value) {
        struct.set(ValueLayout.JAVA_LONG, offset, value);
    }

    /** The address of {@code bytes} with a zero byte behind them; valid until the next path. */
    long path(byte[] bytes) {
        return terminated(path, bytes);
    }

    /** A second path in the same call. */
    long secondPath(byte[] bytes) {
        return terminated(secondPath, bytes);
    }

    /** An attribute's name in the same call. */
    long attribute(byte[] bytes) {
        return terminated(attribute, bytes);
    }

    /** The address of {@link #BLOCK_BYTES} of room for a result of variable length. */
    long block() {
        return block.address();
    }

    byte[] copyOfBlock(int length) {
        byte[] copy = new byte[length];
        MemorySegment.copy(block, ValueLayout.JAVA_BYTE, 0, copy, 0, length);
        return copy;
    }

    void fillBlock(byte[] value) {
        MemorySegment.copy(value, 0, block, ValueLayout.JAVA_BYTE, 0, value.length);
    }

    /** {@link #TRANSFER_BYTES} of room for file bytes, made when a thread first reads or writes. */
    MemorySegment transfer() {
        MemorySegment room = transfer;
        if (room == null) {
            room = Arena.ofAuto().allocate(TRANSFER_BYTES, 64);
            transfer = room;
        }
        return room;
    }

    private static long terminated(MemorySegment room, byte[] bytes) {
        MemorySegment.copy(bytes, 0, room, ValueLayout.JAVA_BYTE, 0, bytes.length);
        room.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return room.address();
    }
}
