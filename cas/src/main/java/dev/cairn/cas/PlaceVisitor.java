package dev.cairn.cas;

/** Sees where a store keeps its records, by its index alone: no record is read. May throw to stop; the exception reaches the caller. */
public interface PlaceVisitor {

    /** A volume, before any record in it. */
    void volume(int number, long fileBytes);

    /** A record, in the order of storing. */
    void record(long sequence, RecordKind kind, int volume, int bytes);

    /** A row that is not what was stored. The walk goes on with the next one. */
    void damaged(CorruptDataException damage);
}
