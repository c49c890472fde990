package io.ritsem.runtime.json;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.ritsem.runtime.json.Reading.decode;
import static io.ritsem.runtime.json.Reading.decodeStored;
import static io.ritsem.runtime.json.Reading.encode;
import static io.ritsem.runtime.json.Reading.problems;
import static io.ritsem.runtime.json.Reading.violations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LimitsTest {

    record Note(String text, Map<String, String> labels) {}

    record Amount(BigDecimal amount) {}

    record Count(long count) {}

    record Loose(Optional<String> text) {}

    @ParameterizedTest @ValueSource(strings = {"\\u0000", "a\\u0000b", "\\ud800", "\\udc00", "\\ud83d x",
        "\\ude00\\ud83d", "\\ud83d\\ud83d\\ude00"}) void strings_and_names_that_cannot_be_stored_are_violations(
                String text) {
        assertThat(problems(Note.class, "{'text':'" + text + "','labels':{}}")).containsExactly("invalid /text");
        assertThat(violations(Note.class, "{'text':'','labels':{'" + text + "':''}}")).hasSize(1);
        assertThat(problems(Note.class, "{'text':'','labels':{'a':'" + text + "'}}"))
                .containsExactly("invalid /labels/a");
        assertThat(violations(Count.class, "{'count':1,'" + text + "':1}")).hasSize(1);
        assertThatThrownBy(() -> decodeStored(Note.class, "{'text':'" + text + "','labels':{}}"))
                .isInstanceOf(InvalidJsonException.class);
    }

    @ParameterizedTest @ValueSource(strings = {"\u0000", "\ud800", "\udc00",
        "a\ud83d"}) void strings_and_names_that_cannot_be_stored_are_not_written(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> encode(new Note(text, Map.of())))
                .withMessageStartingWith("/text must not");
        assertThatIllegalArgumentException().isThrownBy(() -> encode(new Note("", Map.of("a", text))))
                .withMessageStartingWith("/labels/a must not");
        assertThatIllegalArgumentException().isThrownBy(() -> encode(new Note("", Map.of(text, ""))))
                .withMessageStartingWith("/labels/")
                .withMessageContaining("must not");
        assertThatIllegalArgumentException().isThrownBy(() -> encode(Map.of("a", List.of("", text))))
                .withMessageStartingWith("/a/1 must not");
    }

    @Test void pairs_of_surrogates_are_fine() {
        assertThat(decode(String.class, "'\\ud83d\\ude00'")).isEqualTo("😀");
        assertThat(encode("😀")).isEqualTo("'😀'");
        Note note = new Note("", Map.of("😀", ""));
        assertThat(decode(Note.class, "{'text':'','labels':{'\\ud83d\\ude00':''}}")).isEqualTo(note);
        assertThat(decode(Note.class, "{'text':'','labels':{'😀':''}}")).isEqualTo(note);
        assertThat(encode(note)).isEqualTo("{'text':'','labels':{'😀':''}}");
    }

    @Test void numbers_of_400_digits_are_violations_wherever_they_stand() {
        String digits = "9".repeat(400);
        assertThat(problems(Count.class, "{'count':" + digits + "}")).containsExactly("out-of-range /count");
        assertThat(problems(Count.class, "{'count':-" + digits + "}")).containsExactly("out-of-range /count");
        assertThat(problems(Count.class, "{'count':" + digits + ".5}")).containsExactly("wrong-type /count");
        assertThat(problems(Count.class, "{'count':1e" + digits + "}")).containsExactly("wrong-type /count");
        assertThat(problems(Amount.class, "{'amount':" + digits + "}")).containsExactly("wrong-type /amount");
        assertThat(problems(Amount.class, "{'amount':'" + digits + "'}")).containsExactly("out-of-range /amount");
        assertThat(problems(Amount.class, "{'amount':'1','x':" + digits + "}")).containsExactly("unknown /x");
        assertThat(problems(Count.class, "{'count':" + "9".repeat(200_000) + "}"))
                .containsExactly("out-of-range /count");
    }

    @Test void decimals_beyond_38_digits_are_not_written() {
        for (String number : List.of("1E+38", "1E-38", "123456789012345678901234567890123456789", "1E+1000000000",
                "1E-1000000000")) {
            assertThatIllegalArgumentException().as(number)
                    .isThrownBy(() -> encode(new Amount(new BigDecimal(number))))
                    .withMessageStartingWith("/amount must have at most 38 digits");
        }
        assertThat(encode(new BigDecimal("1E+37"))).hasSize(40);
        assertThat(encode(new BigDecimal("-1E-37"))).hasSize(42);
    }

    @Test void times_that_could_not_be_read_again_are_not_written() {
        for (Object time : List.of(Instant.MAX, Instant.MIN, Instant.parse("+10000-01-01T00:00:00Z"),
                Instant.parse("2026-11-21T09:30:00.000000001Z"), LocalDate.of(10_000, 1, 1), LocalDate.of(-1, 1, 1))) {
            assertThatIllegalArgumentException().as("%s", time)
                    .isThrownBy(() -> encode(time))
                    .withMessageStartingWith("The value must be");
        }
    }

    @Test void null_is_not_written() {
        assertThatIllegalArgumentException().isThrownBy(() -> encode(new Amount(null)))
                .withMessage("/amount must not be null");
        assertThatIllegalArgumentException().isThrownBy(() -> encode(new Loose(null)))
                .withMessage("/text must not be null");
        assertThatIllegalArgumentException().isThrownBy(() -> encode(Arrays.asList(1, null)))
                .withMessage("/1 must not be null");
        assertThatIllegalArgumentException().isThrownBy(() -> encode(Map.of(1, 2)))
                .withMessageContaining("strings as keys");
    }

    @Test void nesting_of_10_000_is_a_violation_wherever_it_is() {
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        String deepObject = "{'a':".repeat(10_000) + "1" + "}".repeat(10_000);
        assertThat(problems(Count.class, deep)).endsWith("out-of-range ");
        assertThat(problems(Count.class, deepObject)).endsWith("out-of-range ");
        assertThat(problems(Count.class, "{'count':" + deep + "}")).endsWith("out-of-range /count");
        assertThat(problems(Count.class, "{'x':" + deep + ",'count':1}")).endsWith("out-of-range ");
        assertThat(problems(Everything.Payment.class, "{'x':" + deep + "}")).endsWith("out-of-range ");
        assertThatThrownBy(() -> decodeStored(Count.class, "{'x':" + deep + ",'count':1}"))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("deeper than 32");
        assertThat(problems(Count.class, "[".repeat(10_000))).endsWith("out-of-range ");
    }

    @Test void nesting_of_32_is_fine_where_it_is_ignored() {
        String deep = "[".repeat(31) + "]".repeat(31);
        assertThat(decodeStored(Count.class, "{'x':" + deep + ",'count':1}")).isEqualTo(new Count(1));
        assertThatThrownBy(() -> decodeStored(Count.class, "{'x':[" + deep + "],'count':1}"))
                .isInstanceOf(InvalidJsonException.class);
    }

    @Test void values_nested_deeper_than_32_are_not_written() {
        List<Object> deep = List.of();
        for (int i = 1; i < 32; i++) {
            deep = List.of(deep);
        }
        List<Object> tooDeep = List.of(deep);
        assertThat(encode(deep)).startsWith("[[[");
        assertThatIllegalArgumentException().isThrownBy(() -> encode(tooDeep)).withMessageContaining("deeper than 32");
    }

    @Test void strings_beyond_a_mebi_of_characters_are_refused_both_ways() {
        String longest = "x".repeat(Text.LONGEST);
        assertThat(decode(String.class, "'" + longest + "'")).isEqualTo(longest);
        assertThat(encode(longest)).hasSize(Text.LONGEST + 2);
        assertThat(problems(Note.class, "{'text':'x" + longest + "','labels':{}}"))
                .containsExactly("out-of-range /text");
        assertThatIllegalArgumentException().isThrownBy(() -> encode(longest + "x"))
                .withMessageContaining("must not be longer");
    }

    @Test void a_document_with_endless_errors_is_answered_with_the_first() {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            fields.add("'f" + i + "':1");
        }
        List<Violation> violations = violations(Count.class, "{" + String.join(",", fields) + "}");
        assertThat(violations).hasSize(101)
                .last()
                .isEqualTo(
                        new Violation("", "invalid", "there may be more errors: only the first are listed"));
        String longName = "n".repeat(200_000);
        assertThat(violations(Count.class, "{'" + longName + "':1,'count':1}")).singleElement()
                .satisfies(violation -> assertThat(violation.message()).hasSizeLessThan(200));
    }
}
