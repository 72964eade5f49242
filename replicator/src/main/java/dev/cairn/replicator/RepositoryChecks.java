package dev.cairn.replicator;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.Note;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.PlainObject;
import dev.cairn.cas.SealedRecord;
import dev.cairn.cas.StoredConfiguration;
import dev.cairn.cas.manifest.PageCheck;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.RepositoryConfiguration;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.note.NoteCodec;
import dev.cairn.cas.snapshot.verify.ManifestCheck;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a holder of the keys of a repository checks before anything that came from a server is kept. Serves one session at a time:
 * not thread-safe.
 */
final class RepositoryChecks implements Replica.Checks {

    private final Repository repository;
    private final NoteCodec notes;
    private @Nullable ObjectId checkedManifest;

    RepositoryChecks(Repository repository) {
        this.repository = repository;
        this.notes = new NoteCodec(repository.keys());
    }

    @Override
    public void page(ObjectId id, PlainObject page) {
        PageCheck.requireWellFormed(id, page);
    }

    /** Its pages are in the store by now, so the shape of the whole manifest is checked, beside the one checked before. */
    @Override
    public void snapshot(ObjectId id, PlainObject snapshot, SealedRecord record) {
        String where = "snapshot " + id;
        SnapshotRecord opened =
                repository.snapshotCodec().open(repository.sealer().open(record, where), where);
        if (!opened.id().equals(id)) {
            throw new CorruptDataException(where, "the snapshot asked for", "snapshot " + opened.id());
        }
        ManifestCheck.requireWellFormed(opened.manifest(), checkedManifest, repository.objects());
        checkedManifest = opened.manifest();
    }

    @Override
    public void note(Note note) {
        notes.verify(note, "a note of the remote");
    }

    @Override
    public void adopt(StoredConfiguration theirs) {
        repository.adoptConfiguration(theirs);
    }

    @Override
    public void requireReadable(StoredConfiguration theirs) {
        int epoch = repository.configuration().epoch();
        if (!RepositoryConfiguration.parse(theirs.bytes(), "the remote")
                .epochs()
                .contains(epoch)) {
            throw new RemoteException.NotAllowed(
                    "the remote does not have the newest key of this repository, and this device may not change that",
                    "Push once from a device with the role write; what is sealed here could not be read there.");
        }
    }

    @Override
    public OptionalLong signedRevision(StoredConfiguration configuration) {
        return repository.signedRevision(configuration);
    }
}
