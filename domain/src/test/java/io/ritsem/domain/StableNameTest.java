package io.ritsem.domain;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class StableNameTest {

    record Deposited() {}

    record AccountOpened() {}

    record HTTPRequestSent() {}

    record V2Opened() {}

    record Line2Added() {}

    @Name("order-line")
    record Renamed() {}

    @Name("Order Line")
    record BadlyRenamed() {}

    record Under_Score() {}

    @Test void a_record_is_called_by_its_simple_name_in_kebab_case() {
        assertThat(StableName.of(Deposited.class)).isEqualTo("deposited");
        assertThat(StableName.of(AccountOpened.class)).isEqualTo("account-opened");
        assertThat(StableName.of(HTTPRequestSent.class)).isEqualTo("http-request-sent");
        assertThat(StableName.of(V2Opened.class)).isEqualTo("v2-opened");
        assertThat(StableName.of(Line2Added.class)).isEqualTo("line2-added");
    }

    @Test void a_name_can_be_fixed_by_hand() {
        assertThat(StableName.of(Renamed.class)).isEqualTo("order-line");
    }

    @Test void what_does_not_make_a_name_is_refused_with_the_class() {
        assertThatIllegalArgumentException().isThrownBy(() -> StableName.of(BadlyRenamed.class))
                .withMessageContaining(BadlyRenamed.class.getName())
                .withMessageContaining("'Order Line'");
        assertThatIllegalArgumentException().isThrownBy(() -> StableName.of(Under_Score.class))
                .withMessageContaining("kebab-case");
    }

    @ParameterizedTest @ValueSource(strings = {"a", "account", "order-line", "v2", "a-1"}) void kebab_case_is_a_name(
            String name) {
        assertThat(StableName.check("entity type", name)).isEqualTo(name);
    }

    @ParameterizedTest @ValueSource(
            strings = {"", "A", "1a", "-a", "a-", "a--b", "a_b", "a b", "a.b", "é", "a\n"}) void nothing_else_is(
                    String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> StableName.check("entity type", name))
                .withMessageStartingWith("The entity type must be kebab-case of at most 60 characters");
    }

    @Test void a_name_has_at_most_60_characters() {
        assertThat(StableName.check("name", "a".repeat(60))).hasSize(60);
        assertThatIllegalArgumentException().isThrownBy(() -> StableName.check("name", "a".repeat(61)));
    }
}
