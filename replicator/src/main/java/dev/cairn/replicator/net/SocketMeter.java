package dev.cairn.replicator.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;

/**
 * Counts the bytes of one socket and keeps them to the limits: the handler nearest to the socket, below the one that encrypts.
 *
 * <p>What goes out is handed to Netty at once, so that its own high-water mark stops the writers above; only the flush waits for the
 * bucket. What comes in has been on the wire already: the socket then rests until it is paid for, and TCP stops the peer. Works on the
 * channel's event loop only.
 */
final class SocketMeter extends ChannelDuplexHandler {

    private final SocketBytes bytes;
    private long unflushed;
    private boolean flushWaits;
    private boolean rests;

    SocketMeter(SocketBytes bytes) {
        this.bytes = bytes;
    }

    /** Vert.x clears the pipeline of an open connection down to its own handlers before it speaks HTTP on it. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            context.pipeline().addFirst(new SocketMeter(bytes));
            if (flushWaits) {
                context.pipeline().firstContext().flush();
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf buffer) {
            long waitNanos = bytes.received(buffer.readableBytes());
            if (waitNanos > 0) {
                rest(context.channel(), waitNanos);
            }
        }
        context.fireChannelRead(message);
    }

    private void rest(Channel channel, long nanos) {
        if (!rests) {
            rests = true;
            channel.config().setAutoRead(false);
            var _ = channel.eventLoop()
                    .schedule(
                            () -> {
                                rests = false;
                                channel.config().setAutoRead(true);
                            },
                            nanos,
                            TimeUnit.NANOSECONDS);
        }
    }

    /** The handlers above ask for more by themselves where nothing is read automatically: not now. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (!rests) {
            context.read();
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf buffer) {
            unflushed += buffer.readableBytes();
            bytes.sent(buffer.readableBytes());
        }
        var _ = context.write(message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        if (flushWaits) {
            return;
        }
        long nanos = bytes.beforeSending(unflushed);
        if (nanos == 0) {
            unflushed = 0;
            context.flush();
            return;
        }
        flushWaits = true;
        var _ = context.executor()
                .schedule(
                        () -> {
                            flushWaits = false;
                            flush(context);
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }
}
