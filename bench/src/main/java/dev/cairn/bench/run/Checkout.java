package dev.cairn.bench.run;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The working copy that a path stands in, looked at without git: its files say what is checked out. */
final class Checkout {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern REF = Pattern.compile("refs/[A-Za-z0-9._/@+-]{1,200}");
    private static final String REF_PREFIX = "ref: ";
    private static final String LINK_PREFIX = "gitdir: ";

    private final @Nullable Path place;

    Checkout(@Nullable Path place) {
        this.place = place;
    }

    /** The one that this program's jar or classes stand in. */
    static Checkout ofThisProgram() {
        CodeSource source = Checkout.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        try {
            return new Checkout(location == null ? null : Path.of(location.toURI()));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return new Checkout(null);
        }
    }

    /** The id of the commit that is checked out; empty where there is no working copy, or none that is understood. */
    Optional<String> commit() {
        for (Path folder = place == null ? null : place.toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path git = folder.resolve(".git");
            if (Files.exists(git)) {
                try {
                    return commit(gitFolder(git));
                } catch (IOException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** Of a linked working copy {@code .git} is a file that names the folder. */
    private static Path gitFolder(Path git) throws IOException {
        if (Files.isDirectory(git)) {
            return git;
        }
        String text = Files.readString(git).strip();
        return text.startsWith(LINK_PREFIX) ? git.resolveSibling(text.substring(LINK_PREFIX.length())) : git;
    }

    private static Optional<String> commit(Path git) throws IOException {
        String head = Files.readString(git.resolve("HEAD")).strip();
        if (!head.startsWith(REF_PREFIX)) {
            return id(head);
        }
        String ref = head.substring(REF_PREFIX.length());
        if (!REF.matcher(ref).matches() || ref.contains("..")) {
            return Optional.empty();
        }
        Path shared = git.resolve("commondir");
        Path refs = Files.exists(shared) ? git.resolve(Files.readString(shared).strip()) : git;
        if (Files.exists(refs.resolve(ref))) {
            return id(Files.readString(refs.resolve(ref)).strip());
        }
        try (Stream<String> packed = Files.lines(refs.resolve("packed-refs"))) {
            return packed.filter(line -> line.endsWith(" " + ref))
                    .findFirst()
                    .flatMap(line -> id(line.substring(0, line.indexOf(' '))));
        }
    }

    private static Optional<String> id(String text) {
        return ID.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }
}
