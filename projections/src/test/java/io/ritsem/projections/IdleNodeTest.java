package io.ritsem.projections;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

import akka.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.journal.JournalReader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What a node asks the journal when nothing happens. */
class IdleNodeTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int MANY = 40;

    @Test void three_views_on_one_journal_ask_it_no_more_than_one_view_does() throws Exception {
        Set<String> ofOne = asked(app -> {
            Jars.entities(app);
            app.view("contents", new Jars.Contents()).of("jar");
        });
        Set<String> ofThree = asked(app -> {
            new Jars().define(app);
            app.view("more", new Jars.Contents()).of("jar");
        });
        assertThat(ofThree).isEqualTo(ofOne).as("the tail and the watch").hasSize(2);
    }

    /** The different statements, each of which is sent by one clock, whatever the number of views. */
    private static Set<String> asked(Application application) throws Exception {
        try (TestJournal journal = new TestJournal()) {
            Set<String> texts = ConcurrentHashMap.newKeySet();
            Counter counter = new Counter(texts);
            DataSource noting = counter.noting(journal.dataSource());
            ActorSystem<Void> system = TestSystem.start(application);
            try (Projections projections = Projections.start(system, noting,
                    new JournalReader(noting, journal.reader().info()), ApplicationModel.of(application),
                    RunningNode.SETTINGS)) {
                await().atMost(SOON).until(() -> projections.ready().toCompletableFuture().isDone());
                counter.count = 0;
                await().atMost(SOON).until(() -> counter.count > MANY);
                texts.clear();
                counter.count = 0;
                await().atMost(SOON).until(() -> counter.count > MANY);
                return new TreeSet<>(texts);
            } finally {
                TestSystem.stop(system);
            }
        }
    }

    /** Notes every statement about the journal that is prepared. */
    private static final class Counter {

        private final Set<String> texts;
        volatile int count;

        Counter(Set<String> texts) {
            this.texts = texts;
        }

        DataSource noting(DataSource dataSource) {
            return proxy(DataSource.class, dataSource);
        }

        private <T> T proxy(Class<T> type, T target) {
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
                    (_, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")) {
                            note((String) arguments[0]);
                        }
                        try {
                            Object result = method.invoke(target, arguments);
                            return result instanceof Connection connection ? proxy(Connection.class, connection)
                                    : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }

        private synchronized void note(String sql) {
            if (sql.contains("ritsem.event_journal")) {
                texts.add(sql);
                count++;
            }
        }
    }
}
