package dev.cairn.cli.care;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.lmdb.LmdbObjectStore;
import dev.cairn.cas.lmdb.ScrubBudget;
import dev.cairn.cas.lmdb.ScrubProgress;
import dev.cairn.cas.lmdb.ScrubReport;
import dev.cairn.cas.lmdb.ScrubState;
import dev.cairn.cas.repository.OpenOptions;
import dev.cairn.cli.command.DryRun;
import dev.cairn.cli.command.Interruption;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.console.ProgressDisplay;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.DurationText;
import dev.cairn.cli.text.PathText;
import dev.cairn.cli.text.SizeText;
import dev.cairn.cli.text.TimeText;
import dev.cairn.server.Tenants;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code cairn scrub}: looks at stored records without any key, what was looked at longest ago first. */
@Command(
        name = "scrub",
        description =
                "Compare stored records with their checksums, those first that were looked at longest ago. Needs no"
                        + " key.",
        footerHeading = "%nExamples:%n",
        footer = {"  cairn scrub --sample 5%%", "  cairn scrub --status", "Where something is damaged: 'cairn repair'."
        })
public final class ScrubCommand extends RepositoryCommand {

    private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3})?)%?");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The data folder of a server, instead of one repository: all that it keeps.")
    private @Nullable String data;

    @Option(names = "--sample", paramLabel = "N%", description = "So much of the bytes of each repository.")
    private @Nullable String sample;

    @Option(names = "--time", paramLabel = "D", description = "For so long, such as 10m, for each repository.")
    private @Nullable String time;

    @Option(
            names = "--older-than",
            paramLabel = "D",
            description = "Only volumes that were not looked through for so long, such as 30d.")
    private @Nullable String olderThan;

    @Option(names = "--status", description = "Only tell when each volume was looked through last, and what was found.")
    private boolean status;

    @Mixin
    private final DryRun dryRun = new DryRun();

    private final AtomicLong expected = new AtomicLong();

    /** How a repository is. */
    private record Told(
            Path folder,
            @Nullable ScrubReport report,
            @Nullable String failure) {
        boolean isSound() {
            return report != null && report.isSound();
        }
    }

    @Override
    protected ExitCode run() {
        List<Told> told = new ArrayList<>();
        AtomicLong done = new AtomicLong();
        try (Interruption interruption = Interruption.watch();
                ProgressDisplay _ = ProgressDisplay.start("scrub", console(), done::get, this::total)) {
            for (Path folder : folders()) {
                told.add(scrub(folder, interruption, done));
                interruption.check();
            }
        }
        boolean sound = told.stream().allMatch(Told::isSound);
        console().checked(sound && !status, () -> json(told), () -> text(told));
        if (!sound) {
            console()
                    .message(
                            data == null
                                    ? "Next: 'cairn repair' makes whole what other copies have."
                                    : "Next: a push of a client that has the data stores it again ('cairn push'); see"
                                            + " 'After damage' in docs/operations.md.");
        }
        return sound ? ExitCode.DONE : ExitCode.DAMAGED;
    }

    /** What will be looked at, where that is known beforehand; else negative. */
    private long total() {
        return data == null && time == null && olderThan == null ? expected.get() : -1;
    }

    private List<Path> folders() {
        if (data == null) {
            return List.of(access().requireFolder());
        }
        Tenants tenants = Tenants.open(PathText.path(data));
        List<Path> folders = new ArrayList<>();
        for (String tenant : tenants.names()) {
            for (String repository : tenants.repositories(tenant)) {
                folders.add(tenants.repositoryFolder(tenant, repository));
            }
        }
        return folders;
    }

    /** A repository that cannot be opened must not keep those beside it from being looked at. */
    private Told scrub(Path folder, Interruption interruption, AtomicLong done) {
        OpenOptions open = access().openOptions();
        LmdbObjectStore.Options options =
                LmdbObjectStore.Options.DEFAULT.withLockWait(open.lockWait()).withReadOnly(status || dryRun.isWanted());
        try (LmdbObjectStore store = LmdbObjectStore.open(folder, options)) {
            if (status || dryRun.isWanted()) {
                budget(store.stats().recordBytes());
                long noted = store.notedCount();
                return new Told(folder, new ScrubReport(0, 0, 0, List.of(), noted, store.scrubs()), null);
            }
            ScrubBudget budget = budget(store.stats().recordBytes());
            expected.addAndGet(Math.min(budget.bytesMax(), store.stats().recordBytes()));
            ScrubProgress progress = new ScrubProgress() {
                @Override
                public void bytes(long count) {
                    done.addAndGet(count);
                }

                @Override
                public void damaged(CorruptDataException damage) {
                    console().always("damaged: " + folder + ": " + damage.where() + ": " + damage.reason());
                }
            };
            return new Told(
                    folder,
                    store.scrub(budget, InstantSource.system(), () -> !interruption.isRequested(), progress),
                    null);
        } catch (CorruptDataException e) {
            console().always("damaged: " + e.where() + ": " + e.reason());
            return new Told(folder, null, e.getMessage());
        } catch (StoreException e) {
            if (data == null) {
                throw e;
            }
            console().always(folder + ": " + e.getMessage());
            return new Told(folder, null, e.getMessage());
        }
    }

    private ScrubBudget budget(long recordBytes) {
        ScrubBudget all = ScrubBudget.ALL;
        return new ScrubBudget(
                sample == null ? all.bytesMax() : share(sample, recordBytes),
                time == null ? all.timeMax() : DurationText.parse("--time", time),
                olderThan == null ? all.olderThan() : DurationText.parse("--older-than", olderThan));
    }

    private static long share(String text, long bytes) {
        Matcher matcher = SHARE.matcher(text);
        double percent = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
        if (percent <= 0 || percent > 100) {
            throw CommandFailure.usage("--sample: not a share: '" + text + "'", "Write one up to 100%, such as 5%.");
        }
        return Math.max(1, Math.round(bytes * percent / 100));
    }

    private String text(List<Told> all) {
        StringBuilder text = new StringBuilder();
        for (Told told : all) {
            ScrubReport report = told.report();
            text.append(text.isEmpty() ? "" : System.lineSeparator());
            if (report == null) {
                text.append("%s: %s".formatted(told.folder(), told.failure()));
                continue;
            }
            if (dryRun.isWanted()) {
                text.append("%s: would look at %s, in this order:"
                        .formatted(told.folder(), CountText.of(report.volumes().size(), "volume")));
            } else if (!status) {
                text.append("%s: %s, %s, %,d damaged."
                        .formatted(
                                told.folder(),
                                CountText.of(report.records(), "record"),
                                SizeText.of(report.bytes()),
                                report.damageCount()));
            } else {
                text.append(
                        "%s: %s noted as damaged.".formatted(told.folder(), CountText.of(report.noted(), "record")));
            }
            report.volumes().forEach(state -> text.append("%n  %s".formatted(text(state))));
        }
        return all.isEmpty() ? "There are no repositories." : text.toString();
    }

    private static String text(ScrubState state) {
        String last =
                state.finished() == null ? "never looked through" : "looked through " + TimeText.age(state.finished());
        String way = state.isUnderWay() ? ", a round begun " + TimeText.age(state.started()) : "";
        return "volume %06d, %s: %s%s, %,d damaged"
                .formatted(state.volume(), SizeText.of(state.bytes()), last, way, state.damaged());
    }

    private ObjectNode json(List<Told> all) {
        ObjectNode node = Console.object();
        ArrayNode repositories = node.putArray("repositories");
        long records = 0;
        long bytes = 0;
        long damageCount = 0;
        for (Told told : all) {
            ObjectNode one = repositories.addObject().put("repo", told.folder().toString());
            ScrubReport report = told.report();
            if (report == null) {
                one.put("error", told.failure());
                damageCount++;
                continue;
            }
            records += report.records();
            bytes += report.bytes();
            damageCount += report.damageCount();
            one.put("records", report.records())
                    .put("bytes", report.bytes())
                    .put("damageCount", report.damageCount())
                    .put("noted", report.noted());
            ArrayNode damaged = one.putArray("damaged");
            report.damaged().forEach(damaged::add);
            ArrayNode volumes = one.putArray("volumes");
            report.volumes().forEach(state -> volume(volumes.addObject(), state));
        }
        return dryRun.mark(node.put("records", records))
                .put("bytes", bytes)
                .put("damageCount", damageCount)
                .put("seconds", seconds());
    }

    private static void volume(ObjectNode node, ScrubState state) {
        node.put("volume", state.volume())
                .put("bytes", state.bytes())
                .put("started", state.started() == null ? null : state.started().toString())
                .put(
                        "finished",
                        state.finished() == null ? null : state.finished().toString())
                .put("underWay", state.isUnderWay())
                .put("damaged", state.damaged());
    }
}
