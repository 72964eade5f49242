package dev.cairn.cli.manual;

import dev.cairn.cli.text.ResourceText;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * All manual pages of a program, section 1. A page for each command that is for people, named by its path
 * ({@code cairn-remote-add.1}), and one for the program.
 */
final class Manual {

    private final ManualPage.Edition edition;
    private final TreeMap<String, String> pages = new TreeMap<>();

    /**
     * Writes the pages of {@code program} and of all commands below it.
     *
     * @param version of the program, for the foot of each page
     * @param date the day that the pages are of, such as {@code 2026-11-22}
     */
    Manual(CommandSpec program, String version, String date) {
        this.edition = new ManualPage.Edition(version, date);
        add(program);
    }

    /** The pages' texts by their file names. */
    Map<String, String> pages() {
        return Map.copyOf(pages);
    }

    private void add(CommandSpec spec) {
        ManualPage page = new ManualPage(spec, edition);
        boolean isProgram = spec.parent() == null;
        pages.put(page.name() + ".1", page.text() + (isProgram ? aboutProgram() : ""));
        for (CommandLine child : spec.subcommands().values()) {
            if (!child.getCommandSpec().usageMessage().hidden()) {
                add(child.getCommandSpec());
            }
        }
    }

    /** What stands in no command. */
    private static String aboutProgram() {
        return ResourceText.beside(Manual.class, "program.man");
    }
}
