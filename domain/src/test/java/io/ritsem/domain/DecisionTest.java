package io.ritsem.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DecisionTest {

    @Test void accepts_with_events_in_order_and_no_reply() {
        Decision.Accepted<String> accepted = Decision.accept("first", "second");
        assertThat(accepted.events()).containsExactly("first", "second");
        assertThat(accepted.reply()).isNull();
    }

    @Test void a_reply_comes_with_the_same_events() {
        assertThat(Decision.accept("first").reply(7)).isEqualTo(new Decision.Accepted<>(List.of("first"), 7));
    }

    @Test void nothing_accepts_without_events() {
        assertThat(Decision.nothing().events()).isEmpty();
        assertThat(Decision.nothing()).isEqualTo(Decision.accept());
    }

    @Test void events_cannot_be_changed_afterwards() {
        List<String> events = new ArrayList<>(List.of("first"));
        Decision.Accepted<String> accepted = new Decision.Accepted<>(events, null);
        events.add("second");
        assertThat(accepted.events()).containsExactly("first");
        assertThatThrownBy(() -> Decision.accept("first", null)).isInstanceOf(NullPointerException.class);
    }

    @Test void rejects_with_a_code_that_reads_as_a_message() {
        assertThat(Decision.reject("already-open"))
                .isEqualTo(new Decision.Rejected<>("already-open", "already open", Map.of()));
        assertThat(Decision.reject("too-much", "Too much", Map.of("limit", 3)).details()).isEqualTo(Map.of("limit", 3));
    }

    @Test void a_rejection_has_a_stable_code() {
        assertThatIllegalArgumentException().isThrownBy(() -> Decision.reject("Already open"))
                .withMessageContaining("rejection code")
                .withMessageContaining("'Already open'");
    }
}
