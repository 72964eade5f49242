package dev.cairn.cli.care;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.RecordFinding;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.verify.Damage;
import dev.cairn.cas.snapshot.verify.Verification;
import dev.cairn.cas.snapshot.verify.VerificationProgress;
import dev.cairn.cas.snapshot.verify.VerificationResult;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn verify}: reads the repository, or one snapshot, and says what is damaged. */
@Command(
        name = "verify",
        description = "Check that nothing is damaged or missing.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn verify", "  cairn verify --data", "Where something is damaged: 'cairn repair'."})
public final class VerifyCommand extends RepositoryCommand {

    @Parameters(arity = "0..1", paramLabel = "SNAPSHOT", description = "Only this snapshot; everything without it.")
    private @Nullable String place;

    @Option(names = "--data", description = "Read contents too, every byte.")
    private boolean data;

    @Mixin
    private final DryRun dryRun = new DryRun();

    @Override
    protected ExitCode run() {
        VerificationResult result;
        long lost;
        DamageList damage = new DamageList(console());
        try (Repository repository = access().open(dryRun)) {
            AtomicLong done = new AtomicLong();
            SnapshotPlace found = place == null ? null : SnapshotPlace.findWhole(repository, place);
            long total = !data
                    ? -1
                    : found == null
                            ? repository.store().stats().recordBytes()
                            : found.snapshot().description().totals().bytes();
            try (Interruption interruption = Interruption.watch();
                    damage;
                    ProgressDisplay _ = ProgressDisplay.start("verify", console(), done::get, () -> total)) {
                Verification verification = new Verification(repository, progress(done, damage), interruption);
                result = found == null
                        ? verification.repository(data)
                        : verification.snapshot(found.snapshot().id(), data);
                lost = verification.lost().size();
                note(repository, verification.findings());
            }
        }
        console()
                .checked(
                        result.isSound(),
                        () -> damage.count(json(result), lost),
                        () -> text(result, damage.summary(lost)));
        if (!result.isSound()) {
            console()
                    .message("Next: 'cairn repair' makes whole what can be made whole: from the volumes, from every"
                            + " remote, and from other copies that you name with --from. 'cairn snapshot' stores again"
                            + " what still stands at its source.");
        }
        return result.isSound() ? ExitCode.DONE : ExitCode.DAMAGED;
    }

    /** What was found is kept, so that whoever has it brings it again. Who may only read has found it all the same. */
    private void note(Repository repository, List<RecordFinding> findings) {
        if (dryRun.isWanted()) {
            return;
        }
        try {
            repository.store().note(findings);
        } catch (StoreException e) {
            console().message("What is damaged could not be noted: " + e.getMessage());
        }
    }

    private VerificationProgress progress(AtomicLong done, DamageList list) {
        return new VerificationProgress() {
            @Override
            public void bytes(long count) {
                done.addAndGet(count);
            }

            @Override
            public void damaged(Damage damage) {
                list.add(damage);
            }
        };
    }

    private String text(VerificationResult result, String damage) {
        String read = (place == null ? objects(result) : entries(result)) + ", in %.1f s".formatted(seconds());
        return result.isSound() ? "Nothing is damaged: " + read + "." : damage + " Beside that nothing: " + read + ".";
    }

    private String objects(VerificationResult result) {
        return "%s, %s %s"
                .formatted(
                        CountText.of(result.objects(), "object"),
                        SizeText.of(result.bytes()),
                        data ? "with all contents" : "without contents");
    }

    /** Of one snapshot its files and folders are counted, and bytes only where they are read. */
    private String entries(VerificationResult result) {
        String count = result.objects() == 1 ? "1 file or folder" : "%,d files and folders".formatted(result.objects());
        return data
                ? "%s, %s with all contents".formatted(count, SizeText.of(result.bytes()))
                : count + ", whose contents are there and were not read";
    }

    private ObjectNode json(VerificationResult result) {
        ObjectNode node = Console.object()
                .put("objects", result.objects())
                .put("bytes", result.bytes())
                .put("damageCount", result.damageCount())
                .put("data", data)
                .put("seconds", seconds());
        ArrayNode damaged = node.putArray("damaged");
        result.damaged().forEach(damage -> DamageText.add(damaged, damage));
        return node;
    }
}
