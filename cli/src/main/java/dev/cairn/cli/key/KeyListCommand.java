package dev.cairn.cli.key;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.ObjectStore;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.RepositoryConfiguration;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotId;
import dev.cairn.cli.command.RepositoryCommand;
import dev.cairn.cli.console.Console;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** {@code cairn key list}. */
@Command(
        name = "list",
        description = "List the key slots, and what is sealed under which epoch.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  cairn key list",
            "Next: 'cairn key add' adds a way to open the repository, 'cairn key remove SLOT' takes one away."
        })
final class KeyListCommand extends RepositoryCommand {

    @Override
    protected ExitCode run() {
        try (Repository repository = access().open()) {
            RepositoryConfiguration configuration = repository.configuration();
            SlotId inUse = repository.keyring().slotInUse();
            SortedMap<Integer, ObjectStore.EpochUse> epochs =
                    new TreeMap<>(repository.store().epochs());
            configuration.epochs().forEach(epoch -> epochs.putIfAbsent(epoch, new ObjectStore.EpochUse(0, 0)));
            console().result(() -> json(configuration, inUse, epochs), () -> text(configuration, inUse, epochs));
        }
        return ExitCode.DONE;
    }

    private ObjectNode json(
            RepositoryConfiguration configuration, SlotId inUse, SortedMap<Integer, ObjectStore.EpochUse> epochs) {
        ObjectNode node = Console.object()
                .put("repository", configuration.repositoryId().toString())
                .put("revision", configuration.revision())
                .put("epoch", configuration.epoch());
        ArrayNode slots = node.putArray("slots");
        configuration.slots().forEach(slot -> KeySlotText.put(slots.addObject(), slot, inUse));
        putEpochs(node.putArray("epochs"), epochs, configuration);
        return node.put("seconds", seconds());
    }

    static void putEpochs(
            ArrayNode array, SortedMap<Integer, ObjectStore.EpochUse> epochs, RepositoryConfiguration configuration) {
        epochs.forEach((epoch, use) -> array.addObject()
                .put("epoch", epoch)
                .put("records", use.records())
                .put("bytes", use.bytes())
                .put("opens", configuration.epochs().contains(epoch)));
    }

    private static String text(
            RepositoryConfiguration configuration, SlotId inUse, SortedMap<Integer, ObjectStore.EpochUse> epochs) {
        StringBuilder text = new StringBuilder("slot              kind           made                  label");
        for (Slot slot : configuration.slots()) {
            text.append(System.lineSeparator()).append(KeySlotText.line(slot, inUse));
        }
        epochs.forEach((epoch, use) -> text.append("%nepoch %d: %s, %s%s"
                .formatted(
                        epoch,
                        CountText.of(use.records(), "record"),
                        SizeText.of(use.bytes()),
                        epoch == configuration.epoch()
                                ? " (seals what is new)"
                                : configuration.epochs().contains(epoch) ? "" : " (its key was destroyed)")));
        return text.toString();
    }
}
