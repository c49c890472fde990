package io.ritsem.runtime.entity;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/** Counts the bugs that somebody logs, and keeps them from being printed. */
public final class LoggedBugs implements AutoCloseable {

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger;
    private final Level before;

    public LoggedBugs(Class<?> author) {
        this(author.getName());
    }

    /** Of all whose loggers begin with a name. */
    LoggedBugs(String authors) {
        this(authors, Level.ERROR);
    }

    LoggedBugs(String authors, Level from) {
        logger = (Logger) LoggerFactory.getLogger(authors);
        before = logger.getLevel();
        lines.start();
        logger.setLevel(from);
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    /** Those that are warned of, too. */
    public static LoggedBugs warnings(Class<?> author) {
        return new LoggedBugs(author.getName(), Level.WARN);
    }

    public String first() {
        return lines.list.getFirst().getFormattedMessage();
    }

    public List<String> messages() {
        return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    public int count() {
        return lines.list.size();
    }

    @Override public void close() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(before);
    }
}
