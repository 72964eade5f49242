package dev.cairn.cli.configuration;

import dev.cairn.cli.failure.CommandFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of a configuration file, and where it stands. */
public sealed interface Setting {

    FilePlace place();

    /** What it is, for people: {@code a text}. */
    String kind();

    /** A string of TOML. */
    record Text(FilePlace place, String text) implements Setting {
        @Override
        public String kind() {
            return "a text";
        }
    }

    /** A whole number. */
    record Whole(FilePlace place, long number) implements Setting {
        @Override
        public String kind() {
            return "a number";
        }
    }

    /** True or false. */
    record Flag(FilePlace place, boolean on) implements Setting {
        @Override
        public String kind() {
            return "true or false";
        }
    }

    /** An array. */
    record Items(FilePlace place, List<Setting> items) implements Setting {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** What no setting is: a date, a number with a fraction. */
    record Other(FilePlace place, String kind) implements Setting {}

    /**
     * A table.
     *
     * @param name as it stands between brackets; empty for the file itself
     * @param entries in the order of the file
     */
    record Table(FilePlace place, String name, Map<String, Setting> entries) implements Setting {

        @Override
        public String kind() {
            return "a table";
        }

        /** Fails at the first key that is none of {@code known}, and says which one is the nearest. */
        public void requireOnly(Collection<String> known) {
            entries.forEach((key, value) -> {
                if (!known.contains(key)) {
                    throw value.place()
                            .wrong(
                                    "there is no key '%s'%s".formatted(key, name.isEmpty() ? "" : " in [" + name + "]"),
                                    NearestName.hint(key, known) + "There are: "
                                            + String.join(
                                                    ", ",
                                                    known.stream().sorted().toList()) + ".");
                }
            });
        }

        public Optional<Setting> get(String key) {
            return Optional.ofNullable(entries.get(key));
        }

        /** The table below {@code key}; what stands there instead is an error. */
        public Optional<Table> table(String key) {
            return get(key).map(value -> {
                if (value instanceof Table table) {
                    return table;
                }
                throw value.unlike(key, "a table");
            });
        }
    }

    /** It is not what stands under {@code key}. */
    default CommandFailure unlike(String key, String wanted) {
        return place().wrong("'%s' is to be %s, and this is %s".formatted(key, wanted, kind()), "");
    }

    /** A text, or a number as it would be written on a command line. */
    default String asText(String key) {
        return switch (this) {
            case Text text -> text.text();
            case Whole whole -> Long.toString(whole.number());
            case Flag _, Items _, Other _, Table _ -> throw unlike(key, "a text in quotes, or a number");
        };
    }

    default boolean asFlag(String key) {
        if (this instanceof Flag flag) {
            return flag.on();
        }
        throw unlike(key, "true or false, without quotes");
    }

    /** A list of texts; one text is a list of one. */
    default List<String> asTexts(String key) {
        if (this instanceof Text text) {
            return List.of(text.text());
        }
        if (!(this instanceof Items items)) {
            throw unlike(key, "a list of texts in quotes");
        }
        List<String> texts = new ArrayList<>();
        for (Setting item : items.items()) {
            if (!(item instanceof Text text)) {
                throw item.unlike(key, "a list of texts in quotes");
            }
            texts.add(text.text());
        }
        return texts;
    }
}
