package dev.cairn.cas.snapshot.capture;

import java.io.IOException;

/** A tree that comes into a snapshot by another way than a walk, such as an archive. */
@FunctionalInterface
public interface TreeSource {

    /**
     * Gives all there is: contents as they come, in any order, then the entries in the order of their paths.
     *
     * @throws IOException if it cannot be read to its end; nothing is added to the branch then
     */
    void bring(TreeIntake intake) throws IOException;
}
