package dev.cairn.cli.retention;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.Collectable.Reclaimed;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.gc.CollectionPlan;
import dev.cairn.cas.gc.CollectionProgress;
import dev.cairn.cas.gc.CollectionResult;
import dev.cairn.cas.gc.Collector;
import dev.cairn.cas.repository.Repacking;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.PathText;
import dev.cairn.replicator.protocol.RepositoryName;
import dev.cairn.server.Tenants;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn gc}: gives back the space of what no retained snapshot and no branch needs. Needs no key, but to re-pack. */
@Command(
        name = "gc",
        description =
                "Give back the space of what no retained snapshot and no branch needs. Others may work meanwhile.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn gc -n",
            "  cairn gc",
            "  cairn gc --repack",
            "Next: 'cairn stats' shows what is left. What is to go is said by 'cairn forget' first."
        })
public final class GcCommand extends RepositoryCommand {

    @Parameters(
            arity = "0..1",
            paramLabel = "TENANT/REPOSITORY",
            description = "A repository of a server on this machine, which may be running; else the one of -r.")
    private @Nullable String served;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The server's data folder, with TENANT/REPOSITORY; else the user's default one.")
    private @Nullable String data;

    @Option(
            names = "--dead-share",
            paramLabel = "PERCENT",
            defaultValue = "50",
            description = "Empty and remove a volume when so much of it is dead, 0 to 100. Default: 50.")
    private int deadShare = 50;

    @Option(
            names = "--repack",
            description = {
                "Also seal anew what is left of records of which --dead-share is dead.",
                "Needs the key, and reads all file contents once."
            })
    private boolean repack;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be removed, and why.")
    private boolean dryRun;

    @Override
    protected ExitCode run() {
        if (deadShare < 0 || deadShare > 100) {
            throw CommandFailure.usage("--dead-share must be 0 to 100, not " + deadShare, "");
        }
        if (repack && served != null) {
            throw CommandFailure.usage(
                    "a server's repository cannot be re-packed without its key",
                    "Run 'cairn gc --repack' where the key is; 'cairn push --replace' brings what was sealed anew.");
        }
        Path folder = folder();
        AtomicLong marked = new AtomicLong();
        AtomicLong removed = new AtomicLong();
        try (ObjectStore store = Repository.openStore(folder, access().openOptions());
                Interruption interruption = Interruption.watch()) {
            long objects = store.stats().objects();
            CollectionProgress progress = new CollectionProgress() {
                @Override
                public void marked() {
                    marked.incrementAndGet();
                }

                @Override
                public void removed(long count) {
                    removed.addAndGet(count);
                }
            };
            Collector collector = new Collector(store, deadShare / 100.0, progress, interruption::isRequested);
            try (ProgressDisplay _ = ProgressDisplay.start(
                    "gc", "object", console(), () -> marked.get() + removed.get(), () -> objects)) {
                if (dryRun) {
                    CollectionPlan plan = collector.plan();
                    console().result(() -> json(plan), () -> GcText.plan(plan));
                } else {
                    Repacking.Result pages = repack && isHeldByBases(collector.plan())
                            ? repacked(interruption, Repacking::pages)
                            : Repacking.Result.NOTHING;
                    CollectionResult result = collector.run();
                    Repacked repacked = repack
                            ? new Repacked(pages.plus(repacked(interruption, Repacking::run)), collector.reclaim())
                            : null;
                    console().done(() -> json(result, repacked), () -> GcText.result(result, repacked, seconds()));
                    result.waiting().stream()
                            .map(session -> session.where().isBlank() ? "a command on this machine" : session.where())
                            .collect(Collectors.groupingBy(where -> where, Collectors.counting()))
                            .forEach((where, count) -> console()
                                    .message("Still in use by what began before: %s%s."
                                            .formatted(where, count > 1 ? " (" + count + " times)" : "")));
                }
            }
        }
        return ExitCode.DONE;
    }

    /**
     * What re-packing gave.
     *
     * @param reclaimed the volumes that could go then
     */
    record Repacked(Repacking.Result records, Reclaimed reclaimed) {}

    /** Whether more than a tenth of the objects is kept only because deltas build on it, or on pages that refer to it. */
    private static boolean isHeldByBases(CollectionPlan plan) {
        return 10 * plan.objectsBase() > plan.objectsLive();
    }

    /** Not beside the collection, which would wait for the session of whoever has the repository open. */
    private Repacking.Result repacked(Interruption interruption, Function<Repacking, Repacking.Result> work) {
        try (Repository repository = access().open()) {
            return work.apply(new Repacking(repository, deadShare / 100.0, interruption));
        }
    }

    /** The replica's folder, of this user or of a server. */
    private Path folder() {
        String name = served;
        if (name == null) {
            if (data != null) {
                throw CommandFailure.usage(
                        "--data needs a repository", "Name it: cairn gc --data DIR TENANT/REPOSITORY");
            }
            return access().requireFolder();
        }
        int slash = name.indexOf('/');
        if (slash < 0) {
            throw CommandFailure.usage(
                    "'%s' is not TENANT/REPOSITORY".formatted(name), "'cairn tenant list' tells which there are.");
        }
        try {
            RepositoryName repository = new RepositoryName(name.substring(0, slash), name.substring(slash + 1));
            String folder = data;
            Path dataFolder = folder == null ? cairn().places().defaultServerData() : PathText.path(folder);
            return Tenants.open(dataFolder).repository(repository);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "");
        }
    }

    private ObjectNode json(CollectionPlan plan) {
        ObjectNode node = Console.object().put("dryRun", true);
        removed(node.putArray("removed"), plan.snapshots(), plan.pages(), plan.chunks());
        node.put("bytesFreed", plan.bytesFreed());
        put(node, plan);
        node.putArray("waitingFor");
        return node.put("seconds", seconds());
    }

    private ObjectNode json(CollectionResult result, @Nullable Repacked repacked) {
        ObjectNode node = Console.object().put("dryRun", false);
        var removed = result.removed();
        removed(node.putArray("removed"), removed.snapshots(), removed.pages(), removed.chunks());
        node.put("bytesFreed", GcText.bytesFreed(result, repacked))
                .put("recordsRemoved", removed.records())
                .put("recordBytesRemoved", removed.recordBytes())
                .put("volumesRemoved", GcText.volumes(result, repacked))
                .put("bytesCopied", result.reclaimed().bytesCopied());
        if (repacked != null) {
            node.put("recordsRepacked", repacked.records().records())
                    .put("bytesRepacked", repacked.records().bytesOld())
                    .put("bytesAfterRepacking", repacked.records().bytesStored());
        }
        CollectionPlan plan = result.plan();
        if (plan != null) {
            put(node, plan);
        }
        ArrayNode waiting = node.putArray("waitingFor");
        result.waiting().forEach(session -> waiting.add(session.where()));
        return node.put("seconds", seconds());
    }

    private static void removed(ArrayNode array, long snapshots, long pages, long chunks) {
        array.addObject().put("type", "snapshot").put("objects", snapshots);
        array.addObject().put("type", "page").put("objects", pages);
        array.addObject().put("type", "chunk").put("objects", chunks);
    }

    private static void put(ObjectNode node, CollectionPlan plan) {
        node.put("objectsLive", plan.objectsLive())
                .put("objectsBase", plan.objectsBase())
                .put("bytesLive", plan.bytesLive())
                .put("bytesBase", plan.bytesBase())
                .put("bytesPartlyDead", plan.bytesPartlyDead());
        ArrayNode volumes = node.putArray("volumes");
        plan.volumes()
                .forEach(volume -> volumes.addObject()
                        .put("volume", volume.number())
                        .put("bytes", volume.bytes())
                        .put("bytesLive", volume.bytesLive())
                        .put("action", GcText.action(volume.action())));
    }
}
