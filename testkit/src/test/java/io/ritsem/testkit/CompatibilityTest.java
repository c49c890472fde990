package io.ritsem.testkit;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.ritsem.runtime.json.InvalidJsonException;
import io.ritsem.runtime.json.JsonType;

import static org.assertj.core.api.Assertions.assertThat;

/** What it says is what the codecs do: each value is written by one record and read as each other. */
class CompatibilityTest {

    enum Few {
        A, B
    }

    enum Many {
        A, B, C
    }

    sealed interface Small {
        record One(int a) implements Small {}
    }

    sealed interface Large {
        record One(long a) implements Large {}

        record Two() implements Large {}
    }

    record AnInt(int a) {}

    record ALong(long a) {}

    record AText(String a) {}

    record ADecimal(BigDecimal a) {}

    record ADay(LocalDate a) {}

    record Maybe(Optional<String> a) {}

    record AFew(Few a) {}

    record AMany(Many a) {}

    record MaybeFew(Optional<Few> a) {}

    record Fews(List<Few> a) {}

    record Manys(List<Many> a) {}

    record Longs(Map<String, Long> a) {}

    record Ints(Map<String, Integer> a) {}

    record Nothing() {}

    record Both(String a, boolean b) {}

    record Within(ALong a) {}

    record WithinInt(AnInt a) {}

    record ASmall(Small a) {}

    record ALarge(Large a) {}

    private static final List<Record> VALUES = List.of(new AnInt(Integer.MAX_VALUE), new ALong(Long.MAX_VALUE),
            new AText("x"), new ADecimal(BigDecimal.TEN), new ADay(LocalDate.EPOCH), new Maybe(Optional.of("x")),
            new Maybe(Optional.empty()), new AFew(Few.B), new AMany(Many.C), new MaybeFew(Optional.of(Few.A)),
            new MaybeFew(Optional.empty()), new Fews(List.of(Few.A)), new Manys(List.of(Many.C)),
            new Longs(Map.of("x", Long.MAX_VALUE)), new Ints(Map.of("x", 1)), new Nothing(), new Both("x", true),
            new Within(new ALong(Long.MAX_VALUE)), new WithinInt(new AnInt(1)), new ASmall(new Small.One(1)),
            new ALarge(new Large.One(Long.MAX_VALUE)), new ALarge(new Large.Two()));

    /** Where the codecs read more than it says: any text as an enum's absence, a record as a map, a variant as a record. */
    private static final Set<Class<?>> LENIENT = Set.of(MaybeFew.class, Longs.class, Ints.class, Within.class,
            WithinInt.class);

    @Test void says_of_any_two_shapes_whether_all_of_the_one_can_be_read_as_the_other() {
        List<Class<?>> types = VALUES.stream().<Class<?>>map(Record::getClass).distinct().toList();
        for (Class<?> stored : types) {
            for (Class<?> reader : types) {
                boolean said = Compatibility.whyUnreadable(JsonType.of(stored).shape(), JsonType.of(reader).shape())
                        == null;
                boolean readable = valuesOf(stored).allMatch(value -> canRead(reader, value));
                assertThat(said == readable || (readable && LENIENT.contains(reader)))
                        .as("%s as %s: said %s", stored.getSimpleName(), reader.getSimpleName(), said)
                        .isTrue();
            }
        }
    }

    @Test void the_shape_of_both_is_read_by_who_reads_the_first_and_holds_all_of_both() {
        List<Class<?>> types = VALUES.stream().<Class<?>>map(Record::getClass).distinct().toList();
        for (Class<?> stored : types) {
            for (Class<?> reader : types) {
                var one = JsonType.of(stored).shape();
                var other = JsonType.of(reader).shape();
                if (Compatibility.whyUnreadable(one, other) == null) {
                    var both = Compatibility.both(one, other);
                    assertThat(Compatibility.whyUnreadable(both, other)).as("%s, %s", stored, reader).isNull();
                    assertThat(Compatibility.both(both, other)).isEqualTo(both);
                }
            }
        }
    }

    private static Stream<Record> valuesOf(Class<?> type) {
        return VALUES.stream().filter(type::isInstance);
    }

    private static boolean canRead(Class<?> reader, Record value) {
        try {
            JsonType.of(reader).decodeStored(JsonType.encodeValue(value));
            return true;
        } catch (InvalidJsonException _) {
            return false;
        }
    }
}
