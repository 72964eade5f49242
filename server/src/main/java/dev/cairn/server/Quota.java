package dev.cairn.server;

/**
 * What a tenant, or one repository, may use at most.
 *
 * @param bytes of records, all repositories of a tenant together
 * @param objects ids in the index, likewise
 * @param branches of one repository
 * @param requests under way at once
 */
public record Quota(long bytes, long objects, long branches, long requests) {

    /** In place of a number: as much as the server allows everybody. */
    public static final long NONE = Long.MAX_VALUE;

    /** No limit of its own. */
    public static final Quota UNLIMITED = new Quota(NONE, NONE, NONE, NONE);

    public Quota {
        requireNotNegative(bytes, "bytes");
        requireNotNegative(objects, "objects");
        requireNotNegative(branches, "branches");
        requireNotNegative(requests, "requests");
    }

    private static void requireNotNegative(long number, String what) {
        if (number < 0) {
            throw new IllegalArgumentException("%s (%d) must not be negative".formatted(what, number));
        }
    }

    /** This, with the numbers of {@code other} where it has none. */
    public Quota or(Quota other) {
        return new Quota(
                bytes == NONE ? other.bytes : bytes,
                objects == NONE ? other.objects : objects,
                branches == NONE ? other.branches : branches,
                requests == NONE ? other.requests : requests);
    }

    /** The smaller of both, number by number. */
    Quota and(Quota other) {
        return new Quota(
                Math.min(bytes, other.bytes),
                Math.min(objects, other.objects),
                Math.min(branches, other.branches),
                Math.min(requests, other.requests));
    }
}
