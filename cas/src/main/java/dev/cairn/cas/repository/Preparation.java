package dev.cairn.cas.repository;

import dev.cairn.cas.lmdb.LmdbLibrary;
import dev.cairn.cas.posix.SystemCalls;
import dev.cairn.cas.seal.CodecTrial;
import dev.cairn.cas.seal.Providers;
import java.security.GeneralSecurityException;

/**
 * Loads on a thread of its own what the first opening of a repository loads anyway, native code above all: some 0.1 s in a fresh JVM,
 * which has other things to do meanwhile. Pays for a process that lives for a second, not for one that lives on.
 */
public final class Preparation {

    private Preparation() {}

    /**
     * Begins, and returns at once. Does nothing where there is one processor only.
     *
     * @param forContents whether contents will be sealed or opened, many of them
     * @param forFiles whether files will be read or written as well
     */
    public static void begin(boolean forContents, boolean forFiles) {
        if (Runtime.getRuntime().availableProcessors() > 1) {
            Thread.ofPlatform().daemon().name("cairn-prepare").start(() -> run(forContents, forFiles));
        }
    }

    private static void run(boolean forContents, boolean forFiles) {
        try {
            LmdbLibrary.load();
            Providers.load();
            if (forContents) {
                Providers.warm();
                CodecTrial.load();
            }
            if (forFiles) {
                SystemCalls.load();
            }
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            // Whoever needs it meets that again, and says so.
            return;
        }
    }
}
