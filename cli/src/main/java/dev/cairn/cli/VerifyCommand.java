package dev.cairn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.snapshot.verify.Damage;
import dev.cairn.cas.snapshot.verify.Verification;
import dev.cairn.cas.snapshot.verify.VerificationProgress;
import dev.cairn.cas.snapshot.verify.VerificationResult;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn verify}: reads the repository, or one snapshot, and says what is damaged. */
@Command(name = "verify", description = "Check that nothing is damaged or missing.")
final class VerifyCommand extends RepositoryCommand {

    @Parameters(arity = "0..1", paramLabel = "SNAPSHOT", description = "Only this snapshot; everything without it.")
    private @Nullable String place;

    @Option(names = "--data", description = "Read contents too, every byte.")
    private boolean data;

    @Override
    ExitCode run() {
        VerificationResult result;
        try (Repository repository = access().open()) {
            AtomicLong done = new AtomicLong();
            long total = data && place == null ? repository.store().stats().recordBytes() : -1;
            try (Interruption interruption = Interruption.watch();
                    ProgressDisplay _ = ProgressDisplay.start("verify", console(), done::get, () -> total)) {
                Verification verification = new Verification(repository, progress(done), interruption);
                result = place == null
                        ? verification.repository(data)
                        : verification.snapshot(
                                SnapshotPlace.find(repository, place).snapshot().id(), data);
            }
        }
        console().result(() -> json(result), () -> text(result));
        if (!result.isSound()) {
            console()
                    .message("Next: 'cairn repair' rebuilds a damaged index; 'cairn pull' fetches what is lacking from"
                            + " a remote.");
        }
        return result.isSound() ? ExitCode.DONE : ExitCode.DAMAGED;
    }

    private VerificationProgress progress(AtomicLong done) {
        return new VerificationProgress() {
            @Override
            public void bytes(long count) {
                done.addAndGet(count);
            }

            @Override
            public void damaged(Damage damage) {
                console().always("damaged: " + shown(damage));
            }
        };
    }

    private static String shown(Damage damage) {
        EntryPath path = damage.path();
        String place = path == null ? damage.where() : path + " (" + damage.where() + ")";
        return place + ": " + damage.reason();
    }

    private String text(VerificationResult result) {
        String read = "%s, %s %s, in %.1f s"
                .formatted(
                        CountText.of(result.objects(), "object"),
                        SizeText.of(result.bytes()),
                        data ? "with all contents" : "without contents",
                        seconds());
        return result.isSound()
                ? "Nothing is damaged: " + read + "."
                : "%,d damaged of %s; they are listed above.".formatted(result.damageCount(), read);
    }

    private ObjectNode json(VerificationResult result) {
        ObjectNode node = Console.object()
                .put("objects", result.objects())
                .put("bytes", result.bytes())
                .put("damageCount", result.damageCount())
                .put("data", data)
                .put("seconds", seconds());
        ArrayNode damaged = node.putArray("damaged");
        for (Damage damage : result.damaged()) {
            ObjectNode one = damaged.addObject().put("where", damage.where()).put("reason", damage.reason());
            if (damage.snapshot() != null) {
                one.put("snapshot", damage.snapshot().toString());
            }
            EntryPath path = damage.path();
            if (path != null) {
                Console.putPath(one, path.bytes());
            }
        }
        return node;
    }
}
