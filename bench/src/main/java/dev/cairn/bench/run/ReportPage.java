package dev.cairn.bench.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The page of {@code bench/report} with results in it: one HTML file that needs nothing else. The page's script finds them in
 * elements of their own and shows them as it would show files that a person chose.
 */
final class ReportPage {

    /** Stands in the page where results go. */
    static final String MARK = "<!-- results -->";

    private static final String RESOURCE = "/bench-report/index.html";

    private final String template;

    ReportPage(String template) {
        if (template.split(MARK, -1).length != 2) {
            throw new IllegalArgumentException("the page has not one place for results");
        }
        this.template = template;
    }

    /** The page that is built in. */
    static ReportPage builtIn() throws IOException {
        try (InputStream in = ReportPage.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IOException("the page " + RESOURCE + " is not in this jar");
            }
            return new ReportPage(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /**
     * The page with one or two results.
     *
     * @throws IOException if one of the files is no result file
     */
    String bake(List<Path> files) throws IOException {
        if (files.isEmpty() || files.size() > 2) {
            throw new IllegalArgumentException("a page shows 1 or 2 results, not " + files.size());
        }
        StringBuilder elements = new StringBuilder();
        for (Path file : files) {
            elements.append("<script type=\"application/json\" class=\"result\" data-name=\"")
                    .append(attribute(String.valueOf(file.getFileName())))
                    .append("\">\n")
                    .append(ResultFile.read(file).json())
                    .append("</script>\n");
        }
        return template.replace(MARK, elements);
    }

    private static String attribute(String text) {
        return text.replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
