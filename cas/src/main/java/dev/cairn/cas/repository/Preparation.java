package dev.cairn.cas.repository;

import dev.cairn.cas.lmdb.LmdbLibrary;
import dev.cairn.cas.seal.Providers;
import java.security.GeneralSecurityException;

/**
 * Loads on a thread of its own what the first opening of a repository loads anyway, native code above all: some 0.1 s in a fresh JVM,
 * which has other things to do meanwhile. Pays for a process that lives for a second, not for one that lives on.
 */
public final class Preparation {

    private Preparation() {}

    /** Begins, and returns at once. Does nothing where there is one processor only. */
    public static void begin() {
        if (Runtime.getRuntime().availableProcessors() > 1) {
            Thread.ofPlatform().daemon().name("cairn-prepare").start(Preparation::run);
        }
    }

    private static void run() {
        try {
            LmdbLibrary.load();
            Providers.load();
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            // Whoever needs it meets that again, and says so.
            return;
        }
    }
}
