package dev.cairn.cas.lmdb;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A process that installs {@link AbortExit} and then dies in the way that it is told. */
final class AbortExitProbe {
    private AbortExitProbe() {}

    public static void main(String[] arguments) throws Throwable {
        if (!AbortExit.install(13, "the store is damaged: ä")) {
            System.exit(77);
        }
        switch (arguments[0]) {
            case "segmentation" -> MemorySegment.ofAddress(8).reinterpret(4).set(ValueLayout.JAVA_INT, 0, 1);
            case "abort" -> {
                Linker linker = Linker.nativeLinker();
                linker.downcallHandle(linker.defaultLookup().findOrThrow("abort"), FunctionDescriptor.ofVoid())
                        .invokeExact();
            }
            case "truncated" -> {
                // Native code reads a mapped page that its file no longer has: SIGBUS, as in LMDB.
                try (FileChannel file = FileChannel.open(
                        Path.of(arguments[1]),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
                    file.write(ByteBuffer.allocate(8192));
                    MemorySegment page = MemorySegment.ofBuffer(file.map(FileChannel.MapMode.READ_ONLY, 0, 8192));
                    file.truncate(0);
                    Linker linker = Linker.nativeLinker();
                    long length = (long) linker.downcallHandle(
                                    linker.defaultLookup().findOrThrow("strlen"),
                                    FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS))
                            .invokeExact(page);
                    System.out.println(length);
                }
            }
            default -> System.exit(7);
        }
    }
}
