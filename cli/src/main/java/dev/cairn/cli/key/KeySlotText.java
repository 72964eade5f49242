package dev.cairn.cli.key;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.repository.Repository;
import dev.cairn.cas.seal.Argon2Cost;
import dev.cairn.cas.seal.Slot;
import dev.cairn.cas.seal.SlotId;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.text.ShownText;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Key slots for scripts and for people, and the one that somebody means. */
final class KeySlotText {

    /** A beginning of an id that is shorter names a slot by chance. */
    private static final int PREFIX_DIGITS_MIN = 4;

    private KeySlotText() {}

    static void put(ObjectNode node, Slot slot, SlotId inUse) {
        node.put("slot", slot.id().toString())
                .put("kind", word(slot))
                .put("label", slot.label())
                .put("created", created(slot));
        Argon2Cost cost = slot.argon2();
        if (cost == null) {
            node.putNull("kdf");
        } else {
            node.putObject("kdf")
                    .put("algorithm", "argon2id")
                    .put("memoryKib", cost.memoryKib())
                    .put("passes", cost.passes())
                    .put("lanes", cost.lanes());
        }
        node.put("inUse", slot.id().equals(inUse));
    }

    /** The kind as scripts know it: {@code key-file}. */
    static String word(Slot slot) {
        return slot.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Null where it is not known: a time of nothing but zeros. */
    private static @Nullable String created(Slot slot) {
        return slot.created().equals(Instant.EPOCH) ? null : slot.created().toString();
    }

    static String line(Slot slot, SlotId inUse) {
        Argon2Cost cost = slot.argon2();
        String kdf = cost == null
                ? ""
                : "  argon2id %d MiB, %d passes, %d lanes"
                        .formatted(cost.memoryKib() >> 10, cost.passes(), cost.lanes());
        String created = created(slot);
        return "%s  %-13s  %-20.19s  %s%s%s"
                .formatted(
                        slot.id(),
                        word(slot),
                        created == null ? "" : created,
                        ShownText.oneLine(slot.label()),
                        kdf,
                        slot.id().equals(inUse) ? "  (in use)" : "");
    }

    /** The slot of that id, or of a unique beginning of it. */
    static Slot find(Repository repository, String text) {
        String digits = text.toLowerCase(Locale.ROOT);
        List<Slot> found = repository.configuration().slots().stream()
                .filter(slot -> slot.id().toString().startsWith(digits))
                .toList();
        if (digits.length() < PREFIX_DIGITS_MIN || found.size() != 1) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    found.size() > 1 && digits.length() >= PREFIX_DIGITS_MIN
                            ? "%d key slots begin with '%s'".formatted(found.size(), text)
                            : "no key slot '%s'".formatted(text),
                    "'cairn key list' shows which there are; %d digits of the id are enough."
                            .formatted(PREFIX_DIGITS_MIN));
        }
        return found.getFirst();
    }
}
