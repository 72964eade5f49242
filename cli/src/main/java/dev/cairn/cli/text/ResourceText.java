package dev.cairn.cli.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Texts that stand in the jar. */
public final class ResourceText {

    private ResourceText() {}

    /** The text of that name beside a class; every jar has it. */
    public static String beside(Class<?> place, String name) {
        try (InputStream in = place.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the jar", e);
        }
    }
}
