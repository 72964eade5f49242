package dev.cairn.cli.serve;

import dev.cairn.cli.command.CairnCommand;
import dev.cairn.cli.command.Places;
import dev.cairn.cli.configuration.ConfigurationFile;
import dev.cairn.cli.configuration.NearestName;
import dev.cairn.cli.configuration.Setting;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.text.DurationText;
import dev.cairn.cli.text.LimitText;
import dev.cairn.cli.text.PathText;
import dev.cairn.cli.text.ShownText;
import dev.cairn.server.Quota;
import dev.cairn.server.ServerLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a server runs, as far as its file and the environment say. The environment wins over the file, key by key. */
final class ServerSettings {

    private static final Duration TIME_MAX = Duration.ofDays(3650);
    private static final long COUNT_MAX = 1_000_000;
    private static final long THREADS_MAX = 1024;

    /** Ways to protect connections: one that is given in a nearer place stands in for those of a farther one. */
    private static final Set<ServerKey> TLS = Set.of(ServerKey.TLS_CERT, ServerKey.TLS_KEY, ServerKey.NO_TLS);

    private final Map<ServerKey, Value> values = new EnumMap<>(ServerKey.class);

    /** A value, as it would be written on a command line, and where it stands. */
    record Value(String text, String place) {}

    private ServerSettings() {}

    /**
     * Reads them.
     *
     * @throws CommandFailure if a file that was named is not there, or anything is no setting of a server, with file and line, or with the
     *     variable
     */
    static ServerSettings read(CairnCommand cairn) throws IOException {
        ServerSettings settings = new ServerSettings();
        Optional<Path> named = cairn.global().configuration().map(PathText::path);
        Optional<Path> file = named.isPresent()
                ? named
                : cairn.places().serverFiles().stream().filter(Files::exists).findFirst();
        if (file.isPresent()) {
            settings.readFile(file.get());
        }
        settings.readEnvironment(cairn.places());
        for (ServerKey key : settings.values.keySet()) {
            settings.check(key);
        }
        return settings;
    }

    private void readFile(Path file) throws IOException {
        Setting.Table tables;
        try {
            tables = ConfigurationFile.read(file);
        } catch (NoSuchFileException e) {
            throw CommandFailure.usage(
                    "no such file: " + ShownText.oneLine(file.toString()),
                    "--config names a server's file here; see docs/server.md.");
        }
        readTable(tables, "");
    }

    private void readTable(Setting.Table table, String name) {
        List<String> known = ServerKey.names(name);
        table.requireOnly(known);
        table.entries().forEach((key, value) -> {
            Optional<ServerKey> found = ServerKey.find(name, key);
            if (found.isEmpty()) {
                readTable(table.table(key).orElseThrow(), key);
                return;
            }
            String text =
                    found.get().kind() == ServerKey.Kind.FLAG ? String.valueOf(value.asFlag(key)) : value.asText(key);
            values.put(found.get(), new Value(text, value.place().toString()));
        });
    }

    private void readEnvironment(Places places) {
        Map<ServerKey, Value> given = new EnumMap<>(ServerKey.class);
        places.environment().forEach((variable, text) -> {
            ServerKey key = ServerKey.ofVariable(variable);
            if (key != null && !text.isEmpty()) {
                given.put(key, new Value(text, variable));
            }
        });
        if (given.keySet().stream().anyMatch(TLS::contains)) {
            values.keySet().removeAll(TLS);
        }
        values.putAll(given);
    }

    /**
     * Variables that look like settings and are none, each with the one that may be meant. Not an error: others set such variables, too,
     * such as clusters for a service of that name.
     */
    static List<String> unknownVariables(Places places) {
        List<String> known =
                Arrays.stream(ServerKey.values()).map(ServerKey::variable).toList();
        return places.environment().keySet().stream()
                .filter(variable -> variable.startsWith(ServerKey.PREFIX) && !known.contains(variable))
                .sorted()
                .map(variable ->
                        variable + " is no setting of a server, and was passed over." + nearest(variable, known))
                .toList();
    }

    private static String nearest(String variable, List<String> known) {
        return NearestName.of(
                        variable.substring(ServerKey.PREFIX.length()),
                        known.stream()
                                .map(one -> key(one.substring(ServerKey.PREFIX.length())))
                                .toList())
                .map(name -> " Did you mean " + ServerKey.PREFIX
                        + name.replace('-', '_').toUpperCase(Locale.ROOT) + "?")
                .orElse("");
    }

    private static String key(String variable) {
        return variable.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void check(ServerKey key) {
        switch (key.kind()) {
            case TEXT -> text(key);
            case PATH -> path(key);
            case FLAG -> flag(key);
            case TIME -> time(key, Duration.ZERO);
            case COUNT -> count(key, 1);
            case THREADS -> threads(key, 1);
            case LIMIT -> limit(key, 0);
        }
    }

    Optional<String> text(ServerKey key) {
        return Optional.ofNullable(values.get(key)).map(Value::text);
    }

    /** Where the value of a key stands; for keys that have one. */
    String place(ServerKey key) {
        Value value = values.get(key);
        return value == null ? "" : value.place();
    }

    /** A path; those in a file are to be whole, since a service may run anywhere. */
    Optional<Path> path(ServerKey key) {
        return text(key).map(text -> {
            if (!text.startsWith("/")) {
                throw wrong(key, "not a whole path: '" + text + "'", "Begin it with /.");
            }
            return Path.of(text);
        });
    }

    boolean flag(ServerKey key) {
        String text = text(key).orElse("false");
        if (!text.equals("true") && !text.equals("false")) {
            throw wrong(key, "neither true nor false: '" + text + "'", "");
        }
        return text.equals("true");
    }

    Duration time(ServerKey key, Duration otherwise) {
        return text(key)
                .map(text -> {
                    Duration time = parsed(key, text);
                    if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(TIME_MAX) > 0) {
                        throw wrong(
                                key, "'" + text + "' is not from a second to ten years", "Write such as 30s or 5m.");
                    }
                    return time;
                })
                .orElse(otherwise);
    }

    private Duration parsed(ServerKey key, String text) {
        try {
            return DurationText.parse(text);
        } catch (CommandFailure e) {
            throw wrong(key, String.valueOf(e.getMessage()), "Write a number and a unit, such as 30s or 5m.");
        }
    }

    private int count(ServerKey key, int otherwise) {
        return whole(key, COUNT_MAX, otherwise);
    }

    private int threads(ServerKey key, int otherwise) {
        return whole(key, THREADS_MAX, otherwise);
    }

    private int whole(ServerKey key, long max, int otherwise) {
        return text(key)
                .map(text -> {
                    long number = text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
                    if (number < 1 || number > max) {
                        throw wrong(key, "'%s' is no number from 1 to %,d".formatted(text, max), "");
                    }
                    return (int) number;
                })
                .orElse(otherwise);
    }

    private long limit(ServerKey key, long otherwise) {
        return text(key)
                .map(text -> {
                    try {
                        return LimitText.parse(key.shown(), text);
                    } catch (CommandFailure e) {
                        throw wrong(key, "not a limit: '" + text + "'", "Write a number, such as 500M, or 'none'.");
                    }
                })
                .orElse(otherwise);
    }

    /** What is wrong with the value of a key, as wrong usage. */
    CommandFailure wrong(ServerKey key, String what, String hint) {
        return CommandFailure.usage("%s: %s: %s".formatted(place(key), key.shown(), what), hint);
    }

    /** The limits, those by default where nothing is said. */
    ServerLimits limits() {
        ServerLimits usual = ServerLimits.DEFAULT;
        try {
            return new ServerLimits(
                    usual.protocol(),
                    limit(ServerKey.BODY_BYTES, usual.bodyBytesInFlight()),
                    count(ServerKey.BODIES_WAITING, usual.bodiesWaiting()),
                    count(ServerKey.CONNECTIONS, usual.connections()),
                    count(ServerKey.STREAMS, usual.streamsPerConnection()),
                    count(ServerKey.REQUESTS_PER_TENANT, usual.requestsPerTenant()),
                    count(ServerKey.SESSIONS, usual.sessions()),
                    count(ServerKey.SESSIONS_PER_DEVICE, usual.sessionsPerDevice()),
                    time(ServerKey.SESSION_LIFE, usual.sessionLife()),
                    usual.nonceLife(),
                    count(ServerKey.OPEN_REPOSITORIES, usual.openRepositories()),
                    time(ServerKey.REPOSITORY_IDLE, usual.repositoryIdle()),
                    count(ServerKey.PUSHES_PER_REPOSITORY, usual.pushesPerRepository()),
                    time(ServerKey.PUSH_IDLE, usual.pushIdle()),
                    count(ServerKey.REPOSITORIES_PER_TENANT, usual.repositoriesPerTenant()),
                    threads(ServerKey.STORE_THREADS, usual.storeThreads()),
                    count(ServerKey.TASKS_WAITING, usual.tasksWaiting()),
                    time(ServerKey.CONNECTION_IDLE, usual.idle()),
                    time(ServerKey.STALL, usual.stall()),
                    (int) Math.min(limit(ServerKey.BODY_RATE_MIN, usual.bodyBytesPerSecondMin()), COUNT_MAX),
                    time(ServerKey.STOPPING, usual.closing()));
        } catch (IllegalArgumentException e) {
            // The one that is compared with something: room for the largest body.
            throw wrong(
                    ServerKey.BODY_BYTES,
                    String.valueOf(e.getMessage()),
                    "Give it more, such as 32M, or leave it away.");
        }
    }

    /** What a tenant may use where its own quota says nothing. */
    Quota tenantQuota() {
        return new Quota(
                limit(ServerKey.QUOTA_BYTES, Quota.NONE),
                limit(ServerKey.QUOTA_OBJECTS, Quota.NONE),
                limit(ServerKey.QUOTA_BRANCHES, Quota.NONE),
                limit(ServerKey.QUOTA_REQUESTS, Quota.NONE));
    }
}
