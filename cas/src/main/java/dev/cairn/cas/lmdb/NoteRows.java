package dev.cairn.cas.lmdb;

import dev.cairn.cas.Note;
import dev.cairn.cas.StoreException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The rows of notes: the note as it is, under its key. */
final class NoteRows {

    private NoteRows() {}

    static byte[] encode(Note note) {
        ByteBuffer value = ByteBuffer.allocate(note.length()).put(note.bytes());
        return RowCheck.seal(Table.NOTES, note.key(), value);
    }

    static Note decode(byte[] key, ByteBuffer row) {
        ByteBuffer value = RowCheck.open(Table.NOTES, key, row);
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        Note note;
        try {
            note = Note.parse(bytes, "index, table " + Table.NOTES.lmdbName());
        } catch (StoreException e) {
            throw RowCheck.damaged(Table.NOTES, key, "a note", String.valueOf(e.getMessage()));
        }
        if (!Arrays.equals(note.key(), key)) {
            throw RowCheck.damaged(Table.NOTES, key, "the note of that key", note.toString());
        }
        return note;
    }
}
