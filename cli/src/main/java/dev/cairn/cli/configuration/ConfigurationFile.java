package dev.cairn.cli.configuration;

import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.ShownText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** A file of configuration in TOML, read whole. */
public final class ConfigurationFile {

    private static final int BYTES_MAX = 1 << 20;
    private static final int DEPTH_MAX = 16;

    private final Path file;

    private ConfigurationFile(Path file) {
        this.file = file;
    }

    /**
     * What the file says.
     *
     * @throws IOException if it cannot be read
     * @throws CommandFailure if it is no TOML, with the line; or longer than 1 MiB
     */
    public static Setting.Table read(Path file) throws IOException {
        return new ConfigurationFile(file).table(text(file));
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw CommandFailure.usage(
                        "%s has more than %,d bytes".formatted(ShownText.oneLine(file.toString()), BYTES_MAX),
                        "That is no file of settings. Check the name given with --config.");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw CommandFailure.usage(
                    ShownText.oneLine(file.toString()) + " is not UTF-8 text", "TOML is: save it as UTF-8.");
        }
    }

    private Setting.Table table(String text) {
        TomlParseResult parsed;
        try {
            parsed = Toml.parse(text);
        } catch (StackOverflowError e) {
            throw CommandFailure.usage(ShownText.oneLine(file.toString()) + ": lists stand in lists without end", "");
        }
        if (parsed.hasErrors()) {
            TomlParseError first = parsed.errors().getFirst();
            throw place(first.position())
                    .wrong(
                            "not TOML: " + ShownText.oneLine(String.valueOf(first.getMessage())),
                            "See https://toml.io.");
        }
        return table(parsed, List.of(), place(null));
    }

    private FilePlace place(@Nullable TomlPosition position) {
        return new FilePlace(file, position == null ? 1 : position.line());
    }

    private Setting.Table table(TomlTable table, List<String> path, FilePlace place) {
        requireDepth(path.size(), place);
        Map<String, Setting> entries = new LinkedHashMap<>();
        for (String key : table.keySet()) {
            List<String> below = new ArrayList<>(path);
            below.add(key);
            FilePlace at = place(table.inputPositionOf(List.of(key)));
            entries.put(key, setting(table.get(List.of(key)), below, at));
        }
        return new Setting.Table(place, String.join(".", path), entries);
    }

    private Setting setting(@Nullable Object value, List<String> path, FilePlace place) {
        return switch (value) {
            case String text -> new Setting.Text(place, text);
            case Long number -> new Setting.Whole(place, number);
            case Boolean flag -> new Setting.Flag(place, flag);
            case TomlTable table -> table(table, path, place);
            case TomlArray array -> items(array, path, place);
            case Double number -> new Setting.Other(place, "a number with a fraction");
            case null, default -> new Setting.Other(place, "a date or a time");
        };
    }

    private Setting.Items items(TomlArray array, List<String> path, FilePlace place) {
        List<String> below = new ArrayList<>(path);
        below.add("");
        requireDepth(below.size(), place);
        List<Setting> items = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            items.add(setting(array.get(i), below, place(array.inputPositionOf(i))));
        }
        return new Setting.Items(place, items);
    }

    private static void requireDepth(int depth, FilePlace place) {
        if (depth > DEPTH_MAX) {
            throw place.wrong("tables and lists stand more than %d deep".formatted(DEPTH_MAX), "");
        }
    }
}
