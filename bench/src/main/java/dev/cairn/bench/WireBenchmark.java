package dev.cairn.bench;

import dev.cairn.bench.data.LoopbackServer;
import dev.cairn.bench.data.Rehearsal;
import dev.cairn.bench.data.SampleFolder;
import dev.cairn.bench.data.SampleRepository;
import dev.cairn.bench.data.Scratch;
import dev.cairn.bench.data.WarmCipher;
import dev.cairn.replicator.net.TransferReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A push to a real server over the loopback interface, and a pull from it into a new replica, client and server in one process:
 * 32 MiB of content that does not compress, so that as much goes over the wire. An operation is one MiB. Each push makes a new
 * repository on the server; both sides' commits are durable, and a pull verifies what it gets.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx512m", "-XX:+UseSerialGC"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WireBenchmark {
    private static final int MIBS = 32;
    private static final long SEED = 20_26;
    private static final String PUSHED = "pushed";

    /** A repository with one snapshot. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class Local {
        private Scratch scratch;
        private SampleRepository repository;

        @Setup
        public void make() throws IOException {
            scratch = Scratch.make();
            WarmCipher.await();
            SampleFolder.oneIncompressibleFile(scratch.path("source"), Rehearsal.size(MIBS), SEED);
            repository = SampleRepository.create(scratch.path("repository"));
            repository.capture(scratch.path("source"));
        }

        private Path keyFile() {
            return SampleRepository.keyFile(scratch.path("repository"));
        }

        @TearDown
        public void remove() throws IOException {
            repository.close();
            scratch.close();
        }
    }

    /** How it is connected. */
    @State(Scope.Benchmark)
    public static class Transport {
        @Param({"tls", "clear"})
        String transport = "tls";

        LoopbackServer start(Scratch scratch) throws IOException {
            return LoopbackServer.start(scratch.path("server"), transport.equals("tls"));
        }
    }

    /** A server to push to, emptied for each iteration. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class Receiver {
        private Scratch scratch;
        private LoopbackServer server;
        private int pushes;

        @Setup(Level.Iteration)
        public void start(Transport transport) throws IOException {
            scratch = Scratch.make();
            server = transport.start(scratch);
        }

        private String nextRepository() {
            pushes++;
            return "push-" + pushes;
        }

        @TearDown(Level.Iteration)
        public void stop() throws IOException {
            server.close();
            scratch.close();
        }
    }

    /** A server that has it, and a place to pull to. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init")
    public static class Sender {
        private Scratch scratch;
        private LoopbackServer server;
        private Path replica;

        @Setup
        public void start(Transport transport, Local local) throws IOException {
            scratch = Scratch.make();
            server = transport.start(scratch);
            server.push(local.repository, PUSHED);
        }

        @Setup(Level.Invocation)
        public void choose() {
            replica = scratch.fresh();
        }

        @TearDown(Level.Invocation)
        public void clear() throws IOException {
            Scratch.delete(replica);
        }

        @TearDown
        public void stop() throws IOException {
            server.close();
            scratch.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public TransferReport push(Local local, Receiver receiver) {
        return receiver.server.push(local.repository, receiver.nextRepository());
    }

    /** A replica made, filled and closed. */
    @Benchmark
    @OperationsPerInvocation(MIBS)
    @Operation(Operation.MIB)
    public Path pull(Local local, Sender sender) throws IOException {
        sender.server.pull(PUSHED, sender.replica, local.keyFile()).close();
        return sender.replica;
    }
}
