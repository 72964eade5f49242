package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.cairn.cas.TestRecords;
import dev.cairn.cas.lmdb.MemoryFolder;
import dev.cairn.replicator.protocol.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Frames that HTTP/2 forbids, or floods of those it allows: they end their connection, soon, and harm no other. */
class HostileFramesTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 2;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PUSH = 5;
    private static final int PING = 6;
    private static final int AWAY = 7;
    private static final int WINDOW = 8;
    private static final int CONTINUATION = 9;
    private static final int END_OF_HEADERS = 4;
    private static final int PADDED = 8;

    /** GET, http, / by the static table. */
    private static final byte[] GET = {(byte) 0x82, (byte) 0x86, (byte) 0x84};

    private static final byte[] NONE = {};

    @TempDir(factory = MemoryFolder.class)
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** Goes on until it has said all, or the server has closed the connection. */
    @FunctionalInterface
    private interface Talk {
        void say(RawConnection connection) throws IOException;
    }

    private final Map<String, Talk> talks = new LinkedHashMap<>();

    private void frame(String name, int length, int type, int flags, int stream, byte[] payload) {
        talks.put(name, connection -> connection.sendFrame(length, type, flags, stream, payload));
    }

    private void flood(String name, int times, Talk one) {
        talks.put(name, connection -> {
            for (int i = 0; i < times; i++) {
                one.say(connection);
            }
        });
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static byte[] setting(int id, int value) {
        return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
    }

    private void forbidden() {
        frame("a frame of 16 MiB", 0xff_ffff, DATA, 0, 1, NONE);
        frame("settings of 5 bytes", 5, SETTINGS, 0, 0, new byte[5]);
        frame("settings of a stream", 0, SETTINGS, 0, 1, NONE);
        frame("settings of a window of 2^32 - 1", 6, SETTINGS, 0, 0, setting(4, -1));
        frame("settings of frames of no bytes", 6, SETTINGS, 0, 0, setting(5, 0));
        frame("an answer to settings with content", 6, SETTINGS, 1, 0, setting(3, 1));
        frame("a ping of 7 bytes", 7, PING, 0, 0, new byte[7]);
        frame("a ping of a stream", 8, PING, 0, 1, new byte[8]);
        frame("a window that grows by 0", 4, WINDOW, 0, 0, number(0));
        talks.put("a window beyond 2^31", connection -> {
            connection.sendFrame(4, WINDOW, 0, 0, number(Integer.MAX_VALUE));
            connection.sendFrame(4, WINDOW, 0, 0, number(Integer.MAX_VALUE));
        });
        frame("a window of 3 bytes", 3, WINDOW, 0, 0, new byte[3]);
        frame("data of no stream", 1, DATA, 0, 0, new byte[1]);
        frame("data of a stream that was not opened", 1, DATA, 0, 7, new byte[1]);
        frame("data padded by more than there is", 1, DATA, PADDED, 1, new byte[] {127});
        frame("a reset of no stream", 4, RESET, 0, 0, number(8));
        frame("a reset of a stream that was not opened", 4, RESET, 0, 9, number(8));
        frame("a promise by a client", 7, PUSH, END_OF_HEADERS, 1, new byte[7]);
        frame("a stream of an even number", 3, HEADERS, END_OF_HEADERS, 2, GET);
        frame("headers of no stream", 3, HEADERS, END_OF_HEADERS, 0, GET);
        frame("headers by an index that is none", 1, HEADERS, END_OF_HEADERS, 1, new byte[] {(byte) 0xff});
        frame("headers that make the table 2^30 long", 6, HEADERS, END_OF_HEADERS, 1, new byte[] {
            0x3f, (byte) 0xe1, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x03
        });
        frame("a goodbye of a stream", 8, AWAY, 0, 1, new byte[8]);
        frame("a continuation of nothing", 3, CONTINUATION, END_OF_HEADERS, 1, GET);
        talks.put("headers amid other headers", connection -> {
            connection.sendFrame(3, HEADERS, 0, 1, GET);
            connection.sendFrame(3, HEADERS, END_OF_HEADERS, 3, GET);
        });
        talks.put("a stream of a lower number than the last", connection -> {
            connection.sendFrame(3, HEADERS, END_OF_HEADERS, 9, GET);
            connection.sendFrame(3, HEADERS, END_OF_HEADERS, 3, GET);
        });
    }

    private void floods() {
        flood("20,000 settings", 20_000, connection -> connection.sendFrame(0, SETTINGS, 0, 0, NONE));
        flood("20,000 pings", 20_000, connection -> connection.sendFrame(8, PING, 0, 0, new byte[8]));
        flood("20,000 priorities", 20_000, connection -> connection.sendFrame(5, PRIORITY, 0, 3, new byte[5]));
        talks.put("20,000 frames of no data", connection -> {
            connection.sendFrame(3, HEADERS, END_OF_HEADERS, 1, GET);
            for (int i = 0; i < 20_000; i++) {
                connection.sendFrame(0, DATA, 0, 1, NONE);
            }
        });
        talks.put("headers that never end", connection -> {
            connection.sendFrame(3, HEADERS, 0, 1, GET);
            for (int i = 0; i < 2000; i++) {
                // A literal header that is not indexed: name of one letter, value of 100.
                byte[] header = new byte[104];
                header[1] = 1;
                header[2] = 'x';
                header[3] = 100;
                connection.sendFrame(header.length, CONTINUATION, 0, 1, header);
            }
        });
        talks.put("continuations of no bytes without end", connection -> {
            connection.sendFrame(3, HEADERS, 0, 1, GET);
            for (int i = 0; i < 20_000; i++) {
                connection.sendFrame(0, CONTINUATION, 0, 1, NONE);
            }
        });
        talks.put("10,000 streams that are reset", connection -> {
            for (int stream = 1; stream < 20_000; stream += 2) {
                connection.sendFrame(3, HEADERS, END_OF_HEADERS, stream, GET);
                connection.sendFrame(4, RESET, 0, stream, number(8));
            }
        });
        talks.put("10,000 streams that are left open", connection -> {
            for (int stream = 1; stream < 20_000; stream += 2) {
                connection.sendFrame(3, HEADERS, END_OF_HEADERS, stream, GET);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> connection_ofFramesThatMeanHarm_isClosedAndOthersGoOn() {
        forbidden();
        floods();
        TestRecords records = new TestRecords(62);
        ServerLimits limits = new TestLimits().idle(Duration.ofSeconds(1)).limits();
        TestServer server = new TestServer(folder, limits);
        TestClient client = server.client();
        TestClient.Session session = server.made(client, TestServer.repositoryId(records));
        return talks.entrySet().stream()
                .map(talk -> dynamicTest(talk.getKey(), () -> {
                    long from = System.nanoTime();
                    try (RawConnection connection = RawConnection.clear(server.server())) {
                        connection.sendPreface();
                        try {
                            talk.getValue().say(connection);
                        } catch (IOException e) {
                            // Closed before all was said.
                        }
                        connection.receiveAll();
                    }
                    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(SOON);
                    session.ask(TestServer.batch(records.run(100)));
                    assertThat(session.reply(new Request.Describe()).status()).isEqualTo(200);
                }))
                .onClose(() -> {
                    client.close();
                    server.close();
                });
    }
}
