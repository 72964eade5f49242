package dev.cairn.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documents, with its marked tables and blocks. A mark is a comment on a line of its own, {@code <!-- name -->}, right
 * above what it marks.
 */
final class Document {
    private static final Pattern MARK = Pattern.compile("<!-- (.+) -->");
    private static final Pattern HEADING = Pattern.compile("#+ +(.+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    private final Path file;
    private final List<String> lines;

    /** A page with that text, which stands, or would stand, at {@code file}. */
    Document(Path file, String text) {
        this.file = file;
        this.lines = text.lines().toList();
    }

    static Document read(Path file) {
        try {
            return new Document(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** The page {@code docs/NAME} of the project. */
    static Document ofProject(String name) {
        return read(SourceTree.ofProject().root().resolve("docs").resolve(name));
    }

    /** Every page below {@code docs}, and the README and CONTRIBUTING beside it. */
    static List<Document> allOfProject() {
        Path root = SourceTree.ofProject().root();
        List<Document> pages =
                new ArrayList<>(List.of(read(root.resolve("README.md")), read(root.resolve("CONTRIBUTING.md"))));
        try (Stream<Path> tree = Files.walk(root.resolve("docs"))) {
            tree.filter(path -> path.toString().endsWith(".md"))
                    .filter(path -> !root.relativize(path).toString().contains("target"))
                    .sorted()
                    .map(Document::read)
                    .forEach(pages::add);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + root, e);
        }
        return pages;
    }

    String name() {
        return String.valueOf(file.getFileName());
    }

    String text() {
        return String.join("\n", lines);
    }

    /** A row of a table, by the headings of its columns. */
    record Row(Map<String, String> cells) {
        /** The text of a cell, without the signs that set it in code. */
        String cell(String column) {
            String text = cells.get(column);
            if (text == null) {
                throw new AssertionError("a table without a column '" + column + "', only " + cells.keySet());
            }
            return text;
        }
    }

    /** The names of all marks that begin so, in order. */
    List<String> marks(String beginning) {
        return lines.stream()
                .map(MARK::matcher)
                .filter(Matcher::matches)
                .map(mark -> mark.group(1))
                .filter(mark -> mark.startsWith(beginning))
                .toList();
    }

    /** The rows of the table below a mark; none if there is no such mark. */
    List<Row> rows(String mark) {
        int at = below(mark);
        if (at < 0) {
            return List.of();
        }
        List<String> columns = cells(lines.get(at));
        List<Row> rows = new ArrayList<>();
        for (int i = at + 2; i < lines.size() && lines.get(i).startsWith("|"); i++) {
            List<String> cells = cells(lines.get(i));
            if (cells.size() != columns.size()) {
                throw new AssertionError(
                        "%s:%d has %d cells, not %d".formatted(name(), i + 1, cells.size(), columns.size()));
            }
            Map<String, String> row = new HashMap<>();
            for (int column = 0; column < columns.size(); column++) {
                row.put(columns.get(column), cells.get(column));
            }
            rows.add(new Row(row));
        }
        return rows;
    }

    private static List<String> cells(String line) {
        String inner = line.strip();
        if (!inner.startsWith("|") || !inner.endsWith("|")) {
            throw new AssertionError("not a row of a table: " + line);
        }
        return Stream.of(inner.substring(1, inner.length() - 1).split("\\|", -1))
                .map(String::strip)
                .toList();
    }

    /** The text of the block below a mark, between its fences, or indented by four blanks. */
    String block(String mark) {
        int at = below(mark);
        if (at < 0) {
            throw new AssertionError(name() + " has no block '" + mark + "'");
        }
        boolean fenced = lines.get(at).startsWith("```");
        StringBuilder block = new StringBuilder();
        for (int i = fenced ? at + 1 : at; i < lines.size(); i++) {
            String line = lines.get(i);
            if (fenced ? line.equals("```") : !line.startsWith("    ")) {
                return block.toString();
            }
            block.append(fenced ? line : line.substring(4)).append('\n');
        }
        return block.toString();
    }

    private int below(String mark) {
        int at = lines.indexOf("<!-- " + mark + " -->");
        return at < 0 || at + 1 >= lines.size() ? -1 : at + 1;
    }

    /** The links of this page that lead nowhere: to a file that is not there, or to a heading that its page lacks. */
    List<String> deadLinks() {
        List<String> dead = new ArrayList<>();
        Matcher links = LINK.matcher(text());
        while (links.find()) {
            String link = links.group(1);
            if (!link.startsWith("http") && !leadsSomewhere(link)) {
                dead.add(name() + " links to " + link);
            }
        }
        return dead;
    }

    private boolean leadsSomewhere(String link) {
        int hash = link.indexOf('#');
        Path target = hash == 0 ? file : file.resolveSibling(hash < 0 ? link : link.substring(0, hash));
        if (!target.equals(file) && !Files.exists(target)) {
            return false;
        }
        return hash < 0 || (target.equals(file) ? this : read(target)).anchors().contains(link.substring(hash + 1));
    }

    /** What a heading is linked by: small letters, digits and dashes for blanks. */
    private Set<String> anchors() {
        Set<String> anchors = new HashSet<>();
        boolean fenced = false;
        for (String line : lines) {
            fenced ^= line.startsWith("```");
            Matcher heading = HEADING.matcher(line);
            if (!fenced && heading.matches()) {
                anchors.add(heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'));
            }
        }
        return anchors;
    }
}
