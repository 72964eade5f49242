package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.UnspeltHeader;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.seal.OpenedRecord;
import dev.cairn.cas.seal.Sealer;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Finds what is nonsense among spooled pages. For one use. */
final class DamagedPages {

    private final Replica replica;
    private final PageSpool spool;
    private final PageBases pages;
    private final Refusals refusals;

    DamagedPages(Replica replica, PageSpool spool, PageBases pages, Refusals refusals) {
        this.replica = replica;
        this.spool = spool;
        this.pages = pages;
        this.refusals = refusals;
    }

    /**
     * Makes sure that a holder of the key wrote a record.
     *
     * @throws CorruptDataException if none did
     */
    static void authenticate(Sealer sealer, byte[] record) {
        sealer.authenticate(record, UnspeltHeader.read(ByteBuffer.wrap(record), PageIntake.WHERE));
    }

    /** Looks at all pages that were spooled, so that one more comparison is enough, however many are nonsense. */
    void refuseAll() {
        spool.rewind();
        try {
            for (PageSpool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
                if (!refusals.contains(entry.record())) {
                    refuseIfDamaged(entry);
                }
            }
        } catch (IOException e) {
            throw PullSession.spoolFailed(e);
        }
    }

    private void refuseIfDamaged(PageSpool.Entry entry) {
        try {
            authenticate(replica.sealer(), entry.record());
            SealedRecord record = SealedRecord.parse(entry.record(), PageIntake.WHERE, pages::children);
            OpenedRecord opened = replica.sealer().open(record, PageIntake.WHERE, pages::base);
            for (int ordinal : entry.due()) {
                opened.object(ordinal);
            }
        } catch (MissingObjectsException e) {
            // It builds on what was not stored, since something before it was refused: it is sent again, and looked at
            // then.
        } catch (CorruptDataException | VersionMismatchException | WrongKeyException e) {
            refusals.add(entry.record(), e);
        }
    }
}
