package dev.cairn.cli;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Commands of restic, borg and git that people try by habit, and what does the same here.
 *
 * @param purpose what it is for there, and which command has that purpose
 */
record ForeignCommand(String purpose) {

    private static final String NEW_PASSWORD =
            "'cairn key add --new-password' adds the new one, 'cairn key list' names the slots, 'cairn key remove SLOT'"
                    + " removes the old one.";

    private static final Map<String, String> BY_NAME = Map.ofEntries(
            Map.entry("backup", "'cairn snapshot PATH' captures files and folders."),
            Map.entry("create", "'cairn snapshot PATH' captures files and folders; 'cairn init' makes a repository."),
            Map.entry("commit", "'cairn snapshot PATH' captures files and folders."),
            Map.entry("save", "'cairn snapshot PATH' captures files and folders."),
            Map.entry("list", "'cairn snapshots' lists snapshots, 'cairn ls SNAPSHOT' the files of one."),
            Map.entry("check", "'cairn verify' checks the repository, 'cairn verify --data' every byte of it."),
            Map.entry("fsck", "'cairn verify' checks the repository, 'cairn verify --data' every byte of it."),
            Map.entry(
                    "prune",
                    "'cairn forget --keep-daily 7 ...' chooses the snapshots that go, 'cairn gc' gives their space"
                            + " back."),
            Map.entry("compact", "'cairn gc' gives back the space of what no snapshot needs."),
            Map.entry("delete", "'cairn forget SNAPSHOT' forgets snapshots, 'cairn gc' gives their space back."),
            Map.entry("rm", "'cairn forget SNAPSHOT' forgets snapshots, 'cairn branch delete NAME' a branch."),
            Map.entry(
                    "mount",
                    "Snapshots cannot be mounted: 'cairn ls', 'cairn cat' and 'cairn find' look into them, 'cairn"
                            + " restore SNAPSHOT:PATH --target DIR' brings a part back."),
            Map.entry("umount", "Snapshots cannot be mounted: nothing is to be unmounted."),
            Map.entry("extract", "'cairn restore SNAPSHOT --target DIR' writes files back."),
            Map.entry("checkout", "'cairn restore SNAPSHOT --target DIR' writes files back."),
            Map.entry("dump", "'cairn cat SNAPSHOT:PATH' writes out a file, 'cairn export SNAPSHOT' an archive."),
            Map.entry("export-tar", "'cairn export SNAPSHOT -o FILE.tar' writes an archive."),
            Map.entry("import-tar", "'cairn import ARCHIVE' makes an archive a snapshot."),
            Map.entry("info", "'cairn stats' shows sizes, 'cairn snapshots' what there is."),
            Map.entry("status", "'cairn snapshots' shows what there is, 'cairn doctor' whether all is well."),
            Map.entry("show", "'cairn ls SNAPSHOT' shows its files, 'cairn cat SNAPSHOT:PATH' one of them."),
            Map.entry("copy", "'cairn push' and 'cairn pull' bring snapshots to another replica and from it."),
            Map.entry("sync", "'cairn push' and 'cairn pull' bring snapshots to another replica and from it."),
            Map.entry("fetch", "'cairn pull' fetches snapshots from a remote."),
            Map.entry(
                    "unlock",
                    "No lock is left behind by a process that ended: nothing is to be unlocked. --lock-wait D says how"
                            + " long to wait for one that runs."),
            Map.entry(
                    "break-lock",
                    "No lock is left behind by a process that ended: nothing is to be broken. --lock-wait D says how"
                            + " long to wait for one that runs."),
            Map.entry(
                    "watch",
                    "Nothing watches folders: a timer runs 'cairn snapshot' and 'cairn push', as 'cairn -P NAME"
                            + " snapshot' with a profile."),
            Map.entry("conflicts", "'cairn pull' names a branch that moved on both sides: nothing is merged."),
            Map.entry("migrate", "Nothing is to be migrated: what older versions wrote is read as it is."),
            Map.entry("cache", "There is no cache."),
            Map.entry(
                    "rewrite",
                    "A snapshot never changes: leave files out of the next one, and forget this one with 'cairn forget"
                            + " SNAPSHOT'."),
            Map.entry("self-update", "It is updated as it was installed: see docs/installing.md."),
            Map.entry("rebuild-index", "'cairn repair' makes a new index from the volumes."),
            Map.entry("recover", "'cairn repair' makes a new index from the volumes, and fetches what is damaged."),
            Map.entry("rename", "'cairn branch rename OLD NEW' renames a branch, 'cairn tag add' tags a snapshot."),
            Map.entry("config", "'cairn help environment' tells what is set where."),
            Map.entry("passwd", NEW_PASSWORD),
            Map.entry("key passwd", NEW_PASSWORD),
            Map.entry("key password", NEW_PASSWORD),
            Map.entry("key change", NEW_PASSWORD),
            Map.entry("key change-passphrase", NEW_PASSWORD),
            Map.entry("key change-password", NEW_PASSWORD),
            Map.entry("key export", "A key file may be copied; 'cairn key recovery' makes a code to write down."),
            Map.entry("key import", "--key-file FILE names a key file, --recovery-code-file FILE a recovery code."),
            Map.entry("key delete", "'cairn key remove SLOT' removes a key."),
            Map.entry("key rm", "'cairn key remove SLOT' removes a key."),
            Map.entry("branch remove", "'cairn branch delete NAME' deletes a branch."),
            Map.entry("branch rm", "'cairn branch delete NAME' deletes a branch."),
            Map.entry("branch move", "'cairn branch rename OLD NEW' renames a branch."),
            Map.entry("remote delete", "'cairn remote remove NAME' takes a remote off the list."),
            Map.entry("remote rm", "'cairn remote remove NAME' takes a remote off the list."),
            Map.entry("remote show", "'cairn remote list' shows remotes."),
            Map.entry("tag list", "'cairn snapshots' shows tags, 'cairn snapshots --tag TAG' those that have one."),
            Map.entry("tag delete", "'cairn tag remove SNAPSHOT TAG' takes a tag away."),
            Map.entry("tag rm", "'cairn tag remove SNAPSHOT TAG' takes a tag away."),
            Map.entry("device remove", "'cairn device revoke DEVICE' lets a device in no more."),
            Map.entry("device delete", "'cairn device revoke DEVICE' lets a device in no more."),
            Map.entry("device add", "'cairn device enrol' prints a code for a device."));

    /**
     * What is called so elsewhere; empty if nothing is.
     *
     * @param group the command here whose part it would be, without {@code cairn}; empty for none
     */
    static Optional<ForeignCommand> of(String group, String name) {
        return Optional.ofNullable(BY_NAME.get(group.isEmpty() ? name : group + " " + name))
                .map(ForeignCommand::new);
    }

    /** Of which commands something is said. */
    static Set<String> names() {
        return BY_NAME.keySet();
    }
}
