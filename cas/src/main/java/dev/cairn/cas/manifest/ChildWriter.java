package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the children of a page in the order in which it refers to them, each once. The n-th reference means the next child
 * not yet referred to, unless it is listed as a repetition; so a page without repetitions spends one byte on all of them.
 *
 * <p>Repetitions are written as their count, then for each the references between it and the one before, and the position of
 * the child.
 */
final class ChildWriter {

    private final List<ObjectId> children = new ArrayList<>();
    private final Map<ObjectId, Integer> positions = new HashMap<>();
    private final BodyWriter repetitions = new BodyWriter();
    private int repetitionCount;
    private int sinceRepetition;

    /** The next reference is to {@code id}. */
    void add(ObjectId id) {
        Integer position = positions.putIfAbsent(id, children.size());
        if (position == null) {
            children.add(id);
            sinceRepetition++;
        } else {
            repetitions.writeNumber(sinceRepetition);
            repetitions.writeNumber(position);
            repetitionCount++;
            sinceRepetition = 0;
        }
    }

    List<ObjectId> children() {
        return children;
    }

    void writeRepetitions(BodyWriter body) {
        body.writeNumber(repetitionCount);
        body.writeBytes(repetitions.toBytes());
    }
}
