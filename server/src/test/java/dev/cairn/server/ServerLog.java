package dev.cairn.server;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Takes what servers of this process log, in place of the console, until it is closed. */
final class ServerLog implements AutoCloseable {

    private final Logger logger = Logger.getLogger(CairnServer.class.getPackageName());
    private final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    ServerLog() {
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    /** Messages of warnings and worse, each with those of its causes. */
    List<String> warnings() {
        return records.stream()
                .filter(record -> record.getLevel().intValue() >= Level.WARNING.intValue())
                .map(ServerLog::text)
                .toList();
    }

    private static String text(LogRecord record) {
        StringBuilder text = new StringBuilder(record.getMessage());
        for (Throwable cause = record.getThrown(); cause != null; cause = cause.getCause()) {
            text.append(" / ").append(cause.getMessage());
        }
        return text.toString();
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
    }
}
