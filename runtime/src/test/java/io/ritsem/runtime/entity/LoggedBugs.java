package io.ritsem.runtime.entity;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/** Counts the bugs that a class logs, and keeps them from being printed. */
final class LoggedBugs implements AutoCloseable {

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger;
    private final Level before;

    LoggedBugs(Class<?> author) {
        logger = (Logger) LoggerFactory.getLogger(author);
        before = logger.getLevel();
        lines.start();
        logger.setLevel(Level.ERROR);
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    int count() {
        return lines.list.size();
    }

    @Override public void close() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(before);
    }
}
