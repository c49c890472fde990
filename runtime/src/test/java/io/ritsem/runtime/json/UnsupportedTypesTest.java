package io.ritsem.runtime.json;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.ritsem.domain.Name;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UnsupportedTypesTest {

    record Doubtful(String fine, double wrong) {}

    record Unordered(Set<String> wrong) {}

    @SuppressWarnings("rawtypes")
    record Raw(List wrong) {}

    record Wild(List<? extends String> wrong) {}

    record NumberKeys(Map<Integer, String> wrong) {}

    @SuppressWarnings("ArrayRecordComponent")
    record Array(String[] wrong) {}

    record Anything(Object wrong) {}

    record Deep(List<Map<String, Optional<String>>> wrong) {}

    record Twice(Optional<Optional<String>> wrong) {}

    @SuppressWarnings("NullableOptional")
    record Unsure(@Nullable Optional<String> wrong) {}

    record Holes(List<@Nullable String> wrong) {}

    @SuppressWarnings("NullablePrimitive")
    record NullableDefault(@Nullable int wrong) {}

    record Outer(List<Doubtful> inner) {}

    record Generic<T>(T any) {}

    record Tree(List<Tree> children) {}

    sealed interface Colliding {
        record Here(String type) implements Colliding {}
    }

    sealed interface SameName {
        record One() implements SameName {}

        @Name("one")
        record Another() implements SameName {}
    }

    sealed interface WithClass {
        final class Odd implements WithClass {}
    }

    interface Open {}

    @ParameterizedTest @ValueSource(classes = {Doubtful.class, Unordered.class, Raw.class, Wild.class, NumberKeys.class,
        Array.class, Anything.class,
        Deep.class, Twice.class, Unsure.class, Holes.class, NullableDefault.class}) void the_error_says_which_component(
                Class<?> type) {
        assertThatThrownBy(() -> JsonType.of(type)).isInstanceOf(UnsupportedTypeException.class)
                .hasMessageStartingWith(type.getName() + ".wrong ");
    }

    @Test void the_error_says_why() {
        assertThatThrownBy(() -> JsonType.of(Doubtful.class)).hasMessageContaining("as a double")
                .hasMessageContaining("BigDecimal")
                .hasMessageContaining("supported");
        assertThatThrownBy(() -> JsonType.of(NumberKeys.class))
                .hasMessageContaining("the keys of a map must be String");
        assertThatThrownBy(() -> JsonType.of(Outer.class)).hasMessageStartingWith(Doubtful.class.getName() + ".wrong");
        assertThatThrownBy(() -> JsonType.of(Generic.class)).hasMessageContaining("type parameters");
        assertThatThrownBy(() -> JsonType.of(Tree.class)).hasMessageStartingWith(Tree.class.getName() + ".children")
                .hasMessageContaining("contains itself");
        assertThatThrownBy(() -> JsonType.of(Colliding.class))
                .hasMessageStartingWith(Colliding.Here.class.getName() + ".type")
                .hasMessageContaining("collides");
        assertThatThrownBy(() -> JsonType.of(SameName.class)).hasMessageContaining("second record called 'one'")
                .hasMessageContaining("@Name");
        assertThatThrownBy(() -> JsonType.of(WithClass.class)).hasMessageContaining("must be records");
    }

    @ParameterizedTest @ValueSource(classes = {Object.class, double.class, Open.class, List.class, Optional.class,
        int[].class, StringBuilder.class}) void the_error_says_which_class(Class<?> type) {
        assertThatThrownBy(() -> JsonType.of(type)).isInstanceOf(UnsupportedTypeException.class)
                .hasMessageStartingWith(type.getName() + " has no JSON form");
    }

    @Test void a_value_of_an_unsupported_type_is_refused_with_its_class() {
        assertThatThrownBy(() -> JsonType.encodeValue(Map.of("ratio", 0.5)))
                .isInstanceOf(UnsupportedTypeException.class)
                .hasMessageContaining("java.lang.Double");
    }
}
