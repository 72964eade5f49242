package dev.cairn.cli.look;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.RecordKind;
import dev.cairn.cas.StoreStats;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.SnapshotRecord;
import dev.cairn.cas.snapshot.usage.StorageSurvey;
import dev.cairn.cas.snapshot.usage.StorageUse;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** {@code cairn stats}: what a repository takes, and what of it is whose. */
@Command(
        name = "stats",
        description = "Show what the repository takes: by snapshot, branch and volume, and what sharing and compression"
                + " save.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn stats", "Next: 'cairn forget' and 'cairn gc' give back what old snapshots take."})
public final class StatsCommand extends RepositoryCommand {

    /** What was found out. */
    private record Found(
            Repository repository,
            List<SnapshotList.Listed> snapshots,
            Map<String, BitSet> branches,
            StorageUse use,
            StoreStats store,
            long freeBytes) {

        /** Lengths of all files of all snapshots. */
        long bytes() {
            return snapshots.stream()
                    .mapToLong(one -> one.snapshot().description().totals().bytes())
                    .sum();
        }

        /** What of them is different. */
        long bytesDistinct() {
            return use.chunkBytes() + use.inlineBytes();
        }

        /** Records that hold chunks. */
        StorageUse.Sum chunkRecords() {
            return sum(EnumSet.of(RecordKind.RUN, RecordKind.DELTA));
        }

        /** Records that say which files there are. */
        StorageUse.Sum otherRecords() {
            return sum(EnumSet.complementOf(EnumSet.of(RecordKind.RUN, RecordKind.DELTA)));
        }

        private StorageUse.Sum sum(EnumSet<RecordKind> kinds) {
            StorageUse.Sum none = new StorageUse.Sum(0, 0);
            return kinds.stream()
                    .map(kind -> use.records().getOrDefault(kind, none))
                    .reduce(none, (a, b) -> new StorageUse.Sum(a.count() + b.count(), a.bytes() + b.bytes()));
        }

        double dedupRatio() {
            return ratio(bytes(), bytesDistinct());
        }

        double compressionRatio() {
            return ratio(use.chunkBytes(), chunkRecords().bytes());
        }

        private static double ratio(long of, long to) {
            return to == 0 ? 1 : Math.round(100.0 * of / to) / 100.0;
        }
    }

    @Override
    protected ExitCode run() throws IOException {
        try (Repository repository = access().open();
                Interruption interruption = Interruption.watch()) {
            List<SnapshotList.Listed> listed = SnapshotList.of(repository, null, snapshot -> true);
            Map<String, BitSet> branches = new TreeMap<>();
            List<SnapshotRecord> snapshots = new ArrayList<>();
            for (SnapshotList.Listed one : listed) {
                branches.computeIfAbsent(one.branch(), name -> new BitSet()).set(snapshots.size());
                snapshots.add(one.snapshot());
            }
            StorageUse use = new StorageSurvey(
                            repository.store(),
                            repository.objects(),
                            snapshots,
                            List.copyOf(branches.values()),
                            interruption)
                    .run();
            Found found = new Found(
                    repository,
                    listed,
                    branches,
                    use,
                    repository.store().stats(),
                    Files.getFileStore(repository.folder()).getUsableSpace());
            console().result(() -> json(found), () -> text(found));
        }
        return ExitCode.DONE;
    }

    private ObjectNode json(Found found) {
        StorageUse use = found.use();
        ObjectNode node = Console.object()
                .put("repository", found.repository().id().toString())
                .put("bytes", found.bytes())
                .put("bytesDistinct", found.bytesDistinct())
                .put("bytesInline", use.inlineBytes())
                .put("chunks", use.chunks())
                .put("bytesStored", found.store().recordBytes())
                .put("bytesOnDisk", found.store().diskBytes())
                .put("bytesFree", found.freeBytes())
                .put("dedupRatio", found.dedupRatio())
                .put("compressionRatio", found.compressionRatio())
                .put("bytesLive", use.liveBytes())
                .put("bytesOnlyBase", use.baseBytes())
                .put("bytesDead", use.deadBytes())
                .put("objects", found.store().objects())
                .put("seconds", seconds());
        ObjectNode records = node.putObject("records");
        new TreeMap<>(use.records())
                .forEach((kind, sum) -> records.putObject(
                                kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .put("count", sum.count())
                        .put("bytes", sum.bytes()));
        putShares(node, found);
        ArrayNode volumes = node.putArray("volumes");
        use.volumes()
                .forEach(volume -> volumes.addObject()
                        .put("volume", volume.number())
                        .put("bytes", volume.fileBytes())
                        .put("records", volume.records())
                        .put("bytesRecords", volume.recordBytes())
                        .put("bytesLive", volume.liveBytes()));
        return node;
    }

    private static void putShares(ObjectNode node, Found found) {
        StorageUse use = found.use();
        ArrayNode snapshots = node.putArray("snapshots");
        for (int i = 0; i < found.snapshots().size(); i++) {
            SnapshotList.Listed one = found.snapshots().get(i);
            StorageUse.Share share = use.snapshots().get(i);
            snapshots
                    .addObject()
                    .put("snapshot", one.snapshot().id().toString())
                    .put("branch", one.branch().isEmpty() ? null : one.branch())
                    .put("time", one.snapshot().description().time().toString())
                    .put("bytes", one.snapshot().description().totals().bytes())
                    .put("bytesUnique", share.uniqueBytes())
                    .put("bytesShared", share.sharedBytes());
        }
        ArrayNode branches = node.putArray("branches");
        int number = 0;
        for (Map.Entry<String, BitSet> branch : found.branches().entrySet()) {
            StorageUse.Share share = use.branches().get(number++);
            branches.addObject()
                    .put("branch", branch.getKey().isEmpty() ? null : branch.getKey())
                    .put("snapshots", branch.getValue().cardinality())
                    .put("bytesUnique", share.uniqueBytes())
                    .put("bytesShared", share.sharedBytes());
        }
    }

    private static String text(Found found) {
        StorageUse use = found.use();
        StringBuilder text = new StringBuilder("%s, %s in all; %s of it differ: shared %.2f times.%n"
                .formatted(
                        CountText.of(found.snapshots().size(), "snapshot"),
                        SizeText.of(found.bytes()),
                        SizeText.of(found.bytesDistinct()),
                        found.dedupRatio()));
        text.append("%s of contents in %s, compressed %.2f times; %s of names and structure. %s on disk, %s free.%n"
                .formatted(
                        SizeText.of(found.chunkRecords().bytes()),
                        CountText.of(use.chunks(), "chunk"),
                        found.compressionRatio(),
                        SizeText.of(found.otherRecords().bytes()),
                        SizeText.of(found.store().diskBytes()),
                        SizeText.of(found.freeBytes())));
        text.append("Needed: %s; only as bases of deltas: %s; by nothing: %s.%n"
                .formatted(SizeText.of(use.liveBytes()), SizeText.of(use.baseBytes()), SizeText.of(use.deadBytes())));
        text.append("%n%-12s  %-16s  %9s  %9s  %9s".formatted("snapshot", "branch", "size", "its own", "shared"));
        for (int i = 0; i < found.snapshots().size(); i++) {
            SnapshotList.Listed one = found.snapshots().get(i);
            row(
                    text,
                    one.snapshot().id().abbreviated(),
                    one.branch(),
                    SizeText.of(one.snapshot().description().totals().bytes()),
                    use.snapshots().get(i));
        }
        int number = 0;
        for (String branch : found.branches().keySet()) {
            row(
                    text,
                    "all",
                    branch.isEmpty() ? "(none)" : branch,
                    "",
                    use.branches().get(number++));
        }
        text.append("%n%n%-12s  %-16s  %9s  %9s  %9s".formatted("volume", "", "file", "records", "needed"));
        use.volumes()
                .forEach(volume -> text.append("%n%-12d  %-16s  %9s  %9s  %9s"
                        .formatted(
                                volume.number(),
                                "",
                                SizeText.of(volume.fileBytes()),
                                SizeText.of(volume.recordBytes()),
                                SizeText.of(volume.liveBytes()))));
        return text.toString();
    }

    private static void row(StringBuilder text, String name, String branch, String size, StorageUse.Share share) {
        text.append("%n%-12s  %-16s  %9s  %9s  %9s"
                .formatted(name, branch, size, SizeText.of(share.uniqueBytes()), SizeText.of(share.sharedBytes())));
    }
}
