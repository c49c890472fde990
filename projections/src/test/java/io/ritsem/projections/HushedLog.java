package io.ritsem.projections;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a package from logging what a test provokes. */
final class HushedLog implements AutoCloseable {

    private final Logger logger;
    private final Level before;

    HushedLog(String talker) {
        logger = (Logger) LoggerFactory.getLogger(talker);
        before = logger.getLevel();
        logger.setLevel(Level.OFF);
    }

    @Override public void close() {
        logger.setLevel(before);
    }
}
