package io.ritsem.projections.tail;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import io.ritsem.projections.Jars.Event.Filled;
import io.ritsem.projections.TestJournal;

import static io.ritsem.projections.TestJournal.event;
import static org.assertj.core.api.Assertions.assertThat;

class HorizonWatchTest {

    private final TestJournal journal = new TestJournal();
    private final HorizonWatch watch = new HorizonWatch(journal.reader());
    private final Logger logger = (Logger) LoggerFactory.getLogger(HorizonWatch.class);
    private final Level before = logger.getLevel();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(log);
        log.start();
    }

    @AfterEach void close() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        logger.setLevel(before);
        journal.close();
    }

    @Test void names_the_session_after_two_seconds_and_again_when_it_has_lasted_twice_as_long() throws Exception {
        try (Connection open = journal.transaction()) {
            open.setClientInfo("ApplicationName", "left-open");
            journal.insert(open, event("jar", "a", new Filled("red", 1)));

            List.of(0, 1_900, 2_100, 4_100, 4_300, 8_700).forEach(millis -> watch.hidden(Duration.ofMillis(millis)));
        }

        assertThat(log.list).hasSize(3).allSatisfy(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage()).matches("Views have stood still for [248] s: they wait for session "
                    + "\\d+ 'left-open', which has written to the journal and not committed for \\d+ s");
        });
    }

    @Test void says_once_that_views_go_on() {
        List.of(2_100, 5_000, 0, 0, 100).forEach(millis -> watch.hidden(Duration.ofMillis(millis)));

        assertThat(log.list).hasSize(3);
        assertThat(log.list.getLast().getFormattedMessage()).isEqualTo("Views go on");
    }
}
