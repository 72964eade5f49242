package dev.cairn.replicator;

import dev.cairn.cas.ObjectId;
import java.util.function.Consumer;

/**
 * A set of ids that takes 32 bytes of table a slot, at most three quarters of them filled, and holds no more than a given
 * number: beyond, {@link #add} forgets. Who uses it must stay right, only slower, with an id that was forgotten.
 *
 * <p>Open addressing with linear probing; ids are uniform, so one of their words is the hash. An attacker without the id key
 * cannot choose ids that the repository's own manifests use, but may upload any: a cluster costs time bounded by the
 * capacity. The id of four zero words is kept apart. Not thread-safe.
 */
final class IdSet {

    private static final int WORDS = 4;
    private static final int FIRST_SLOTS = 64;

    private final int idsMax;
    private long[] table = new long[FIRST_SLOTS * WORDS];
    private int size;
    private boolean hasZero;

    IdSet(int idsMax) {
        this.idsMax = idsMax;
    }

    int size() {
        return size + (hasZero ? 1 : 0);
    }

    boolean contains(ObjectId id) {
        if (isZero(id)) {
            return hasZero;
        }
        return holds(slot(table, id));
    }

    /** Adds {@code id}; whether it was not there before. Says true and keeps nothing where the set is full. */
    boolean add(ObjectId id) {
        if (isZero(id)) {
            boolean isNew = !hasZero;
            hasZero = true;
            return isNew;
        }
        int slot = slot(table, id);
        if (holds(slot)) {
            return false;
        }
        if (size >= idsMax) {
            return true;
        }
        write(table, slot, id);
        size++;
        if (4L * size > 3L * (table.length / WORDS)) {
            grow();
        }
        return true;
    }

    void forEach(Consumer<ObjectId> consumer) {
        if (hasZero) {
            consumer.accept(new ObjectId(0, 0, 0, 0));
        }
        for (int at = 0; at < table.length; at += WORDS) {
            if (holds(at)) {
                consumer.accept(read(at));
            }
        }
    }

    private void grow() {
        long[] larger = new long[table.length * 2];
        for (int at = 0; at < table.length; at += WORDS) {
            if (holds(at)) {
                ObjectId id = read(at);
                write(larger, slot(larger, id), id);
            }
        }
        table = larger;
    }

    private boolean holds(int at) {
        return (table[at] | table[at + 1] | table[at + 2] | table[at + 3]) != 0;
    }

    private ObjectId read(int at) {
        return new ObjectId(table[at], table[at + 1], table[at + 2], table[at + 3]);
    }

    private static void write(long[] table, int at, ObjectId id) {
        table[at] = id.word0();
        table[at + 1] = id.word1();
        table[at + 2] = id.word2();
        table[at + 3] = id.word3();
    }

    /** Where {@code id} stands, or the free slot where it would. */
    private static int slot(long[] table, ObjectId id) {
        int mask = table.length / WORDS - 1;
        int slot = (int) (id.word2() ^ (id.word3() >>> 32)) & mask;
        while (true) {
            int at = slot * WORDS;
            boolean free = (table[at] | table[at + 1] | table[at + 2] | table[at + 3]) == 0;
            if (free
                    || (table[at] == id.word0()
                            && table[at + 1] == id.word1()
                            && table[at + 2] == id.word2()
                            && table[at + 3] == id.word3())) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    private static boolean isZero(ObjectId id) {
        return (id.word0() | id.word1() | id.word2() | id.word3()) == 0;
    }
}
