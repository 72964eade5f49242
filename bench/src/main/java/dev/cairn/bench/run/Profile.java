package dev.cairn.bench.run;

import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.TimeValue;

/** How much is measured, and for how long. What the command line says itself goes before a profile. */
enum Profile {
    /** What the suites' annotations say: one fork each, 3 and 5 seconds. */
    STANDARD {
        @Override
        void apply(CommandLineOptions given, ChainedOptionsBuilder options) {}
    },
    /** Everything once, in less than 5 minutes on two processors: tells big changes, not small ones. */
    SHORT {
        @Override
        void apply(CommandLineOptions given, ChainedOptionsBuilder options) {
            times(given, options, 1, 2, 300, 5, 150);
            parameter(given, options, "compression", "lz4", "zstd:3");
            parameter(given, options, "transport", "tls");
        }
    },
    /** Three forks of each, for figures to be kept: takes an hour or two. */
    FULL {
        @Override
        void apply(CommandLineOptions given, ChainedOptionsBuilder options) {
            times(given, options, 3, 5, 1000, 5, 2000);
        }
    };

    /** Sets what {@code given} leaves open. */
    abstract void apply(CommandLineOptions given, ChainedOptionsBuilder options);

    private static void times(
            CommandLineOptions given,
            ChainedOptionsBuilder options,
            int forks,
            int warmups,
            int warmupMillis,
            int measurements,
            int measurementMillis) {
        if (!given.getForkCount().hasValue()) {
            options.forks(forks);
        }
        if (!given.getWarmupIterations().hasValue()) {
            options.warmupIterations(warmups);
        }
        if (!given.getWarmupTime().hasValue()) {
            options.warmupTime(TimeValue.milliseconds(warmupMillis));
        }
        if (!given.getMeasurementIterations().hasValue()) {
            options.measurementIterations(measurements);
        }
        if (!given.getMeasurementTime().hasValue()) {
            options.measurementTime(TimeValue.milliseconds(measurementMillis));
        }
    }

    private static void parameter(
            CommandLineOptions given, ChainedOptionsBuilder options, String name, String... values) {
        if (!given.getParameter(name).hasValue()) {
            options.param(name, values);
        }
    }
}
