package io.ritsem.projections;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** Keeps what a package or class logs, and keeps it from being printed. Thread-safe. */
public final class CapturedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger logger;
    private final Level before;
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    public CapturedLog(String talker) {
        logger = (Logger) LoggerFactory.getLogger(talker);
        before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(this);
        start();
    }

    @Override protected void append(ILoggingEvent line) {
        lines.add(line);
    }

    public List<ILoggingEvent> lines(Level level) {
        return lines.stream().filter(line -> line.getLevel().equals(level)).toList();
    }

    @Override public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(before);
    }
}
