package dev.cairn.cli;

import dev.cairn.cli.failure.ExitCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code cairn help} tells beside the commands: things that several of them have in common. */
enum HelpTopic {
    EXIT_CODES("what a command ends with") {
        @Override
        String text() {
            return Stream.of(ExitCode.values())
                    .map(code -> "%4d  %-13s  %s".formatted(code.number(), code.word(), code.meaning()))
                    .collect(Collectors.joining("\n", "exit  word           meaning\n", """


                        A command that is ended by SIGTERM or SIGHUP stops as by Ctrl-C (its word is 'interrupted'), with 143
                        or 129. 'serve' stops cleanly and ends with 0.

                        With --json an error stands on standard error as {"error":{"code":WORD,"message":...,"hint":...}}.
                        Damage (13) is told before what was done in part (3).
                        """))
                    .stripTrailing();
        }
    },
    ENVIRONMENT("variables that are looked at") {
        @Override
        String text() {
            return """
                CAIRN_REPO            the repository, where -r does not name one
                CAIRN_KEY_FILE        its key file, where --key-file does not name one
                CAIRN_PASSWORD_FILE   a file with its password in the first line
                CAIRN_PASSWORD        its password; a file is safer, since other programs may see the environment
                CAIRN_CONFIG          the file of profiles, where --config does not name one
                CAIRN_SERVER_...      settings of 'cairn serve', such as CAIRN_SERVER_LISTEN; before those of its file
                CAIRN_LOG             what is logged on standard error: off, warn (as it is), info, debug, trace
                CAIRN_DEBUG           set: where an error happened in the program is shown
                CAIRN_JAVA_HOME       the JDK of the launcher, before JAVA_HOME, PATH and the usual folders
                CAIRN_JAVA_OPTS       options of the JVM after those of the launcher, such as -Xmx1g
                NO_COLOR              set: no colours in help texts
                TERM                  "dumb", or not set: no progress bar, a line every ten seconds instead

                XDG_DATA_HOME         holds cairn/default, the default repository, and cairn/server  (~/.local/share)
                XDG_CONFIG_HOME       holds cairn/keys/ID.key, and cairn/device.key                  (~/.config)
                XDG_STATE_HOME        holds cairn/seen, what was seen of remotes                     (~/.local/state)

                A profile's hooks are told CAIRN_HOOK, CAIRN_PROFILE, CAIRN_COMMAND, CAIRN_REPOSITORY, CAIRN_SNAPSHOT,
                CAIRN_EXIT_CODE and CAIRN_ERROR.

                A key source that was given is used and no other: set and empty is an error.\
                """;
        }
    },
    SNAPSHOT_NAMES("how SNAPSHOT and SNAPSHOT:PATH are written") {
        @Override
        String text() {
            return """
                3f9a1c0b              an id, or six or more of its first digits, if no other begins so
                main                  a branch: its newest snapshot
                main~2                the second one before it
                main@{yesterday}      the newest of the branch that was made by then; also @{2d}, @{36h},
                                      @{2026-11-01}, @{2026-11-01T10:00}

                main:photos/2025      a file or folder in a snapshot, without a slash in front
                main:                 all of it

                A snapshot of one folder has that folder's content at its root. One of several paths, or of a file, keeps
                each under its whole path: /home/ada/notes is main:home/ada/notes. 'cairn ls main' shows it.\
                """;
        }
    },
    PATTERNS("what --exclude and files of patterns take") {
        @Override
        String text() {
            return """
                Patterns are those of .gitignore, against paths as they stand in the snapshot.

                *.tmp                 every file or folder of such a name, at any depth
                node_modules/         every folder of that name, with all that is in it
                /build                only at the root of the snapshot
                docs/**/*.pdf         below docs, at any depth
                !keep.tmp             not this one, though an earlier pattern has it

                cairn snapshot ~/work --exclude '*.tmp' --exclude-file patterns.txt
                Quote a pattern, or the shell fills it in first.\
                """;
        }
    },
    PROGRESS("how progress is told, to people and to programs") {
        @Override
        String text() {
            return """
                On a terminal whatever lasts longer than a second shows a bar, with its rate and the time left. Elsewhere a
                line every ten seconds; with -q nothing.

                --progress-json FD tells it to a program as well, a JSON document a line, to a file descriptor that the
                program opened:

                cairn --progress-json 3 push 3>progress.jsonl
                {"event":"progress","command":"push","phase":"push","done":1048576,"total":null,"unit":"bytes",
                 "rate":524288,"etaSeconds":null,"seconds":2.0}

                event is start, progress or end; several phases may follow one another, or run at once. Documents are left
                out where the reader is slow.\
                """;
        }
    };

    private final String title;

    HelpTopic(String title) {
        this.title = title;
    }

    /** The topic itself. */
    abstract String text();

    /** As it is asked for. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String title() {
        return title;
    }

    /** The topic of that name. */
    static Optional<HelpTopic> of(String word) {
        return Arrays.stream(values())
                .filter(topic -> topic.word().equals(word))
                .findFirst();
    }

    /** The names of all. */
    static List<String> words() {
        return Arrays.stream(values()).map(HelpTopic::word).toList();
    }
}
