package dev.cairn.replicator.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A socket that is full and free again before Netty hears of either, and a stream that was looked at in between. */
class StreamWakeUpTest {

    private final Http2ConnectionHandler handler = new Http2ConnectionHandlerBuilder()
            .server(false)
            .frameListener(new Http2EventAdapter())
            .build();
    private final EmbeddedChannel channel = new EmbeddedChannel(handler);
    private final Http2RemoteFlowController flow = handler.encoder().flowController();

    /** What each stream was told, as Vert.x keeps it: it turns over with each call. */
    private final Map<Integer, Boolean> told = new HashMap<>();

    private Runnable whenFirstIsTold = () -> {};

    @SuppressWarnings("NullAway.Init")
    private Http2Stream first;

    @SuppressWarnings("NullAway.Init")
    private Http2Stream second;

    @BeforeEach
    void open() throws Http2Exception {
        flow.listener(stream -> {
            told.put(stream.id(), !told.getOrDefault(stream.id(), false));
            if (stream.equals(first)) {
                whenFirstIsTold.run();
            }
        });
        first = handler.connection().local().createStream(3, false);
        second = handler.connection().local().createStream(5, false);
        // Netty notes the state of the connection when it changes first.
        setSocketFree(false);
        channel.runPendingTasks();
        setSocketFree(true);
        channel.runPendingTasks();
        assertThat(told).containsEntry(3, true).containsEntry(5, true);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    /** Netty brings the news of it with the next tasks. */
    private void setSocketFree(boolean free) {
        ChannelOutboundBuffer buffer = Objects.requireNonNull(channel.unsafe().outboundBuffer());
        buffer.setUserDefinedWritability(1, free);
    }

    /** The first stream fills the socket as soon as it may; what it wrote is gone before Netty's news of that are brought. */
    private void fullAndFreeUnheard() {
        setSocketFree(false);
        channel.runPendingTasks();
        assertThat(told).containsEntry(3, false).containsEntry(5, false);
        whenFirstIsTold = () -> {
            whenFirstIsTold = () -> {};
            channel.eventLoop().execute(() -> setSocketFree(true));
            setSocketFree(false);
        };
        setSocketFree(true);
        channel.runPendingTasks();
    }

    @Test
    void socketFullAndFree_unheard_streamsAreToldThatTheyMayWrite() {
        channel.pipeline().addLast(new StreamWakeUp());

        fullAndFreeUnheard();

        assertThat(flow.isWritable(second)).isTrue();
        assertThat(told).containsEntry(3, true).containsEntry(5, true);
    }

    @Test
    void socketFull_streamsAreToldThatTheyMayNot() {
        channel.pipeline().addLast(new StreamWakeUp());

        setSocketFree(false);
        channel.runPendingTasks();

        assertThat(told).containsEntry(3, false).containsEntry(5, false);
    }
}
