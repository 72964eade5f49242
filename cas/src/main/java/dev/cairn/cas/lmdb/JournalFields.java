package dev.cairn.cas.lmdb;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.lmdb.wire.Journal;
import dev.cairn.cas.lmdb.wire.JournalCheckpoint;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the fields of a journal before it is parsed. Its messages are some hundred bytes of heap each, and an empty one is two bytes of a
 * journal: of fields that say something no honest writer has more than one in six bytes.
 */
final class JournalFields {

    private static final int BYTES_A_FIELD = 6;

    /** Short journals have few, and as many as they like. */
    private static final int FREE = 64;

    /** A field of a newer version is kept as it is, in a list of its own. */
    private static final int WEIGHT_UNKNOWN = 4;

    private static final int KNOWN_MAX = Journal.COLLECTED_FIELD_NUMBER;

    private enum Level {
        JOURNAL,
        CHECKPOINT,
        LEAF;

        /** Of the message in a field; null where it is none. */
        @Nullable
        Level below(int field) {
            return switch (this) {
                case JOURNAL ->
                    switch (field) {
                        case Journal.MOVES_FIELD_NUMBER, Journal.CONFIGURATION_FIELD_NUMBER -> LEAF;
                        case Journal.CHECKPOINT_FIELD_NUMBER -> CHECKPOINT;
                        default -> null;
                    };
                case CHECKPOINT ->
                    switch (field) {
                        case JournalCheckpoint.BRANCHES_FIELD_NUMBER, JournalCheckpoint.CONFIGURATION_FIELD_NUMBER ->
                            LEAF;
                        default -> null;
                    };
                case LEAF -> null;
            };
        }
    }

    private final CodedInputStream in;
    private final String where;
    private int left;

    private JournalFields(byte[] bytes, String where) {
        this.in = CodedInputStream.newInstance(bytes);
        this.where = where;
        this.left = FREE + bytes.length / BYTES_A_FIELD;
    }

    /** Refuses one with more fields than its length is good for. */
    static void require(byte[] bytes, String where) throws IOException {
        new JournalFields(bytes, where).count(Level.JOURNAL);
    }

    private void count(Level level) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int field = WireFormat.getTagFieldNumber(tag);
            left -= field <= KNOWN_MAX ? 1 : WEIGHT_UNKNOWN;
            if (left < 0) {
                throw CorruptDataException.because(where, "more fields than a journal of that length has", null);
            }
            int type = WireFormat.getTagWireType(tag);
            Level below = type == WireFormat.WIRETYPE_LENGTH_DELIMITED ? level.below(field) : null;
            if (below != null) {
                int outer = in.pushLimit(in.readRawVarint32());
                count(below);
                in.popLimit(outer);
            } else if (type != WireFormat.WIRETYPE_START_GROUP && type != WireFormat.WIRETYPE_END_GROUP) {
                in.skipField(tag);
            }
        }
    }
}
