package io.ritsem.projections.engine;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import org.junit.jupiter.api.Test;

import io.ritsem.projections.TestJournal;
import io.ritsem.projections.store.ViewCensus;
import io.ritsem.runtime.journal.JournalBacklog;

import static org.awaitility.Awaitility.await;

/** What the watch does about what nobody expects. */
class WatchErrorTest {

    @Test void an_error_does_not_end_the_looking() {
        AtomicInteger looks = new AtomicInteger();
        try (TestJournal journal = new TestJournal()) {
            DataSource failing = (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(),
                    new Class<?>[]{DataSource.class}, (_, method, arguments) -> {
                        if (looks.incrementAndGet() == 1) {
                            throw new StackOverflowError("of a test");
                        }
                        return method.invoke(journal.dataSource(), arguments);
                    });
            try (ViewWatch watch = new ViewWatch(new ViewCensus(failing), new JournalBacklog(journal.dataSource()),
                    journal.reader(), new KnownViews(List.of()))) {
                watch.start();
                await().atMost(Duration.ofSeconds(20)).until(() -> looks.get() > 1);
            }
        }
    }
}
