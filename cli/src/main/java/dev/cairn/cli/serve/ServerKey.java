package dev.cairn.cli.serve;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the file of a server may say, and so the environment: {@code CAIRN_SERVER_} and the key in capitals. */
enum ServerKey {
    DATA("", "data", Kind.PATH),
    LISTEN("", "listen", Kind.TEXT),
    TLS_CERT("", "tls-cert", Kind.PATH),
    TLS_KEY("", "tls-key", Kind.PATH),
    NO_TLS("", "no-tls", Kind.FLAG),
    SCRUB_EVERY("", "scrub-every", Kind.TIME),
    BODY_BYTES("limits", "body-bytes", Kind.LIMIT),
    BODIES_WAITING("limits", "bodies-waiting", Kind.COUNT),
    CONNECTIONS("limits", "connections", Kind.COUNT),
    STREAMS("limits", "requests-per-connection", Kind.COUNT),
    REQUESTS_PER_TENANT("limits", "requests-per-tenant", Kind.COUNT),
    SESSIONS("limits", "sessions", Kind.COUNT),
    SESSIONS_PER_DEVICE("limits", "sessions-per-device", Kind.COUNT),
    SESSION_LIFE("limits", "session-life", Kind.TIME),
    OPEN_REPOSITORIES("limits", "open-repositories", Kind.COUNT),
    REPOSITORY_IDLE("limits", "repository-idle", Kind.TIME),
    PUSHES_PER_REPOSITORY("limits", "pushes-per-repository", Kind.COUNT),
    PUSH_IDLE("limits", "push-idle", Kind.TIME),
    REPOSITORIES_PER_TENANT("limits", "repositories-per-tenant", Kind.COUNT),
    STORE_THREADS("limits", "store-threads", Kind.THREADS),
    TASKS_WAITING("limits", "tasks-waiting", Kind.COUNT),
    CONNECTION_IDLE("limits", "connection-idle", Kind.TIME),
    STALL("limits", "stall", Kind.TIME),
    BODY_RATE_MIN("limits", "body-rate-min", Kind.LIMIT),
    STOPPING("limits", "stopping", Kind.TIME),
    QUOTA_BYTES("tenant-quota", "bytes", Kind.LIMIT),
    QUOTA_OBJECTS("tenant-quota", "objects", Kind.LIMIT),
    QUOTA_BRANCHES("tenant-quota", "branches", Kind.LIMIT),
    QUOTA_REQUESTS("tenant-quota", "requests", Kind.LIMIT);

    static final String PREFIX = "CAIRN_SERVER_";

    /** What stands behind a key. */
    enum Kind {
        TEXT,
        PATH,
        FLAG,
        /** A duration, from a second on, up to ten years. */
        TIME,
        /** From 1 to a million. */
        COUNT,
        /** From 1 to 1024. */
        THREADS,
        /** A number with K, M, G or T, or {@code none}. */
        LIMIT
    }

    private final String table;
    private final String key;
    private final Kind kind;

    ServerKey(String table, String key, Kind kind) {
        this.table = table;
        this.key = key;
        this.kind = kind;
    }

    /** The table of the file that it stands in; empty for none. */
    String table() {
        return table;
    }

    String key() {
        return key;
    }

    Kind kind() {
        return kind;
    }

    /** Its name in messages: {@code limits.connections}. */
    String shown() {
        return table.isEmpty() ? key : table + "." + key;
    }

    String variable() {
        return PREFIX + shown().replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    static Optional<ServerKey> find(String table, String key) {
        return Arrays.stream(values())
                .filter(one -> one.table.equals(table) && one.key.equals(key))
                .findFirst();
    }

    /** The keys of a table, and the tables in the file itself. */
    static List<String> names(String table) {
        return Arrays.stream(values())
                .flatMap(one -> one.table.equals(table)
                        ? Stream.of(one.key)
                        : table.isEmpty() ? Stream.of(one.table) : Stream.<String>of())
                .distinct()
                .toList();
    }

    /** The key whose variable has that name. */
    static @Nullable ServerKey ofVariable(String variable) {
        return Arrays.stream(values())
                .filter(one -> one.variable().equals(variable))
                .findFirst()
                .orElse(null);
    }
}
