package io.ritsem.chaos.check;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.ritsem.chaos.load.Seen;
import io.ritsem.chaos.load.Seen.Source;
import io.ritsem.harness.Address;

import static io.ritsem.chaos.load.Seen.Source.ENTITY;
import static io.ritsem.chaos.load.Seen.Source.ROW;
import static io.ritsem.chaos.load.Seen.Source.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

/** The rules of sessions: each accepts what may happen and sees what must not. */
class SessionCheckerTest {

    private static final Address NODE = new Address("192.0.2.1", 8080);
    private static final Map<String, List<ViewState>> HISTORY = Map.of("a",
            List.of(new ViewState(1, new BigDecimal("1.00")), new ViewState(2, new BigDecimal("3.00"))));

    @Test void accepts_reads_that_go_forward_and_see_the_sessions_writes() {
        assertThat(broken(seen(1, WRITE, 1, 0, 1), seen(1, ENTITY, 1, 2, 3), seen(1, ROW, 1, 4, 5),
                seen(1, WRITE, 2, 6, 7), seen(1, ROW, 2, 8, 9), seen(1, ENTITY, 2, 10, 11))).isEmpty();
    }

    @Test void sees_a_read_that_goes_back() {
        assertThat(broken(seen(1, ENTITY, 2, 0, 1), seen(1, ENTITY, 1, 2, 3))).singleElement()
                .asString()
                .startsWith("session 1 was told version 1 of a by the ENTITY at 192.0.2.1:8080, after 2 by the ENTITY");
        assertThat(broken(seen(1, ROW, 2, 0, 1), seen(1, ROW, 1, 2, 3))).singleElement()
                .asString()
                .contains("by the ROW at 192.0.2.1:8080, after 2 by the ROW");
    }

    @Test void sees_a_read_that_lacks_a_write_of_the_session() {
        assertThat(broken(seen(1, WRITE, 2, 0, 1), seen(1, ROW, 1, 2, 3))).singleElement()
                .asString()
                .contains("after 2 by the WRITE");
        assertThat(broken(seen(1, WRITE, 2, 0, 1), seen(1, ENTITY, 0, 2, 3))).singleElement()
                .asString()
                .contains("was told version 0");
    }

    @Test void accepts_a_row_that_is_older_than_what_the_entity_said_or_another_session_wrote() {
        assertThat(broken(seen(1, ENTITY, 2, 0, 1), seen(2, WRITE, 2, 0, 1), seen(1, ROW, 1, 2, 3))).isEmpty();
    }

    @Test void sees_an_entity_that_lacks_what_another_session_had_been_told_before_it_was_asked() {
        assertThat(broken(seen(2, WRITE, 2, 0, 10), seen(1, ENTITY, 1, 11, 12))).singleElement()
                .asString()
                .contains("said version 1", "session 2 had been told 2 by the WRITE");
        assertThat(broken(seen(2, ENTITY, 2, 0, 10), seen(1, ENTITY, 1, 11, 12))).hasSize(1);
        assertThat(broken(seen(2, WRITE, 2, 0, 10), seen(1, ENTITY, 1, 9, 12))).isEmpty();
    }

    @Test void sees_what_never_was() {
        assertThat(broken(seen(1, WRITE, 3, 0, 1))).singleElement().asString().contains("it was never that");
        assertThat(broken(new Seen(1, ROW, "a", 2, new BigDecimal("2.00"), 0, 1, NODE))).singleElement()
                .asString()
                .contains("version 2 of a with 2.00, and it was never that");
        assertThat(broken(new Seen(1, ROW, "a", 2, new BigDecimal("3"), 0, 1, NODE))).isEmpty();
    }

    private static List<String> broken(Seen... seen) {
        return new SessionChecker(List.of(seen), HISTORY).sessions();
    }

    private static Seen seen(int session, Source source, long version, long sentAt, long toldAt) {
        return new Seen(session, source, "a", version, null, sentAt, toldAt, NODE);
    }
}
