package dev.cairn.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Option;

/** Whether a command only says what it would do. */
public final class DryRun {

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be done; write nothing, here or elsewhere.")
    private boolean wanted;

    /** One that is always wanted: for commands that only look. */
    public static DryRun always() {
        DryRun dryRun = new DryRun();
        dryRun.wanted = true;
        return dryRun;
    }

    /** Whether nothing is to be written. */
    public boolean isWanted() {
        return wanted;
    }

    /** One of two ways to say it: what would be done, or what was. */
    public String said(String would, String done) {
        return wanted ? would : done;
    }

    /** Says in a document which of the two it is. */
    public ObjectNode mark(ObjectNode node) {
        return node.put("dryRun", wanted);
    }
}
