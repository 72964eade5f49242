package dev.cairn.cli.key;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.repository.Resealing;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.remote.Remotes;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cairn key rotate}: a new seal key; and, as asked, old records sealed anew and old keys destroyed. */
@Command(
        name = "rotate",
        description = "Seal what comes under a new key; with --reseal also what there is, with --finish for good.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn key rotate",
            "  cairn key rotate --reseal",
            "Next: 'cairn push --replace', then 'cairn key rotate --finish --sent'."
        })
final class KeyRotateCommand extends RepositoryCommand {

    /** So many damaged records are named; all are counted. */
    private static final int DAMAGED_MAX = 100;

    @Option(
            names = "--reseal",
            description = "Seal old records anew. Begins an epoch, or goes on with what an earlier run left.")
    private boolean reseal;

    @Option(
            names = "--finish",
            description = "Destroy the old keys: begins no epoch, and takes that no record is left under them.")
    private boolean finish;

    @Option(
            names = "--sent",
            description = "With --finish: every remote has the records sealed anew ('cairn push --replace').")
    private boolean sent;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Say what there is to do, and do nothing.")
    private boolean dryRun;

    private final List<String> damaged = new ArrayList<>();
    private long damagedCount;

    /** What became of it. */
    private record Done(
            boolean begun,
            int epoch,
            Resealing.@Nullable Result resealed,
            SortedMap<Integer, ObjectStore.EpochUse> left,
            Set<Integer> destroyed) {}

    @Override
    protected ExitCode run() throws IOException {
        try (Repository repository = access().open()) {
            Done done = dryRun ? planned(repository) : carriedOut(repository);
            console().done(() -> json(repository, done), () -> text(done));
            next(done);
        }
        return damagedCount > 0 ? ExitCode.DAMAGED : ExitCode.DONE;
    }

    /** An epoch begins unless there is something left to do under the newest one, or old ones are only to be ended. */
    private boolean isBegun(Repository repository) {
        return reseal ? Resealing.left(repository).isEmpty() : !finish;
    }

    private Done planned(Repository repository) {
        boolean begun = isBegun(repository);
        SortedMap<Integer, ObjectStore.EpochUse> left =
                begun ? repository.store().epochs() : Resealing.left(repository);
        return new Done(begun, repository.configuration().epoch(), null, left, Set.of());
    }

    private Done carriedOut(Repository repository) throws IOException {
        if (finish) {
            requireSent(repository);
        }
        boolean begun = isBegun(repository);
        if (begun) {
            repository.keyring().rotate();
        }
        Resealing.Result resealed = reseal ? reseal(repository) : null;
        Set<Integer> destroyed = finish ? repository.keyring().destroyOldKeys() : Set.of();
        return new Done(begun, repository.configuration().epoch(), resealed, Resealing.left(repository), destroyed);
    }

    /** A remote that still has old records would be noise to every clone of it: that is not found out from here. */
    private void requireSent(Repository repository) throws IOException {
        Set<String> remotes = Remotes.read(repository.folder()).all().keySet();
        if (!remotes.isEmpty() && !sent) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "%s may still have records that only the old keys open".formatted(String.join(", ", remotes)),
                    "Send what was sealed anew to each with 'cairn push --replace REMOTE', then say --finish --sent.");
        }
    }

    private Resealing.Result reseal(Repository repository) {
        AtomicLong bytes = new AtomicLong();
        long total = Resealing.left(repository).values().stream()
                .mapToLong(ObjectStore.EpochUse::bytes)
                .sum();
        try (Interruption interruption = Interruption.watch();
                ProgressDisplay _ = ProgressDisplay.start("reseal", console(), bytes::get, () -> total)) {
            return new Resealing(repository, interruption, new Resealing.Progress() {
                        @Override
                        public void bytes(long count) {
                            bytes.addAndGet(count);
                        }

                        @Override
                        public void damaged(String where, String reason) {
                            damagedCount++;
                            String line = where + ": " + reason;
                            console().always("damaged: " + line);
                            if (damaged.size() < DAMAGED_MAX) {
                                damaged.add(line);
                            }
                        }
                    })
                    .run();
        }
    }

    private ObjectNode json(Repository repository, Done done) {
        ObjectNode node = Console.object()
                .put("repository", repository.id().toString())
                .put("epoch", done.epoch)
                .put("begun", done.begun)
                .put("dryRun", dryRun)
                .put("recordsResealed", done.resealed == null ? 0 : done.resealed.records())
                .put("bytesResealed", done.resealed == null ? 0 : done.resealed.bytesOld())
                .put("bytesStored", done.resealed == null ? 0 : done.resealed.bytesStored());
        KeyListCommand.putEpochs(node.putArray("left"), done.left, repository.configuration());
        ArrayNode destroyed = node.putArray("destroyed");
        done.destroyed.forEach(destroyed::add);
        ArrayNode damages = node.put("damagedCount", damagedCount).putArray("damaged");
        damaged.forEach(damages::add);
        return node.put("seconds", seconds());
    }

    private String text(Done done) {
        if (dryRun) {
            return "%s. To be sealed anew: %s."
                    .formatted(done.begun ? "A new epoch would begin" : "No epoch would begin", amount(done.left));
        }
        StringBuilder text = new StringBuilder(
                done.begun
                        ? "Epoch %d begun: what comes is sealed under a new key.".formatted(done.epoch)
                        : "Epoch %d is the newest.".formatted(done.epoch));
        Resealing.Result resealed = done.resealed;
        if (resealed != null) {
            text.append("%nSealed anew: %s, %s; stored: %s."
                    .formatted(
                            CountText.of(resealed.records(), "record"),
                            SizeText.of(resealed.bytesOld()),
                            SizeText.of(resealed.bytesStored())));
        }
        if (!done.destroyed.isEmpty()) {
            text.append("%nDestroyed: the keys of %s.".formatted(epochs(done.destroyed)));
        }
        return text.toString();
    }

    private static String epochs(Set<Integer> numbers) {
        return (numbers.size() == 1 ? "epoch " : "epochs ")
                + numbers.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String amount(SortedMap<Integer, ObjectStore.EpochUse> left) {
        return "%s, %s"
                .formatted(
                        CountText.of(
                                left.values().stream()
                                        .mapToLong(ObjectStore.EpochUse::records)
                                        .sum(),
                                "record"),
                        SizeText.of(left.values().stream()
                                .mapToLong(ObjectStore.EpochUse::bytes)
                                .sum()));
    }

    private void next(Done done) {
        if (dryRun) {
            return;
        }
        if (done.resealed == null && !done.left.isEmpty()) {
            console()
                    .message("Under older keys: " + amount(done.left) + ". Next: 'cairn push' tells the remotes;"
                            + " 'cairn key rotate --reseal' seals that anew too.");
        } else if (damagedCount > 0) {
            console().message("Next: 'cairn repair' fetches what is damaged from a remote; then run this again.");
        } else if (!done.left.isEmpty()) {
            console()
                    .message("Another process sealed " + amount(done.left)
                            + " under an old key meanwhile. Next: run this again when it has ended.");
        } else if (finish && done.destroyed.isEmpty()) {
            console().message("There were no old keys left to destroy.");
        } else if (done.destroyed.isEmpty()) {
            console()
                    .message("Next: 'cairn push --replace' sends it in place of what a remote has; then"
                            + " 'cairn key rotate --finish' destroys the old keys.");
        } else {
            console().message("Next: 'cairn push' tells the remotes.");
        }
    }
}
