package dev.cairn.cli.profile;

import java.util.Map;
import java.util.Set;

/**
 * What a command line says by itself, which wins over a profile.
 *
 * @param options the longest names of the options that it gives
 * @param arguments whether it gives any argument
 * @param environment whose variables win as well
 */
public record GivenOptions(Set<String> options, boolean arguments, Map<String, String> environment) {
    public GivenOptions {
        options = Set.copyOf(options);
        environment = Map.copyOf(environment);
    }
}
