package dev.cairn.cli.completion;

import picocli.CommandLine.Model.CommandSpec;

/**
 * The script by which a shell completes a command line. Names of branches, snapshots, remotes and tags it asks the program for
 * ({@code cairn complete}); all else stands in it.
 */
enum CompletionScript {
    BASH {
        @Override
        String of(Outline program) {
            return BashTables.script(program);
        }
    },
    ZSH {
        @Override
        String of(Outline program) {
            return ZshTables.script(program);
        }
    },
    FISH {
        @Override
        String of(Outline program) {
            return FishTables.script(program);
        }
    };

    abstract String of(Outline program);

    /**
     * The script's text, which ends with a line's end.
     *
     * @param program the root of the commands, all of them added
     * @throws IllegalStateException if a command has an option or operand whose values nobody described
     */
    String text(CommandSpec program) {
        return of(Outline.of(program));
    }
}
