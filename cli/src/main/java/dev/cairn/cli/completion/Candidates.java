package dev.cairn.cli.completion;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What may stand for a value, as far as a shell can know it beforehand.
 *
 * @param words the values themselves, where the source is {@link Source#WORDS}; else empty
 */
record Candidates(Source source, List<String> words) {

    /** Where a shell takes values from. Those of a repository are called as {@code cairn complete} calls them. */
    enum Source {
        NOTHING,
        WORDS,
        FILES,
        FOLDERS,
        BRANCHES,
        SNAPSHOTS,
        PLACES,
        REMOTES,
        TAGS,
        PROFILES
    }

    private static final Candidates NOTHING = new Candidates(Source.NOTHING, List.of());
    private static final Candidates FILES = new Candidates(Source.FILES, List.of());
    private static final Candidates FOLDERS = new Candidates(Source.FOLDERS, List.of());
    private static final Candidates BRANCHES = new Candidates(Source.BRANCHES, List.of());
    private static final Candidates SNAPSHOTS = new Candidates(Source.SNAPSHOTS, List.of());
    private static final Candidates PLACES = new Candidates(Source.PLACES, List.of());
    private static final Candidates REMOTES = new Candidates(Source.REMOTES, List.of());
    private static final Candidates TAGS = new Candidates(Source.TAGS, List.of());
    private static final Candidates PROFILES = new Candidates(Source.PROFILES, List.of());

    /** By label. A label that means different things in different places stands in {@link #BY_PLACE} for some of them. */
    private static final Map<String, Candidates> BY_LABEL = Map.ofEntries(
            Map.entry("ARCHIVE", FILES),
            Map.entry("B", BRANCHES),
            Map.entry("BASIS", FILES),
            Map.entry("BRANCH", BRANCHES),
            Map.entry("BYTES", NOTHING),
            Map.entry("CMD", NOTHING),
            Map.entry("CODE", NOTHING),
            Map.entry("D", NOTHING),
            Map.entry("DELTA", FILES),
            Map.entry("DEVICE", NOTHING),
            Map.entry("DIR", FOLDERS),
            Map.entry("F", FILES),
            Map.entry("FD", NOTHING),
            Map.entry("FILE", FILES),
            Map.entry("GLOB", NOTHING),
            Map.entry("HOST:PORT", NOTHING),
            Map.entry("ID", NOTHING),
            Map.entry("MIN/AVG/MAX", NOTHING),
            Map.entry("N", NOTHING),
            Map.entry("N%", NOTHING),
            Map.entry("NAME", NOTHING),
            Map.entry("NEW", FILES),
            Map.entry("NUMBER:HASH", NOTHING),
            Map.entry("OLD", BRANCHES),
            Map.entry("PATH", FILES),
            Map.entry("PATTERN", NOTHING),
            Map.entry("PERCENT", NOTHING),
            Map.entry("PUBLIC-KEY", NOTHING),
            Map.entry("R", NOTHING),
            Map.entry("RATE", NOTHING),
            Map.entry("REMOTE", REMOTES),
            Map.entry("REPLICA", NOTHING),
            Map.entry("SIGNATURE", FILES),
            Map.entry("SIZE", NOTHING),
            Map.entry("SLOT", NOTHING),
            Map.entry("SNAPSHOT", SNAPSHOTS),
            Map.entry("SNAPSHOT:PATH", PLACES),
            Map.entry("SNAPSHOT[:PATH]", PLACES),
            Map.entry("T", TAGS),
            Map.entry("TAG", TAGS),
            Map.entry("TENANT", NOTHING),
            Map.entry("TENANT/REPOSITORY", NOTHING),
            Map.entry("TEXT", NOTHING),
            Map.entry("TIME", NOTHING),
            Map.entry("URL", NOTHING));

    /** By what stands before the label: the command for an operand, the command and the option for an option's value. */
    private static final Map<String, Candidates> BY_PLACE = Map.of(
            "--profile NAME", PROFILES,
            "branch delete NAME", BRANCHES,
            "branch rename NEW", NOTHING,
            "device enrol --tenant T", NOTHING,
            "find --type T", new Candidates(Source.WORDS, List.of("f", "d", "l", "p", "s", "c", "b")),
            "profile show NAME", PROFILES,
            "remote remove NAME", REMOTES);

    Candidates {
        words = List.copyOf(words);
        if ((source == Source.WORDS) == words.isEmpty()) {
            throw new IllegalArgumentException("%s with %d words".formatted(source, words.size()));
        }
    }

    /** These words and no others; nothing where there are none. */
    static Candidates of(List<String> words) {
        return words.isEmpty() ? NOTHING : new Candidates(Source.WORDS, words);
    }

    /**
     * Those that a label stands for: {@code a|b|c} are words, the others stand in a table here.
     *
     * @param place the command's path without {@code cairn}, and for an option's value the option: {@code snapshot --branch}
     * @return empty if nobody said what the label means
     */
    static Optional<Candidates> labelled(String place, String label) {
        if (label.contains("|")) {
            return Optional.of(of(Arrays.stream(label.split("\\|"))
                    .map(word -> word.replaceFirst("\\[.*", ""))
                    .toList()));
        }
        Candidates here = BY_PLACE.get(place + " " + label);
        return Optional.ofNullable(here == null ? BY_LABEL.get(label) : here);
    }
}
