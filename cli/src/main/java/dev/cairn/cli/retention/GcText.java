package dev.cairn.cli.retention;

import dev.cairn.cas.Collectable.Removed;
import dev.cairn.cas.gc.CollectionPlan;
import dev.cairn.cas.gc.CollectionResult;
import dev.cairn.cas.gc.VolumePlan;
import dev.cairn.cli.text.CountText;
import dev.cairn.cli.text.SizeText;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code cairn gc} says to people. */
final class GcText {

    private GcText() {}

    static String action(VolumePlan.Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    static String plan(CollectionPlan plan) {
        StringBuilder text = new StringBuilder("Nothing was changed. Nothing retained needs %s, %s and %s: %s in %s."
                .formatted(
                        CountText.of(plan.snapshots(), "snapshot"),
                        CountText.of(plan.pages(), "page"),
                        CountText.of(plan.chunks(), "chunk"),
                        SizeText.of(plan.bytesDead()),
                        CountText.of(plan.recordsDead(), "record")));
        text.append("%n%s stay, %s of them kept only as bases of deltas."
                .formatted(SizeText.of(plan.bytesLive()), SizeText.of(plan.bytesBase())));
        if (plan.bytesPartlyDead() > 0) {
            text.append("%n%s are in records that stay because a part of them is needed."
                    .formatted(SizeText.of(plan.bytesPartlyDead())));
        }
        if (plan.objectsNew() > 0) {
            text.append("%n%s came meanwhile: the next gc looks at them."
                    .formatted(CountText.of(plan.objectsNew(), "object")));
        }
        for (VolumePlan volume : plan.volumes()) {
            text.append("%nVolume %06d, %s: ".formatted(volume.number(), SizeText.of(volume.bytes())))
                    .append(
                            switch (volume.action()) {
                                case KEEP -> "stays, %s of it live".formatted(SizeText.of(volume.bytesLive()));
                                case EMPTY ->
                                    "%s of %s in it stay: they are copied, and it goes"
                                            .formatted(
                                                    SizeText.of(volume.bytesLive()),
                                                    SizeText.of(volume.bytesWritten()));
                                case REMOVE -> "nothing in it stays: it goes";
                            });
        }
        return text.append("%n%s would be free.".formatted(SizeText.of(plan.bytesFreed())))
                .toString();
    }

    /** Before re-packing and after it. What re-packing wrote is taken off. */
    static long bytesFreed(CollectionResult result, GcCommand.@Nullable Repacked repacked) {
        return result.reclaimed().bytesFreed()
                + (repacked == null
                        ? 0
                        : repacked.reclaimed().bytesFreed() - repacked.records().bytesStored());
    }

    static int volumes(CollectionResult result, GcCommand.@Nullable Repacked repacked) {
        return result.reclaimed().volumes()
                + (repacked == null ? 0 : repacked.reclaimed().volumes());
    }

    static String result(CollectionResult result, GcCommand.@Nullable Repacked repacked, double seconds) {
        Removed removed = result.removed();
        StringBuilder text = new StringBuilder("Removed %s, %s and %s, and %s: %s are free, in %.1f s."
                .formatted(
                        CountText.of(removed.snapshots(), "snapshot"),
                        CountText.of(removed.pages(), "page"),
                        CountText.of(removed.chunks(), "chunk"),
                        CountText.of(volumes(result, repacked), "volume"),
                        SizeText.of(Math.max(0, bytesFreed(result, repacked))),
                        seconds));
        if (repacked != null) {
            text.append("%nSealed anew what was left of %s: %s of %s."
                    .formatted(
                            CountText.of(repacked.records().records(), "record"),
                            SizeText.of(repacked.records().bytesStored()),
                            SizeText.of(repacked.records().bytesOld())));
        }
        CollectionPlan plan = result.plan();
        if (plan != null && 10 * plan.bytesBase() > plan.bytesLive()) {
            text.append("%n%s of %s are kept only as bases of deltas."
                    .formatted(SizeText.of(plan.bytesBase()), SizeText.of(plan.bytesLive())));
        }
        if (!result.reclaimed().kept().isEmpty()) {
            text.append("%nNot removed, for records in them do not read back: volumes %s. See 'cairn verify --data'."
                    .formatted(result.reclaimed().kept()));
        }
        if (!result.waiting().isEmpty()) {
            text.append("%nWhat others may still need stays until they end; run gc again then.".formatted());
        }
        return text.toString();
    }
}
