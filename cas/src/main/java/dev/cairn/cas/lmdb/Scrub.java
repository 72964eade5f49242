package dev.cairn.cas.lmdb;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.LocalTable;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.StoreAccessException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A look at records without any key: each is read and compared with the digest that the index has. Goes through volumes, first
 * those whose round was begun, then the one that was looked through longest ago, each at most once. After every {@value
 * #SLICE_BYTES} bytes it keeps how far it came and what it found, so that what was done counts, however it ends.
 *
 * <p>Cost: one read of every record of a volume, and a pass over the index's rows of records for each volume. Memory: a page of
 * rows, and one record. Holds no transaction while it reads records: what is collected meanwhile, volumes too, is passed over.
 */
final class Scrub {

    private static final long SLICE_BYTES = 64L << 20;
    private static final int PAGE_ROWS = 256;

    private final LmdbObjectStore store;
    private final Replica replica;
    private final ScrubBudget budget;
    private final InstantSource clock;
    private final BooleanSupplier going;
    private final ScrubProgress progress;
    private final long endNanos;
    private final List<String> damaged = new ArrayList<>();
    private long damageCount;
    private long records;
    private long bytes;

    /** A row of the table of records, or why there is none. */
    private record Row(
            long sequence,
            @Nullable RecordRow place,
            @Nullable CorruptDataException damage) {

        static Row of(byte[] key, ByteBuffer value) {
            long sequence = ByteBuffer.wrap(Arrays.copyOf(key, Long.BYTES)).getLong() & Long.MAX_VALUE;
            try {
                return new Row(sequence, RecordRow.decode(key, value), null);
            } catch (CorruptDataException e) {
                return new Row(sequence, null, e);
            }
        }
    }

    Scrub(
            LmdbObjectStore store,
            Replica replica,
            ScrubBudget budget,
            InstantSource clock,
            BooleanSupplier going,
            ScrubProgress progress) {
        this.store = store;
        this.replica = replica;
        this.budget = budget;
        this.clock = clock;
        this.going = going;
        this.progress = progress;
        Duration longest = Duration.ofNanos(Long.MAX_VALUE / 2);
        this.endNanos =
                System.nanoTime() + (budget.timeMax().compareTo(longest) < 0 ? budget.timeMax() : longest).toNanos();
    }

    ScrubReport run() {
        Instant begin = clock.instant();
        List<ScrubState> states = store.scrubs();
        List<ScrubState> order = new ArrayList<>();
        states.stream().filter(ScrubState::isUnderWay).forEach(order::add);
        states.stream()
                .filter(state -> !state.isUnderWay() && isOld(state, begin))
                .forEach(order::add);
        for (ScrubState state : order) {
            if (!mayGoOn()) {
                break;
            }
            volume(state.isUnderWay() ? state : state.begun(clock.instant()));
        }
        return new ScrubReport(records, bytes, damageCount, damaged, store.notedCount(), store.scrubs());
    }

    private boolean isOld(ScrubState state, Instant now) {
        Instant last = state.finished();
        return last == null || !last.plus(budget.olderThan()).isAfter(now);
    }

    private boolean mayGoOn() {
        return bytes < budget.bytesMax() && endNanos - System.nanoTime() > 0 && going.getAsBoolean();
    }

    private void volume(ScrubState begun) {
        ScrubState state = begun;
        CorruptDataException unopened = unopened(state.volume());
        if (isGone(state.volume())) {
            return;
        }
        if (unopened != null) {
            tell(unopened);
        }
        long kept = 0;
        for (List<Row> page = page(state.next()); !page.isEmpty(); page = page(state.next())) {
            List<RecordFinding> findings = new ArrayList<>();
            long bytesBefore = bytes;
            long damageBefore = damageCount;
            boolean stopped = false;
            long next = state.next();
            for (Row row : page) {
                stopped = !mayGoOn();
                if (stopped) {
                    break;
                }
                look(row, state.volume(), unopened).ifPresent(findings::add);
                next = row.sequence + 1;
            }
            store.note(findings);
            state = state.upTo(next, bytes - bytesBefore, damageCount - damageBefore);
            kept += bytes - bytesBefore;
            if (stopped) {
                keep(state);
                return;
            }
            if (kept >= SLICE_BYTES) {
                kept = 0;
                keep(state);
            }
        }
        if (!isGone(state.volume())) {
            keep(state.ended(clock.instant()));
        }
    }

    /** Whether a collection has given a volume up since the scrub began. */
    private boolean isGone(int volume) {
        return !replica.<List<Integer>>read(IndexView::volumes).contains(volume);
    }

    /** Why a volume cannot be opened: then nothing in it need be tried. Null if it can. */
    private @Nullable CorruptDataException unopened(int volume) {
        try {
            return replica.volumes().read(volume, view -> null);
        } catch (CorruptDataException e) {
            return e;
        } catch (StoreAccessException e) {
            if (isGone(volume)) {
                return null;
            }
            throw e;
        }
    }

    private Optional<RecordFinding> look(Row row, int volume, @Nullable CorruptDataException unopened) {
        if (row.damage != null) {
            tell(row.damage);
            return Optional.empty();
        }
        RecordRow place = row.place;
        if (place == null || place.volume() != volume) {
            return Optional.empty();
        }
        CorruptDataException damage;
        try {
            damage = unopened != null ? unopened : replica.reader().damage(row.sequence, place);
            if (damage != null && !replica.hasRecord(row.sequence)) {
                return Optional.empty();
            }
        } catch (StoreAccessException e) {
            if (!replica.hasRecord(row.sequence)) {
                return Optional.empty();
            }
            throw e;
        }
        records++;
        bytes += place.length();
        progress.bytes(place.length());
        if (damage == null) {
            return Optional.of(new RecordFinding(row.sequence, RecordFinding.State.READS));
        }
        if (unopened == null) {
            tell(damage);
        } else {
            damageCount++;
        }
        return Optional.of(new RecordFinding(row.sequence, RecordFinding.State.ALTERED));
    }

    private void tell(CorruptDataException damage) {
        damageCount++;
        if (damaged.size() < ScrubReport.DAMAGE_MAX) {
            damaged.add(String.valueOf(damage.getMessage()));
        }
        progress.damaged(damage);
    }

    private void keep(ScrubState state) {
        store.local(ScrubRows.TABLE).putAll(List.<LocalTable.Row>of(ScrubRows.row(state)));
    }

    private List<Row> page(long from) {
        return new RowPages<>(replica, Table.RECORDS, PAGE_ROWS, Row::of).page(RecordRow.key(from));
    }
}
