package dev.cairn.replicator.protocol;

import java.util.Optional;

/** A request about one repository, by its place in the URL: {@code /v1/TENANT/REPOSITORY/<segment>}. */
public enum Route {
    INFO("GET", "info", Role.READ),
    STATE("POST", "state", Role.READ),
    SNAPSHOTS("GET", "snapshots", Role.READ),
    CREATE("POST", "create", Role.APPEND),
    CONFIGURATION("PUT", "configuration", Role.WRITE),
    MISSING("POST", "missing", Role.APPEND),
    BATCH("POST", "batch", Role.APPEND),
    MOVE("POST", "move", Role.APPEND),
    DIFF("POST", "diff", Role.READ),
    FETCH("POST", "fetch", Role.READ),
    NOTES("POST", "notes", Role.READ),
    ANNOTATE("POST", "annotate", Role.APPEND);

    /** Where {@code hello} is asked, in every protocol version. */
    public static final String HELLO_PATH = "/hello";

    /** Where a device enrols. */
    public static final String ENROL_PATH = "/v1/enrol";

    /** Where a token is changed into a session. */
    public static final String SESSION_PATH = "/v1/session";

    /** The type of every body. */
    public static final String CONTENT_TYPE = "application/x-cairn";

    private final String method;
    private final String segment;
    private final Role role;

    Route(String method, String segment, Role role) {
        this.method = method;
        this.segment = segment;
        this.role = role;
    }

    /** The HTTP method, in capitals. */
    public String method() {
        return method;
    }

    /** The last segment of the path. */
    public String segment() {
        return segment;
    }

    /** The least role that may ask this. */
    public Role role() {
        return role;
    }

    /** The path for a repository. */
    public String path(RepositoryName name) {
        return "/v1/" + name.tenant() + "/" + name.repository() + "/" + segment;
    }

    /** The route of a method and a last segment; empty if there is none. */
    public static Optional<Route> find(String method, String segment) {
        for (Route route : values()) {
            if (route.method.equals(method) && route.segment.equals(segment)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }
}
