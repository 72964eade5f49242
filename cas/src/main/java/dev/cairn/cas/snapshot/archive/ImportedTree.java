package dev.cairn.cas.snapshot.archive;

import dev.cairn.cas.manifest.Content;
import dev.cairn.cas.manifest.Entry;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.manifest.EntryType;
import dev.cairn.cas.manifest.LinkTarget;
import dev.cairn.cas.manifest.Metadata;
import dev.cairn.cas.manifest.Owner;
import dev.cairn.cas.manifest.Xattrs;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cas.snapshot.capture.CaptureError;
import dev.cairn.cas.snapshot.capture.TreeIntake;
import dev.cairn.cas.snapshot.capture.TreeSource;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The members of one archive as a tree. For one use. */
final class ImportedTree implements TreeSource {

    /** A folder that the archive does not have, and things in it. Nothing depends on when it is imported. */
    private static final Metadata MADE_UP_FOLDER = new Metadata(0755, Owner.ROOT, 0, 0, Xattrs.none());

    private final ArchiveInput input;
    private final RecordSort.Spill spill;
    private final RecordSort.Spill aside;
    private final long asideBytesMax;
    private boolean slashNoted;
    private @Nullable String refusal;

    /**
     * @param spill where sorted runs go
     * @param aside where an archive goes that comes as a stream and needs to be a file
     */
    ImportedTree(ArchiveInput input, RecordSort.Spill spill, RecordSort.Spill aside, long asideBytesMax) {
        this.input = input;
        this.spill = spill;
        this.aside = aside;
        this.asideBytesMax = asideBytesMax;
    }

    @Override
    public void bring(TreeIntake intake) throws IOException {
        ImportedMembers members = new ImportedMembers(spill, (path, reason) -> refused(intake, path, reason));
        try (MemberReader reader =
                ArchiveInput.open(input, aside, asideBytesMax, remark -> refused(intake, EntryPath.ROOT, remark))) {
            for (Member member = reader.next(); member != null; member = reader.next()) {
                intake.check();
                take(member, reader, members, intake);
            }
        }
        if (members.isEmpty() && refusal != null) {
            throw ArchiveException.unsupported("nothing of the archive can be imported: " + refusal, "See above.");
        }
        Folders folders = new Folders(intake);
        members.entries(folders::add);
        folders.end();
    }

    private void refused(TreeIntake intake, EntryPath path, String reason) {
        refusal = reason;
        intake.failed(new CaptureError(path, "import", reason, CaptureError.Kept.NOTHING));
    }

    private void take(Member member, MemberReader reader, ImportedMembers members, TreeIntake intake)
            throws IOException {
        MemberName name = MemberName.of(member.name());
        EntryPath path = name.path();
        if (path == null) {
            refused(intake, EntryPath.ROOT, RawName.display(member.name()) + ": " + name.fault());
            return;
        }
        noteSlash(name, intake);
        if (member.kind() == Member.Kind.HARD_LINK) {
            MemberName target = MemberName.of(member.link());
            if (path.isRoot() || target.path() == null) {
                refused(intake, path, "its hard link: " + (path.isRoot() ? "the root is a folder" : target.fault()));
            } else {
                noteSlash(target, intake);
                members.addLink(path, target.path());
            }
            return;
        }
        if (path.isRoot() && member.kind() != Member.Kind.DIRECTORY) {
            refused(intake, path, "the root is a folder, and the archive has a file in its place");
            return;
        }
        Entry entry;
        try {
            entry = entry(path, member, reader, intake);
        } catch (IllegalArgumentException e) {
            refused(intake, path, String.valueOf(e.getMessage()));
            return;
        }
        members.add(entry);
        member.losses()
                .forEach(loss -> intake.failed(new CaptureError(path, "import", loss, CaptureError.Kept.DOUBTFUL)));
    }

    private void noteSlash(MemberName name, TreeIntake intake) {
        if (name.wasAbsolute() && !slashNoted) {
            slashNoted = true;
            intake.note("The leading '/' of names in the archive was removed.");
        }
    }

    private static Entry entry(EntryPath path, Member member, MemberReader reader, TreeIntake intake)
            throws IOException {
        Metadata metadata = new Metadata(
                member.mode(),
                member.owner(),
                member.mtimeSeconds(),
                member.mtimeNanos(),
                xattrs(path, member, intake));
        return switch (member.kind()) {
            case FILE -> Entry.file(path, metadata, content(path, member, reader, intake));
            case DIRECTORY -> Entry.directory(path, metadata);
            case SYMLINK -> Entry.symlink(path, metadata, new LinkTarget(member.link()));
            case SYMLINK_BY_CONTENT -> Entry.symlink(path, metadata, new LinkTarget(target(member, reader)));
            case FIFO -> Entry.special(path, EntryType.FIFO, metadata);
            case CHAR_DEVICE -> Entry.device(path, EntryType.CHAR_DEVICE, metadata, member.device());
            case BLOCK_DEVICE -> Entry.device(path, EntryType.BLOCK_DEVICE, metadata, member.device());
            case HARD_LINK -> throw new IllegalArgumentException("a hard link is no entry of its own");
        };
    }

    private static Content content(EntryPath path, Member member, MemberReader reader, TreeIntake intake)
            throws IOException {
        SparseMap map = member.map();
        if (map.size() == 0) {
            return Content.empty();
        }
        try (InputStream in = reader.content()) {
            return intake.content(path, new StreamFile(in, map), map.size(), map.dataBytes());
        }
    }

    private static byte[] target(Member member, MemberReader reader) throws IOException {
        if (member.map().size() > LinkTarget.BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the target of a link has %,d bytes".formatted(member.map().size()));
        }
        byte[] target = new byte[(int) member.map().size()];
        try (InputStream in = reader.content()) {
            if (in.readNBytes(target, 0, target.length) < target.length) {
                throw ArchiveException.damaged("the target of a link ends early");
            }
        }
        return target;
    }

    private static Xattrs xattrs(EntryPath path, Member member, TreeIntake intake) {
        try {
            return intake.xattrs(member.xattrs());
        } catch (IllegalArgumentException e) {
            intake.failed(
                    new CaptureError(path, "attributes", String.valueOf(e.getMessage()), CaptureError.Kept.DOUBTFUL));
            return Xattrs.none();
        }
    }

    /** Hands entries on, with the folders that they stand in where the archive has none. */
    private static final class Folders {
        private final TreeIntake intake;

        /** The last folder that was handed on and its depth of folders above; null before the root. */
        private @Nullable EntryPath open;

        Folders(TreeIntake intake) {
            this.intake = intake;
        }

        void add(Entry entry) {
            EntryPath path = entry.path();
            int from = 0;
            if (open != null) {
                while (!path.startsWith(open)) {
                    open = open.prefix(open.depth() - 1);
                }
                from = open.depth() + 1;
            }
            for (int depth = from; depth < path.depth(); depth++) {
                open = path.prefix(depth);
                intake.add(Entry.directory(open, MADE_UP_FOLDER));
            }
            if (entry.isDirectory()) {
                open = path;
            }
            intake.add(entry);
        }

        void end() {
            if (open == null) {
                intake.add(Entry.directory(EntryPath.ROOT, MADE_UP_FOLDER));
            }
        }
    }
}
