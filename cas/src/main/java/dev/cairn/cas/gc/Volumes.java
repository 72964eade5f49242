package dev.cairn.cas.gc;

import dev.cairn.cas.Collectable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Decides which volumes are worth to be given back. */
final class Volumes {

    private final Collectable store;
    private final double deadShareMin;

    /** @param deadShareMin a volume stays while a smaller share of the record bytes in it is dead */
    Volumes(Collectable store, double deadShareMin) {
        this.store = store;
        this.deadShareMin = deadShareMin;
    }

    /** What becomes of each. {@code liveBytes} has the bytes of live records by volume. */
    List<VolumePlan> plan(Map<Integer, Long> liveBytes) {
        List<VolumePlan> plans = new ArrayList<>();
        for (Collectable.Volume volume : store.volumes()) {
            long live = liveBytes.getOrDefault(volume.number(), 0L);
            long written = 0;
            VolumePlan.Action action = VolumePlan.Action.KEEP;
            if (live == 0 && !volume.isActive()) {
                action = VolumePlan.Action.REMOVE;
            } else if (live <= (1 - deadShareMin) * volume.bytes()) {
                written = store.writtenBytes(volume.number());
                // Journals count for nothing: what was just emptied would be emptied again.
                if (written > live && written - live >= deadShareMin * written) {
                    action = live == 0 ? VolumePlan.Action.REMOVE : VolumePlan.Action.EMPTY;
                }
            }
            plans.add(new VolumePlan(volume.number(), volume.bytes(), written, live, action));
        }
        return plans;
    }
}
