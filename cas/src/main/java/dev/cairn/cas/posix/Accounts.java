package dev.cairn.cas.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Names and numbers of users and groups, as the system's own lookup has them (files, directory services). The JDK tells
 * a name only of a file's owner and never a number.
 *
 * <p>May be used from several threads. Answers are remembered for the life of the process, 10,000 of each kind, so that
 * a walk over a million files asks once an owner; an account made meanwhile is not seen. A lookup may wait for a
 * directory service. Without native calls nothing is known.
 */
public final class Accounts {
    private static final int REMEMBERED_MAX = 10_000;
    /** A group's entry lists its members: a large one needs room. */
    private static final int ENTRY_BYTES_MIN = 16 << 10;

    private static final int ENTRY_BYTES_MAX = 4 << 20;
    /** Both structs begin with the name's and the password's pointer; the number follows. */
    private static final int STRUCT_BYTES = 64;

    private static final int ID_OFFSET = 16;
    private static final long UNKNOWN = -1;

    private static final ConcurrentMap<Long, Optional<String>> USER_NAMES = new ConcurrentHashMap<>();
    private static final ConcurrentMap<Long, Optional<String>> GROUP_NAMES = new ConcurrentHashMap<>();
    private static final ConcurrentMap<String, Long> USER_IDS = new ConcurrentHashMap<>();
    private static final ConcurrentMap<String, Long> GROUP_IDS = new ConcurrentHashMap<>();

    private Accounts() {}

    /** The name of user {@code uid}, null where there is none or it is not UTF-8. */
    public static @Nullable String userName(long uid) {
        return name(USER_NAMES, uid, "getpwuid_r");
    }

    /** The name of group {@code gid}, null where there is none or it is not UTF-8. */
    public static @Nullable String groupName(long gid) {
        return name(GROUP_NAMES, gid, "getgrgid_r");
    }

    /** The number of the user of that name, -1 where there is none. */
    public static long userId(String name) {
        return id(USER_IDS, name, "getpwnam_r");
    }

    /** The number of the group of that name, -1 where there is none. */
    public static long groupId(String name) {
        return id(GROUP_IDS, name, "getgrnam_r");
    }

    private static @Nullable String name(ConcurrentMap<Long, Optional<String>> known, long id, String function) {
        if (id < 0 || id > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("id (%d) must be 0 to 2^32-1".formatted(id));
        }
        Optional<String> name = known.get(id);
        if (name == null) {
            Found found = Kernel.isAvailable() ? find(function, id, null) : null;
            name = found == null ? Optional.empty() : Optional.ofNullable(found.name());
            remember(known, id, name);
        }
        return name.orElse(null);
    }

    private static long id(ConcurrentMap<String, Long> known, String name, String function) {
        Long id = known.get(name);
        if (id == null) {
            boolean askable = Kernel.isAvailable() && !name.isEmpty() && name.indexOf('\0') < 0;
            Found found = askable ? find(function, 0, name.getBytes(StandardCharsets.UTF_8)) : null;
            id = found == null ? UNKNOWN : found.id();
            remember(known, name, id);
        }
        return id;
    }

    private static <K, V> void remember(ConcurrentMap<K, V> known, K key, V value) {
        if (known.size() >= REMEMBERED_MAX) {
            known.clear();
        }
        known.put(key, value);
    }

    private record Found(@Nullable String name, long id) {}

    /** Null where there is no such account, or the lookup failed: owners then stay numbers. */
    private static @Nullable Found find(String function, long id, byte @Nullable [] name) {
        for (int room = ENTRY_BYTES_MIN; room <= ENTRY_BYTES_MAX; room *= 4) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment struct = arena.allocate(STRUCT_BYTES, Long.BYTES);
                MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
                MemorySegment entry = arena.allocate(room);
                long key = id;
                if (name != null) {
                    MemorySegment terminated = arena.allocate(name.length + 1L);
                    MemorySegment.copy(name, 0, terminated, ValueLayout.JAVA_BYTE, 0, name.length);
                    key = terminated.address();
                }
                int error = call(function, key, struct.address(), entry.address(), room, result.address());
                if (error == 0 && result.get(ValueLayout.JAVA_LONG, 0) != 0) {
                    return found(struct, entry);
                }
                if (error != Errno.ERANGE.code() && error != Errno.EINTR.code()) {
                    return null;
                }
            }
        }
        return null;
    }

    private static @Nullable Found found(MemorySegment struct, MemorySegment entry) {
        long start = struct.get(ValueLayout.JAVA_LONG, 0) - entry.address();
        if (start < 0 || start >= entry.byteSize()) {
            return null;
        }
        long end = start;
        while (end < entry.byteSize() && entry.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        byte[] name = entry.asSlice(start, end - start).toArray(ValueLayout.JAVA_BYTE);
        return new Found(RawName.decode(name), Integer.toUnsignedLong(struct.get(ValueLayout.JAVA_INT, ID_OFFSET)));
    }

    /**
     * One shape for all four: each takes a key (a number or an address, either in a whole register), a struct, a block,
     * its size and where to put the result's address.
     */
    private static int call(String function, long key, long struct, long entry, long room, long result) {
        MemorySegment address = Link.LINKER.defaultLookup().findOrThrow(function);
        try {
            return (int) Link.LOOKUP.invokeExact(address, key, struct, entry, room, result);
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new AssertionError("a native call threw a checked exception", impossible);
        }
    }

    private static final class Link {
        static final Linker LINKER = Linker.nativeLinker();
        static final MethodHandle LOOKUP = LINKER.downcallHandle(FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG));
    }
}
