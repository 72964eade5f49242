package dev.cairn.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;

/**
 * Where logs go: to standard error, warnings and worse, without stack traces. {@code CAIRN_LOG=debug} (or trace, info, off)
 * says otherwise, and then brings stack traces too. Found by Logback through its service file; reads no configuration file, which
 * would cost every command its time.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

    private static final String VARIABLE = "CAIRN_LOG";

    private static final List<String> QUIET = List.of("io.vertx.core.http", "io.vertx.core.net", "io.netty");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        String wanted = System.getenv(VARIABLE);
        Level level = Level.toLevel(wanted, Level.WARN);
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %level %logger{0}: %msg"
                + (level.isGreaterOrEqual(Level.INFO) ? "%nopex%n" : "%n%ex"));
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        root.addAppender(appender);
        if (wanted == null) {
            // What these say of a connection that ended, the command says better.
            QUIET.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
