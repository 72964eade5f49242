package dev.cairn.replicator.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network link between a client and a server on this machine: a port that forwards to another one, no faster and no sooner
 * than its {@link LinkTerms} say, with cuts and stalls on order. Bytes are on their way at the same time, as on a real link: the
 * delay does not lower the rate.
 *
 * <p>A model, not an emulation: there are no packets, a loss is a delay of all that follows, and how TCP feels its way to the
 * rate is left out. Loopback only. Memory: for each connection and direction what is under way, at most some hundred KiB
 * more than rate times delay. Threads: two virtual ones for each of these.
 */
public final class SlowLink implements AutoCloseable {

    /** How a connection breaks. */
    public enum Cut {
        /** Both ends see the end of the stream. */
        CLOSE,
        /** Both ends see an error. */
        RESET
    }

    /** So that little is hidden in the system's buffers between a sender and the link. */
    private static final int SOCKET_BUFFER_BYTES = 128 << 10;

    private final ServerSocket listening;
    private final InetSocketAddress target;
    private final LinkDirection up;
    private final LinkDirection down;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile int accepted;

    private SlowLink(ServerSocket listening, InetSocketAddress target, LinkDirection up, LinkDirection down) {
        this.listening = listening;
        this.target = target;
        this.up = up;
        this.down = down;
    }

    /**
     * Opens a link to a port of this machine.
     *
     * @param up towards the server
     * @param seed of the losses; whoever draws it prints it
     */
    public static SlowLink open(int targetPort, LinkTerms up, LinkTerms down, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        var roundTrip = up.delay().plus(down.delay());
        ServerSocket listening = new ServerSocket();
        listening.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        SlowLink link = new SlowLink(
                listening,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort),
                new LinkDirection(up, roundTrip, random.split()),
                new LinkDirection(down, roundTrip, random.split()));
        Thread.ofVirtual().name("link").start(link::accept);
        return link;
    }

    /** Where clients connect to. */
    public int port() {
        return listening.getLocalPort();
    }

    /** From clients to the server. */
    public LinkDirection up() {
        return up;
    }

    /** From the server to clients. */
    public LinkDirection down() {
        return down;
    }

    /** Connections that were opened so far. */
    public int connections() {
        return accepted;
    }

    /** Breaks all connections at once. New ones are taken. */
    public void cut(Cut how) {
        connections.forEach(connection -> connection.end(how));
    }

    /**
     * Nothing comes through on the connections that are open, in either direction and for good; new ones work. As when a machine has
     * moved to another network, or a router has forgotten them.
     */
    public void forgetConnections() {
        connections.forEach(connection -> connection.forgotten = true);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                accepted++;
                Thread.ofVirtual().name("link-open").start(() -> connect(client));
            }
        } catch (IOException e) {
            cut(Cut.CLOSE); // The link was closed.
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            server.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
            server.connect(target);
            for (Socket socket : new Socket[] {client, server}) {
                socket.setTcpNoDelay(true);
                socket.setSendBufferSize(SOCKET_BUFFER_BYTES);
            }
            new Connection(client, server).start();
        } catch (IOException e) {
            close(server);
            close(client);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut(Cut.CLOSE);
    }

    /** A client's connection and the one to the server that goes with it. */
    private final class Connection {
        private final Socket client;
        private final Socket server;
        private final Pump toServer;
        private final Pump toClient;
        private volatile boolean forgotten;
        private final AtomicInteger waysOpen = new AtomicInteger(2);
        private final AtomicBoolean ended = new AtomicBoolean();

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            this.toServer = new Pump(this, client, server, up);
            this.toClient = new Pump(this, server, client, down);
        }

        void start() {
            connections.add(this);
            toServer.start();
            toClient.start();
        }

        /** One side has said all that it had to say. */
        void endOneWay() throws IOException {
            if (waysOpen.decrementAndGet() == 0) {
                end(Cut.CLOSE);
            }
        }

        void end(Cut how) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            connections.remove(this);
            try {
                if (how == Cut.RESET) {
                    client.setSoLinger(true, 0);
                    server.setSoLinger(true, 0);
                }
            } catch (SocketException e) {
                // It is closed already: that is all there is to end.
            }
            SlowLink.close(client);
            SlowLink.close(server);
            toServer.stop();
            toClient.stop();
        }
    }

    /** What goes one way on one connection. */
    private static final class Pump {
        private final Connection connection;
        private final Socket from;
        private final Socket to;
        private final LinkDirection direction;
        private final Semaphore room;
        private final BlockingQueue<Segment> underWay = new LinkedBlockingQueue<>();
        private final Thread reader = Thread.ofVirtual().name("link-in").unstarted(this::read);
        private final Thread writer = Thread.ofVirtual().name("link-out").unstarted(this::write);

        /** Bytes on their way; none for the end of the stream. */
        private record Segment(byte[] bytes, int length, long dueNanos) {}

        Pump(Connection connection, Socket from, Socket to, LinkDirection direction) {
            this.connection = connection;
            this.from = from;
            this.to = to;
            this.direction = direction;
            this.room = new Semaphore(direction.bytesUnderWayMax());
        }

        void start() {
            reader.start();
            writer.start();
        }

        void stop() {
            reader.interrupt();
            writer.interrupt();
        }

        private void read() {
            try {
                int length;
                do {
                    direction.awaitRoom();
                    byte[] bytes = new byte[direction.segmentBytes()];
                    length = Math.max(0, from.getInputStream().read(bytes));
                    room.acquire(length);
                    underWay.add(new Segment(bytes, length, direction.send(length)));
                } while (length > 0);
            } catch (IOException e) {
                connection.end(Cut.RESET);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void write() {
            try {
                Segment segment = underWay.take();
                while (segment.length() > 0) {
                    direction.awaitArrival(segment.dueNanos());
                    if (connection.forgotten) {
                        return;
                    }
                    int length = direction.untilCut(segment.length());
                    to.getOutputStream().write(segment.bytes(), 0, length);
                    room.release(segment.length());
                    Optional<Cut> cut = direction.arrived(length);
                    if (cut.isPresent()) {
                        connection.end(cut.get());
                        return;
                    }
                    segment = underWay.take();
                }
                direction.awaitArrival(segment.dueNanos());
                to.shutdownOutput();
                connection.endOneWay();
            } catch (IOException e) {
                connection.end(Cut.RESET);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
