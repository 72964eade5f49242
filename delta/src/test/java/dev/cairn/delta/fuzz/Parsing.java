package dev.cairn.delta.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** One run of a parser on foreign bytes: a value, or a refusal of a kind that it documents, within a bound of memory. */
public final class Parsing {

    /** What a parser may allocate beside what its input says: tables, messages of errors, classes that are used first. */
    public static final long FIXED_BYTES = 4L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Set<Class<? extends Exception>> refusals;

    private Parsing(Set<Class<? extends Exception>> refusals) {
        this.refusals = refusals;
    }

    /** Of a parser that refuses by exceptions of these classes only. */
    @SafeVarargs
    @SuppressWarnings("varargs") // read once, not kept
    public static Parsing refusedBy(Class<? extends Exception>... refusals) {
        return new Parsing(Set.of(refusals));
    }

    /**
     * Runs {@code parser}.
     *
     * @param bytesMax the most that it may allocate on the heap of this thread
     * @return empty if it refused
     * @throws AssertionError if it failed in another way, or allocated more, twice in a row
     */
    public <T> Optional<T> value(long bytesMax, Callable<T> parser) {
        for (int tries = 1; ; tries++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            Optional<T> value = value(parser);
            long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (bytes <= bytesMax) {
                return value;
            }
            if (tries > 1) {
                throw new AssertionError("%,d bytes allocated, more than %,d".formatted(bytes, bytesMax));
            }
        }
    }

    /** As {@link #value(long, Callable)}, of what was made by the product and must not be refused. */
    public <T> T accepted(Callable<T> parser) {
        try {
            return parser.call();
        } catch (Exception e) {
            throw new AssertionError("what the product encoded is refused: " + e, e);
        }
    }

    private <T> Optional<T> value(Callable<T> parser) {
        try {
            return Optional.of(parser.call());
        } catch (Exception e) {
            if (refusals.stream().anyMatch(refusal -> refusal.isInstance(e))) {
                return Optional.empty();
            }
            throw new AssertionError("not one of the refusals that are documented: " + e, e);
        }
    }
}
