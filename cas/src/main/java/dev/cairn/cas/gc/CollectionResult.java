package dev.cairn.cas.gc;

import dev.cairn.cas.Collectable.OpenSession;
import dev.cairn.cas.Collectable.Reclaimed;
import dev.cairn.cas.Collectable.Removed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a collection did.
 *
 * @param plan what was found; null where an earlier collection still waits, so that nothing new was looked for
 * @param removed from the index
 * @param reclaimed what became of volumes
 * @param waiting open sessions that began before: what is condemned stays until they end, and the next collection goes on
 */
public record CollectionResult(
        @Nullable CollectionPlan plan, Removed removed, Reclaimed reclaimed, List<OpenSession> waiting) {}
