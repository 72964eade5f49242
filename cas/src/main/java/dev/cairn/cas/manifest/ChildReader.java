package dev.cairn.cas.manifest;

import dev.cairn.cas.ObjectId;
import java.util.HashSet;
import java.util.List;

/** Resolves references to children, as {@link ChildWriter} collected them. Checks that every child is referred to. */
final class ChildReader {

    private final BodyReader body;
    private final String noun;
    private final List<ObjectId> children;
    private final int[] gaps;
    private final int[] positions;
    private int fresh;
    private int repetition;
    private int sinceRepetition;

    /** Reads the repetitions from {@code body}; they take no more memory than they take bytes. */
    ChildReader(List<ObjectId> children, BodyReader body, String noun) {
        this.children = children;
        this.body = body;
        this.noun = noun;
        if (new HashSet<>(children).size() != children.size()) {
            throw body.corrupt("every child once", "one of the " + children.size() + " " + noun + " twice");
        }
        int count = body.readCount(Integer.MAX_VALUE, 2, "repeated " + noun);
        gaps = new int[count];
        positions = new int[count];
        for (int i = 0; i < count; i++) {
            gaps[i] = body.readInt(children.size(), "references before a repetition");
            positions[i] = body.readInt(Math.max(0, children.size() - 1), "position of a child");
        }
    }

    /** The child that the next reference means. */
    ObjectId next() {
        if (repetition < gaps.length && gaps[repetition] == sinceRepetition) {
            int position = positions[repetition++];
            sinceRepetition = 0;
            if (position >= fresh) {
                throw body.corrupt("a repetition of a child seen before", noun + " " + position);
            }
            return children.get(position);
        }
        if (fresh == children.size()) {
            throw body.corrupt("a child of the page", "a reference beyond its " + fresh + " " + noun);
        }
        sinceRepetition++;
        return children.get(fresh++);
    }

    void requireEnd() {
        if (fresh != children.size() || repetition != gaps.length) {
            throw body.corrupt(
                    "references to all children",
                    "%d of %d %s, %d of %d repetitions"
                            .formatted(fresh, children.size(), noun, repetition, gaps.length));
        }
    }
}
