package dev.cairn.replicator.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Wakes streams of an HTTP/2 connection that Netty forgot to tell that they may go on.
 *
 * <p>A stream may write while the socket does. Netty (4.2.18) tells a stream of a change where it compares the two: when the socket's
 * state changes, if that is not what it has noted of the connection. News of the socket are brought late. So when the socket is full
 * and free again between two of them, nothing seems to have changed; but a stream that was looked at in between has been told that it
 * may not write, and is never told that it may. Vert.x keeps what such a stream has to send, and its peer waits until it loses
 * patience: 30 s, on a connection over which everything else goes well. It takes two streams at once and a socket that is often full: a
 * clone over a fast network.
 *
 * <p>So whenever the socket is free again, all streams are looked at once more. Costs a pass over the streams that are open.
 */
public final class StreamWakeUp extends ChannelInboundHandlerAdapter {

    private static final String NAME = "stream-wake-up";

    StreamWakeUp() {}

    /** Watches over a connection from now on. On its event loop, once it speaks HTTP/2; once or more. */
    public static void watch(HttpConnection connection) {
        if (connection instanceof ConnectionBase base) {
            ChannelPipeline pipeline = base.channel().pipeline();
            if (pipeline.get(NAME) == null) {
                pipeline.addLast(NAME, new StreamWakeUp());
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Http2Exception {
        context.fireChannelWritabilityChanged();
        Http2ConnectionHandler handler = context.pipeline().get(Http2ConnectionHandler.class);
        if (handler != null && context.channel().isWritable()) {
            // To set the window to what it is changes nothing, and compares all.
            Http2RemoteFlowController streams = handler.encoder().flowController();
            streams.initialWindowSize(streams.initialWindowSize());
        }
    }
}
