package dev.cairn.replicator;

import dev.cairn.replicator.protocol.Response;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a diff: records of pages and snapshots in the order of a {@link PageWalk}, gathered by record a window at a
 * time. Memory: the walk's, and {@value #WINDOW_PAGES} ids.
 */
final class DiffStream implements ResponseStream {

    private static final int WINDOW_PAGES = 2048;

    private final StoredObjects objects;
    private final PageWalk walk;
    private final RecordGrouping grouping = new RecordGrouping();
    private final Queue<RecordGrouping.Group> ready = new ArrayDeque<>();
    private final long skip;
    private long count;
    private boolean walked;

    DiffStream(StoredObjects objects, PageWalk walk, long skip) {
        this.objects = objects;
        this.walk = walk;
        this.skip = skip;
    }

    @Override
    public Response next() {
        while (true) {
            RecordGrouping.@Nullable Group group = ready.poll();
            if (group != null) {
                count++;
                if (count > skip) {
                    return new Response.DiffRecord(objects.read(group.ref()).bytes(), group.due());
                }
            } else if (walked) {
                return new Response.End(count);
            } else {
                fill();
            }
        }
    }

    private void fill() {
        while (grouping.pages() < WINDOW_PAGES) {
            PageWalk.Visit visit = walk.next();
            if (visit == null) {
                walked = true;
                break;
            }
            grouping.add(visit);
        }
        ready.addAll(grouping.take());
    }
}
