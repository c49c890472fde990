package io.ritsem.domain;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DefinitionTest {

    record Command() {}

    record Event() {}

    record OtherEvent() {}

    @Name("event")
    @Version(2)
    record Old() {}

    @Name("event")
    @Version(1)
    record Older() {}

    record State() {}

    record Row(String owner) {}

    static class Thing implements Entity<Command, Event, State> {
        @Override public State initial() {
            return new State();
        }

        @Override public Decision<Event> decide(State state, Command command, Context context) {
            return Decision.nothing();
        }

        @Override public State evolve(State state, Event event) {
            return state;
        }
    }

    static final class Inherited extends Thing {}

    static final class Generic<E> implements EntityView<E, Row> {
        @Override public @Nullable Row apply(@Nullable Row row, E event, Recorded recorded) {
            return row;
        }
    }

    static final class Things implements EntityView<Event, Row> {
        @Override public @Nullable Row apply(@Nullable Row row, Event event, Recorded recorded) {
            return row;
        }
    }

    static final class Others implements EntityView<OtherEvent, Row> {
        @Override public @Nullable Row apply(@Nullable Row row, OtherEvent event, Recorded recorded) {
            return row;
        }
    }

    static final class ByOwner implements KeyedView<Event, Row> {
        @Override public void apply(Event event, Recorded recorded, Rows<Row> rows) {
            rows.delete(recorded.id());
        }
    }

    private final Definition definition = new Definition();

    @Test void reads_the_classes_of_an_entity_from_its_type_arguments() {
        Thing thing = new Thing();
        definition.entity("thing", thing);
        assertThat(definition.entities()).singleElement().satisfies(entity -> {
            assertThat(entity.type()).isEqualTo("thing");
            assertThat(entity.command()).isEqualTo(Command.class);
            assertThat(entity.event()).isEqualTo(Event.class);
            assertThat(entity.state()).isEqualTo(State.class);
            assertThat(entity.entity()).isSameAs(thing);
            assertThat(entity.upcasters()).isEmpty();
        });
    }

    @Test void an_entity_type_goes_on_with_upcasters_from_other_versions_of_its_events() {
        EntityDefinition<Command, Event, State> entity = definition.entity("thing", new Thing())
                .upcast(Old.class, old -> List.of(new Event(), new Event()))
                .upcast(Older.class, _ -> List.of());
        assertThat(definition.entities()).containsExactly(entity);
        assertThat(entity.upcasters()).extracting(upcaster -> upcaster.old().getSimpleName())
                .containsExactly("Old", "Older");
    }

    @Test void an_entity_type_is_defined_or_retired() {
        definition.retired("thing");
        assertThat(definition.retired()).containsExactly("thing");
        assertThatIllegalArgumentException().isThrownBy(() -> definition.retired("A Thing"))
                .withMessageContaining("'A Thing'");
        definition.entity("thing", new Thing());
        assertThatIllegalArgumentException().isThrownBy(definition::retired)
                .withMessage("The entity type 'thing' is defined and retired: it can only be one of them");
    }

    @Test void keeps_the_order_of_definition() {
        definition.entity("b", new Thing());
        definition.entity("a", new Thing());
        definition.view("d", new Things()).of("b");
        definition.view("c", new Things()).of("a");
        assertThat(definition.entities()).extracting(EntityDefinition::type).containsExactly("b", "a");
        assertThat(definition.views()).extracting(ViewDefinition::name).containsExactly("d", "c");
    }

    @Test void a_view_of_an_entity_follows_its_type_which_may_be_defined_later() {
        definition.view("things", new Things()).of("thing").indexedBy("owner");
        definition.entity("thing", new Thing());
        ViewDefinition<?> view = definition.views().getFirst();
        assertThat(view.follows()).isEqualTo(Map.of("thing", Event.class));
        assertThat(view.row()).isEqualTo(Row.class);
        assertThat(view.indexed()).containsExactly("owner");
    }

    @Test void a_keyed_view_has_a_handler_for_each_type_that_it_follows() {
        ByOwner handler = new ByOwner();
        definition.entity("a", new Thing());
        definition.entity("b", new Thing());
        KeyedViewDefinition<Row> view = definition.view("by-owner", Row.class).on("a", handler).on("b", handler);
        assertThat(definition.views()).containsExactly(view);
        assertThat(view.follows()).isEqualTo(Map.of("a", Event.class, "b", Event.class));
        assertThat(view.handlers()).containsEntry("a", handler).containsEntry("b", handler);
        assertThatIllegalArgumentException().isThrownBy(() -> view.on("a", handler))
                .withMessage("The view 'by-owner' has two handlers for 'a'");
    }

    @Test void names_are_given_once_and_are_stable() {
        definition.entity("thing", new Thing());
        definition.view("things", new Things()).of("thing");
        assertThatIllegalArgumentException().isThrownBy(() -> definition.entity("thing", new Thing()))
                .withMessage("There are two entity types called 'thing'");
        assertThatIllegalArgumentException().isThrownBy(() -> definition.view("things", Row.class))
                .withMessage("There are two views called 'things'");
        assertThatIllegalArgumentException().isThrownBy(() -> definition.entity("Thing", new Thing()))
                .withMessageContaining("'Thing'");
        assertThatIllegalArgumentException().isThrownBy(() -> definition.view("by owner", Row.class))
                .withMessageContaining("'by owner'");
    }

    @Test void a_view_must_follow_what_is_defined() {
        definition.entity("thing", new Thing());
        EntityViewDefinition<Event, Row> view = definition.view("things", new Things());
        assertThatIllegalArgumentException().isThrownBy(definition::views)
                .withMessage("The view 'things' follows no entity type: say which");
        view.of("nothing");
        assertThatIllegalArgumentException().isThrownBy(definition::views)
                .withMessageContaining("'nothing', which is not defined")
                .withMessageContaining("[thing]");
    }

    @Test void a_view_must_handle_the_events_of_what_it_follows() {
        definition.entity("thing", new Thing());
        definition.view("others", new Others()).of("thing");
        assertThatIllegalArgumentException().isThrownBy(definition::views)
                .withMessageContaining(OtherEvent.class.getName())
                .withMessageContaining(Event.class.getName());
    }

    @Test void type_arguments_must_be_classes_that_the_class_itself_says() {
        assertThatIllegalArgumentException().isThrownBy(() -> definition.entity("thing", new Inherited()))
                .withMessageContaining(Inherited.class.getName())
                .withMessageContaining("must implement Entity directly");
        assertThatIllegalArgumentException().isThrownBy(() -> definition.view("things", new Generic<Event>()))
                .withMessageContaining("with classes as type arguments");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> definition.view("things", Row.class)
                        .on("thing", (Event _, Recorded _, Rows<Row> _) -> {}))
                .withMessageContaining("a lambda does not tell its types");
    }
}
