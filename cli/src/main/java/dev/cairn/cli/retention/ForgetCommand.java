package dev.cairn.cli.retention;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.gc.RetentionCandidate;
import dev.cairn.cas.gc.RetentionDecision;
import dev.cairn.cas.gc.RetentionPlan;
import dev.cairn.cas.gc.RetentionPolicy;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.command.SnapshotPlace;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.ShownText;
import dev.cairn.cli.text.TimeText;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cairn forget}: takes snapshots off the list of those that are kept, by a policy or by name. */
@Command(
        name = "forget",
        description =
                "Take snapshots off the list of those that are kept, by rules or by name. What a branch points at and"
                        + " what is pinned stays. Space is given back by 'cairn gc'.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn forget --keep-daily 7 --keep-weekly 5 --keep-monthly 12 -n",
            "  cairn forget 3f9a1c0b",
            "Next: 'cairn gc' gives the space back; the files that other snapshots have stay."
        })
public final class ForgetCommand extends RepositoryCommand {

    @Parameters(arity = "0..*", paramLabel = "SNAPSHOT", description = "These snapshots, in place of rules.")
    private List<String> places = List.of();

    @Mixin
    private KeepOptions keep = new KeepOptions();

    @Option(names = "--branch", paramLabel = "B", description = "Apply the rules to this branch only.")
    private @Nullable String branch;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be kept, and why.")
    private boolean dryRun;

    @Override
    protected ExitCode run() {
        RetentionPolicy policy = keep.policy();
        if (policy.isEmpty() == places.isEmpty()) {
            throw CommandFailure.usage(
                    policy.isEmpty() ? "no rule says what to keep" : "rules and snapshots cannot be given together",
                    "Give rules, such as --keep-last 7 --keep-monthly 12, or the snapshots to forget.");
        }
        if (branch != null && !places.isEmpty()) {
            throw CommandFailure.usage("--branch goes with rules", "Leave it out where snapshots are named.");
        }
        try (Repository repository = access().open()) {
            RetentionGroups groups = new RetentionGroups(repository);
            if (places.isEmpty()) {
                byPolicy(repository, groups, policy);
            } else {
                byName(repository, groups);
            }
        }
        return ExitCode.DONE;
    }

    private void byPolicy(Repository repository, RetentionGroups groups, RetentionPolicy policy) {
        if (branch != null) {
            BranchArgument.require(repository, branch);
        }
        RetentionPlan plan =
                RetentionPlan.of(policy, branch == null ? groups.all() : groups.only(branch), Instant.now());
        if (!plan.emptied().isEmpty()) {
            throw CommandFailure.usage(
                    "these rules keep no snapshot of " + shown(plan.emptied().getFirst()),
                    "Nothing was forgotten. Add a rule that keeps some, or give each branch rules of its own with"
                            + " --branch.");
        }
        groups.unreadable().forEach(console()::always);
        List<ObjectId> removed =
                plan.removed().stream().map(RetentionCandidate::snapshot).toList();
        forget(repository, groups, removed);
        console().done(() -> json(plan, removed), () -> text(plan, removed));
        hint(removed);
    }

    private void byName(Repository repository, RetentionGroups groups) {
        Set<ObjectId> named = new LinkedHashSet<>();
        for (String place : places) {
            ObjectId snapshot = SnapshotPlace.id(repository, place);
            groups.objections(snapshot).stream().findFirst().ifPresent(objection -> {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "snapshot %s cannot be forgotten: %s".formatted(snapshot.abbreviated(), objection),
                        "Nothing was forgotten. 'cairn pin SNAPSHOT --remove' takes a pin away, 'cairn branch delete"
                                + " NAME' a branch.");
            });
            named.add(snapshot);
        }
        List<ObjectId> removed = List.copyOf(named);
        forget(repository, groups, removed);
        console()
                .done(
                        () -> json(removed),
                        () -> (dryRun ? "Would forget " : "Forgot ") + CountText.of(removed.size(), "snapshot") + ".");
        hint(removed);
    }

    private void forget(Repository repository, RetentionGroups groups, List<ObjectId> removed) {
        if (!dryRun && !removed.isEmpty()) {
            repository.notes().forget(removed.stream().map(groups::retained).toList());
        }
    }

    private void hint(List<ObjectId> removed) {
        if (!dryRun && !removed.isEmpty()) {
            console()
                    .message("Next: 'cairn gc' gives the space back. Other replicas forget them by their next push or"
                            + " pull.");
        }
    }

    private static String shown(String group) {
        return group.equals(RetentionGroups.NO_BRANCH) ? "those in no branch" : "branch '" + group + "'";
    }

    private ObjectNode json(List<ObjectId> removed) {
        ObjectNode node = Console.object();
        ArrayNode array = node.putArray("removed");
        removed.forEach(id -> array.add(id.toString()));
        return node.put("bytesFreed", 0).put("dryRun", dryRun).put("seconds", seconds());
    }

    private ObjectNode json(RetentionPlan plan, List<ObjectId> removed) {
        ObjectNode node = json(removed);
        ArrayNode groups = node.putArray("groups");
        plan.groups().forEach((name, decisions) -> {
            ObjectNode group = groups.addObject();
            group.put("branch", name.equals(RetentionGroups.NO_BRANCH) ? null : name);
            ArrayNode snapshots = group.putArray("snapshots");
            for (RetentionDecision decision : decisions) {
                ObjectNode one = snapshots
                        .addObject()
                        .put("snapshot", decision.candidate().snapshot().toString())
                        .put("time", decision.candidate().time().toString())
                        .put("kept", !removed.contains(decision.candidate().snapshot()));
                ArrayNode reasons = one.putArray("reasons");
                decision.reasons().forEach(reasons::add);
            }
        });
        return node;
    }

    private String text(RetentionPlan plan, List<ObjectId> removed) {
        StringBuilder text = new StringBuilder();
        if (dryRun || console().verbose()) {
            Set<ObjectId> gone = Set.copyOf(removed);
            for (Map.Entry<String, List<RetentionDecision>> group :
                    plan.groups().entrySet()) {
                text.append(shown(group.getKey())).append(System.lineSeparator());
                for (RetentionDecision decision : group.getValue()) {
                    boolean goes = gone.contains(decision.candidate().snapshot());
                    text.append("  %-6s  %s  %s  %s%n"
                            .formatted(
                                    goes ? "forget" : "keep",
                                    decision.candidate().snapshot().abbreviated(),
                                    TimeText.shown(decision.candidate().time()),
                                    String.join(
                                            ", ",
                                            decision.reasons().stream()
                                                    .map(ShownText::oneLine)
                                                    .toList())));
                }
            }
        }
        long all = plan.groups().values().stream()
                .flatMap(List::stream)
                .map(decision -> decision.candidate().snapshot())
                .distinct()
                .count();
        return text.append("%s %s of %,d."
                        .formatted(dryRun ? "Would forget" : "Forgot", CountText.of(removed.size(), "snapshot"), all))
                .toString();
    }
}
