package dev.cairn.cli.failure;

import dev.cairn.cas.CorruptDataException;
import dev.cairn.cas.MissingObjectsException;
import dev.cairn.cas.NoRepositoryException;
import dev.cairn.cas.StoreAccessException;
import dev.cairn.cas.StoreBusyException;
import dev.cairn.cas.StoreException;
import dev.cairn.cas.StoreFullException;
import dev.cairn.cas.VersionMismatchException;
import dev.cairn.cas.WrongKeyException;
import dev.cairn.cas.snapshot.archive.ArchiveException;
import dev.cairn.cas.snapshot.capture.SourceException;
import dev.cairn.replicator.RemoteException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** What a failure means to the person at the command line. */
public final class Failures {

    /** Packages whose classes load native code. */
    private static final List<String> NATIVE = List.of("org.lmdbjava.", "com.github.luben.zstd.");

    private Failures() {}

    /** The problem that {@code thrown} is, without any stack trace. */
    public static Problem problem(Throwable thrown) {
        return switch (thrown) {
            case CommandFailure failure -> failure.problem();
            case StoreException failure -> new Problem(exitCode(failure), text(failure), failure.hint());
            case RemoteException failure -> new Problem(exitCode(failure), text(failure), failure.hint());
            case ArchiveException failure ->
                new Problem(failure.isDamage() ? ExitCode.DAMAGED : ExitCode.FAILED, text(failure), failure.hint());
            case SourceException failure -> new Problem(ExitCode.FAILED, text(failure), failure.hint());
            case CancellationException stopped ->
                new Problem(
                        ExitCode.INTERRUPTED, text(stopped), "Run the command again; it goes on from what is stored.");
            case CompletionException wrapper when wrapper.getCause() != null -> problem(wrapper.getCause());
            case ExecutionException wrapper when wrapper.getCause() != null -> problem(wrapper.getCause());
            case UncheckedIOException wrapper -> problem(cause(wrapper));
            case NoSuchFileException missing ->
                new Problem(ExitCode.FAILED, "no such file or folder: " + missing.getFile(), "Check the path.");
            case AccessDeniedException denied ->
                new Problem(
                        ExitCode.FAILED,
                        "permission denied: " + denied.getFile(),
                        "Choose another place, or run as a user who may use it.");
            case IOException failed
            when StoreFullException.isReasonOf(failed) ->
                new Problem(ExitCode.FULL, text(failed), "Make room there, and run it again.");
            case FileSystemException failed -> new Problem(ExitCode.FAILED, text(failed), "");
            case IOException failed -> new Problem(ExitCode.FAILED, "input or output failed: " + text(failed), "");
            case OutOfMemoryError error ->
                new Problem(
                        ExitCode.FAILED,
                        "out of memory: " + firstReason(error),
                        "Give more, for example CAIRN_JAVA_OPTS=-Xmx512m, and please report what you did.");
            case LinkageError error
            when isOfNativeCode(error) ->
                new Problem(
                        ExitCode.FAILED,
                        "native code of a library cannot be loaded: " + firstReason(error),
                        "It is unpacked to " + System.getProperty("java.io.tmpdir")
                                + ": that folder must be writable and not be mounted noexec; or choose another:"
                                + " CAIRN_JAVA_OPTS=-Djava.io.tmpdir=DIR. 'cairn doctor' tries it.");
            default ->
                new Problem(
                        ExitCode.FAILED,
                        "internal error: " + thrown,
                        "Please report it; CAIRN_DEBUG=1 shows where it happened.");
        };
    }

    private static ExitCode exitCode(StoreException failure) {
        return switch (failure) {
            case CorruptDataException e -> ExitCode.DAMAGED;
            case MissingObjectsException e -> ExitCode.DAMAGED;
            case NoRepositoryException e -> ExitCode.NO_REPOSITORY;
            case StoreAccessException e -> ExitCode.FAILED;
            case StoreBusyException e -> ExitCode.BUSY;
            case StoreFullException e -> ExitCode.FULL;
            case VersionMismatchException e -> ExitCode.VERSION;
            case WrongKeyException e -> ExitCode.WRONG_KEY;
        };
    }

    private static ExitCode exitCode(RemoteException failure) {
        return switch (failure) {
            case RemoteException.Unreachable e -> ExitCode.UNREACHABLE;
            case RemoteException.NotAllowed e -> ExitCode.NOT_ALLOWED;
            case RemoteException.WrongFingerprint e -> ExitCode.NOT_ALLOWED;
            case RemoteException.Conflict e -> ExitCode.CONFLICT;
            case RemoteException.QuotaExceeded e -> ExitCode.FULL;
            case RemoteException.NoRepository e -> ExitCode.NO_REPOSITORY;
            case RemoteException.PeerMisbehaved e -> ExitCode.DAMAGED;
            case RemoteException.Damaged e -> ExitCode.DAMAGED;
            case RemoteException.Refused e -> ExitCode.FAILED;
            case RemoteException.RolledBack e -> ExitCode.ROLLBACK;
            case RemoteException.Cancelled e -> ExitCode.INTERRUPTED;
        };
    }

    private static Throwable cause(UncheckedIOException wrapper) {
        IOException cause = wrapper.getCause();
        return cause == null ? new IOException(wrapper.getMessage()) : cause;
    }

    /** Whether it comes from a library that brings native code, rather than from a class of ours that is missing. */
    private static boolean isOfNativeCode(LinkageError error) {
        return Stream.<Throwable>iterate(error, Objects::nonNull, Throwable::getCause)
                .flatMap(thrown -> Stream.of(thrown.getStackTrace()))
                .anyMatch(frame -> NATIVE.stream().anyMatch(frame.getClassName()::startsWith));
    }

    /** What went wrong at first, in a line: later, or on another thread, it may only say that something has. */
    private static String firstReason(Throwable thrown) {
        Throwable first = thrown;
        for (Throwable cause = first.getCause(); cause != null; cause = first.getCause()) {
            first = cause;
        }
        return text(first).lines().findFirst().orElse("");
    }

    private static String text(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.getClass().getSimpleName() : message;
    }
}
