package dev.cairn.cli.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cairn.cas.posix.GivenPipe;
import dev.cairn.cas.posix.RawName;
import dev.cairn.cli.failure.CommandFailure;
import dev.cairn.cli.failure.ExitCode;
import dev.cairn.cli.failure.Problem;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a command's words go: results to standard output, everything else to standard error, as text or as JSON.
 *
 * <p>Threading: messages may come from any thread; each is one line, written whole.
 */
public final class Console {

    private static final class Mapper {
        static final ObjectMapper JSON = new ObjectMapper();
    }

    /** To the beginning of the line, and nothing behind. */
    private static final String BAR_REMOVED = "\r\u001b[K";

    private static final int STANDARD_OUTPUT = 1;

    private final PrintStream out;
    private final PrintStream err;
    private boolean json;
    private boolean quiet;
    private boolean verbose;
    private boolean rehearses;
    private volatile boolean barShown;
    private @Nullable ProgressEvents events;
    private @Nullable Problem lastProblem;

    public Console(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public void configure(boolean json, boolean quiet, boolean verbose) {
        this.json = json;
        this.quiet = quiet;
        this.verbose = verbose;
    }

    /** Whether the command only says what it would do. */
    public void rehearses(boolean isRehearsal) {
        rehearses = isRehearsal;
    }

    /** Has progress told to a program too, from now on. */
    public void tell(ProgressEvents program) {
        events = program;
    }

    /** Whom to tell of progress beside the person at the terminal; null if nobody. */
    @Nullable
    ProgressEvents events() {
        return events;
    }

    public boolean json() {
        return json;
    }

    boolean quiet() {
        return quiet;
    }

    public boolean verbose() {
        return verbose;
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    /** A new JSON object; never made where no JSON is asked for. */
    public static ObjectNode object() {
        return Mapper.JSON.createObjectNode();
    }

    /** The result of a command: the document with {@code --json}, the text otherwise. */
    public void result(Supplier<? extends JsonNode> document, Supplier<String> text) {
        line(json ? write(document.get()) : text.get());
    }

    /**
     * What a command has to say of what it did, and nobody asked for: as {@link #result}, and as text not with {@code -q}. Of what would be
     * done it is the answer.
     */
    public void done(Supplier<? extends JsonNode> document, Supplier<String> text) {
        if (json || !quiet || rehearses) {
            result(document, text);
        }
    }

    /** What a check found: as {@link #done} where all is well, and the answer where it is not. */
    public void checked(boolean isSound, Supplier<? extends JsonNode> document, Supplier<String> text) {
        if (isSound) {
            done(document, text);
        } else {
            result(document, text);
        }
    }

    /** A line of a result that is text; nothing with {@code --json}, where the document at the end has it. */
    public void textLine(Supplier<String> text) {
        if (!json) {
            line(text.get());
        }
    }

    /** One line of a long listing: an entry a line in both forms. */
    public void entry(Supplier<? extends JsonNode> document, Supplier<String> text) {
        result(document, text);
    }

    /**
     * A line of standard output.
     *
     * @throws CommandFailure if it cannot be written: who asked for it must not take the silence for an empty answer
     */
    public void line(String text) {
        synchronized (out) {
            out.println(text);
            requireWritten();
        }
    }

    /**
     * Fails if standard output has lost something.
     *
     * @throws CommandFailure of which nothing is said where whoever read it has ended: they have what they wanted
     */
    public void requireWritten() {
        if (out.checkError()) {
            throw GivenPipe.isUnread(STANDARD_OUTPUT)
                    ? new CommandFailure(ExitCode.UNREAD, "what read standard output has ended", "")
                    : new CommandFailure(
                            ExitCode.FAILED,
                            "standard output cannot be written",
                            "Its disk may be full. A snapshot that was made is kept.");
        }
    }

    /** Something a person should know, on standard error, unless they asked for quiet. */
    public void message(String text) {
        if (!quiet) {
            always(text);
        }
    }

    /** As {@link #message}, only with {@code -v}. */
    public void detail(Supplier<String> text) {
        if (verbose) {
            always(text.get());
        }
    }

    /** Something that must be seen even with {@code -q}: a recovery code, a file that was left out, damage. */
    public void always(String text) {
        synchronized (err) {
            err.println(barShown ? BAR_REMOVED + text : text);
        }
    }

    /** Whether a bar stands in the last line of standard error: what is said then takes its place, and it is drawn anew. */
    void showsBar(boolean shown) {
        barShown = shown;
    }

    /** Tells a problem: as text with its hint, or as a JSON document on standard error. Nobody is told that they read no more. */
    public void problem(Problem problem) {
        lastProblem = problem;
        if (problem.exitCode() == ExitCode.UNREAD) {
            return;
        }
        if (json) {
            ObjectNode error = object();
            error.putObject("error")
                    .put("code", problem.code())
                    .put("message", problem.message())
                    .put("hint", problem.hint());
            always(write(error));
        } else {
            always("cairn: " + problem.message() + (problem.hint().isEmpty() ? "" : "\n  " + problem.hint()));
        }
    }

    /** What was told last to have gone wrong. */
    public Optional<Problem> lastProblem() {
        return Optional.ofNullable(lastProblem);
    }

    /** Puts a path into {@code node}: as text, and as base64 beside it where it is not UTF-8. */
    public static void putPath(ObjectNode node, byte[] path) {
        node.put("path", RawName.text(path));
        if (!RawName.isUtf8(path)) {
            node.put("pathBytes", Base64.getEncoder().encodeToString(path));
        }
    }

    static String write(JsonNode node) {
        try {
            return Mapper.JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes cannot fail to be written", e);
        }
    }

    /** A stream that writes UTF-8 whatever the locale, so that names come out as they are. */
    public static PrintStream utf8(OutputStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
