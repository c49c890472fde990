package io.ritsem.runtime.json;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.ritsem.runtime.json.Reading.decode;
import static io.ritsem.runtime.json.Reading.problems;
import static io.ritsem.runtime.json.Reading.violations;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ViolationsTest {

    record Transfer(BigDecimal amount, String from, String to, List<Part> parts, @Nullable String note) {
        Transfer {
            if (amount.signum() <= 0) {
                throw new IllegalArgumentException("Amount must be positive");
            }
            if (from.equals(to)) {
                throw new IllegalArgumentException("it makes no sense");
            }
        }
    }

    record Part(int share, Kind kind) {
        Part {
            if (share == 0) {
                throw new IllegalArgumentException("the kind " + kind + " must not have a share of 0");
            }
            if (share == 1) {
                throw new IllegalStateException("a bug");
            }
        }
    }

    record Only(String text) {
        Only {
            Long.parseLong(text);
        }
    }

    enum Kind {
        FIXED, RELATIVE
    }

    sealed interface Step {
        record Go(int far) implements Step {}

        record Stop() implements Step {}
    }

    record Way(List<Step> steps) {}

    @Test void lists_all_that_is_wrong_in_document_order() {
        assertThat(problems(Transfer.class,
                "{'amount':12.5,'parts':[{'share':'1','kind':'NONE'},7,{'kind':'FIXED','share':2}],'extra':{'a':1},'from':null}"))
                .containsExactly("wrong-type /amount", "wrong-type /parts/0/share", "unknown /parts/0/kind",
                        "wrong-type /parts/1", "unknown /extra", "wrong-type /from", "missing /to");
    }

    @Test void says_what_would_be_right() {
        assertThat(violations(Transfer.class, "{'amount':12.5}")).first()
                .isEqualTo(new Violation("/amount", "wrong-type",
                        "must be a string of plain digits, such as \"12.50\", but is a number"));
        assertThat(violations(Part.class, "{'share':2,'kind':'NONE'}"))
                .containsExactly(new Violation("/kind", "unknown", "must be one of [FIXED, RELATIVE], but is 'NONE'"));
        assertThat(violations(Part.class, "{'share':2,'kind':'FIXED','x':1}"))
                .containsExactly(new Violation("/x", "unknown", "is not a field; the fields are [share, kind]"));
    }

    @ParameterizedTest @ValueSource(strings = {"", " ", "{", "{'share':1", "{'share':}", "{share:1}", "{'share':01}",
        "{'share':1,}", "nul", "{'a':'\n'}",
        "{'a':'\\x'}", "{'share':NaN}", "// comment\n{}", "{}}", "{} {}", "[1"}) void what_is_not_json_is_malformed(
                String json) {
        assertThat(problems(Part.class, json)).endsWith("malformed ");
    }

    @Test void says_where_a_document_is_malformed() {
        assertThat(violations(Part.class, "{'share':2,\n  'kind':FIXED}")).last()
                .extracting(Violation::message)
                .asString()
                .startsWith("line 2, column ")
                .doesNotContain("Source");
        assertThat(violations(Part.class, "{'share':2,'kind':'FIXED'} x")).last()
                .extracting(Violation::message)
                .asString()
                .startsWith("line 1, column ");
        assertThat(violations(Part.class, "{'share':2")).last()
                .extracting(Violation::message)
                .asString()
                .endsWith("ends too early");
    }

    @Test void other_encodings_than_utf_8_are_malformed() {
        for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32")) {
            byte[] json = "{\"far\":1}".getBytes(java.nio.charset.Charset.forName(charset));
            assertThatThrownBy(() -> JsonType.of(Step.Go.class).decode(json)).as(charset)
                    .isInstanceOf(InvalidJsonException.class)
                    .hasMessageContaining("must be UTF-8");
        }
        byte[] broken = {'"', (byte) 0xC3, '"'};
        assertThatThrownBy(() -> JsonType.of(String.class).decode(broken)).isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("Invalid UTF-8");
    }

    @ParameterizedTest @ValueSource(strings = {"[]", "[{'share':2}]", "1", "1.5", "'a'", "true",
        "null"}) void a_document_of_another_type_is_a_wrong_type(String json) {
        assertThat(problems(Part.class, json)).containsExactly("wrong-type ");
    }

    @Test void a_name_may_be_there_only_once() {
        assertThat(problems(Part.class, "{'share':2,'kind':'FIXED','share':2}")).containsExactly("invalid /share");
        assertThat(problems(Step.class, "{'type':'go','far':1,'type':'go'}")).containsExactly("invalid /type");
        assertThat(problems(Step.class, "{'far':1,'type':'go','type':'go'}")).containsExactly("invalid /type");
        assertThat(problems(Prices.class, "{'byName':{'a':1,'a':1}}")).containsExactly("invalid /byName/a");
    }

    record Prices(Map<String, Integer> byName) {}

    @Test void pointers_are_escaped() {
        assertThat(problems(Prices.class, "{'byName':{'a/b~c':'x'}}")).containsExactly("wrong-type /byName/a~1b~0c");
    }

    @Test void elements_must_not_be_null() {
        assertThat(problems(Transfer.class, "{'amount':'1','from':'a','to':'b','parts':[null]}"))
                .containsExactly("wrong-type /parts/0");
        assertThat(problems(Prices.class, "{'byName':{'a':null}}")).containsExactly("wrong-type /byName/a");
    }

    @Test void numbers_must_be_whole_and_within_bounds() {
        assertThat(problems(int.class, "2147483648")).containsExactly("out-of-range ");
        assertThat(problems(int.class, "9223372036854775807")).containsExactly("out-of-range ");
        assertThat(problems(long.class, "9223372036854775808")).containsExactly("out-of-range ");
        assertThat(problems(long.class, "-9223372036854775809")).containsExactly("out-of-range ");
        assertThat(problems(long.class, "1.0")).containsExactly("wrong-type ");
        assertThat(problems(long.class, "1e3")).containsExactly("wrong-type ");
        assertThat(problems(boolean.class, "'true'")).containsExactly("wrong-type ");
    }

    @ParameterizedTest @ValueSource(strings = {"", "-", ".", "1.", ".5", "+1", "1e3", "1E3", " 1", "1 ", "1,5", "1.2.3",
        "--1", "0x1", "١", "NaN"}) void a_decimal_must_be_plain_digits(String text) {
        assertThat(problems(BigDecimal.class, "'" + text + "'")).containsExactly("invalid ");
    }

    @Test void a_decimal_has_at_most_38_digits() {
        assertThat(problems(BigDecimal.class, "'" + "9".repeat(39) + "'")).containsExactly("out-of-range ");
        assertThat(problems(BigDecimal.class, "'0." + "0".repeat(38) + "'")).containsExactly("out-of-range ");
    }

    @Test void times_must_be_of_the_calendar_in_utc_and_to_the_microsecond() {
        assertThat(problems(Instant.class, "'2026-11-21T09:30:00.1234567Z'")).containsExactly("out-of-range ");
        assertThat(problems(Instant.class, "'2026-02-29T09:30:00Z'")).containsExactly("out-of-range ");
        assertThat(problems(Instant.class, "'2026-11-21T24:00:00Z'")).containsExactly("out-of-range ");
        assertThat(problems(Instant.class, "'2026-12-31T23:59:60Z'")).containsExactly("out-of-range ");
        assertThat(problems(Instant.class, "'2026-11-21T09:30:00+01:00'")).containsExactly("invalid ");
        assertThat(problems(Instant.class, "'2026-11-21 09:30:00Z'")).containsExactly("invalid ");
        assertThat(problems(Instant.class, "'+12026-11-21T09:30:00Z'")).containsExactly("invalid ");
        assertThat(problems(Instant.class, "1763717400")).containsExactly("wrong-type ");
        assertThat(problems(LocalDate.class, "'2026-02-29'")).containsExactly("out-of-range ");
        assertThat(problems(LocalDate.class, "'2026-2-1'")).containsExactly("invalid ");
    }

    @Test void a_uuid_must_be_whole() {
        assertThat(problems(UUID.class, "'1-1-1-1-1'")).containsExactly("invalid ");
        assertThat(problems(UUID.class, "'0193e5b0-1f6a-7c3e-9b55-3f1f0c2d7a1g'")).containsExactly("invalid ");
    }

    @Test void variants_must_be_known() {
        assertThat(problems(Way.class,
                "{'steps':[{'far':1},{'type':'fly','x':{}},{'type':3},{'x':[{}],'type':null,'y':1},{},[]]}"))
                .containsExactly("missing /steps/0/type", "unknown /steps/1/type", "wrong-type /steps/2/type",
                        "wrong-type /steps/3/type", "missing /steps/4/type", "wrong-type /steps/5");
        assertThat(violations(Step.class, "{'type':'fly'}")).first()
                .extracting(Violation::message)
                .isEqualTo("must be one of [go, stop], but is 'fly'");
    }

    @Test void a_record_alone_knows_no_type() {
        assertThat(problems(Step.Go.class, "{'type':'go','far':1}")).containsExactly("unknown /type");
    }

    @Test void a_broken_variant_whose_type_comes_late_is_placed_in_the_whole_document() {
        assertThat(violations(Way.class, "{'steps':\n[\n{'far':x}]}")).last()
                .extracting(Violation::message)
                .asString()
                .startsWith("line 3, column ");
    }

    @Test void a_refusing_constructor_is_a_violation_of_the_component_that_it_names() {
        String rest = "'parts':[],'from':'a','to':";
        assertThat(violations(Transfer.class, "{'amount':'-1'," + rest + "'b'}"))
                .containsExactly(new Violation("/amount", "invalid", "Amount must be positive"));
        assertThat(violations(Transfer.class, "{'amount':'1'," + rest + "'a'}"))
                .containsExactly(new Violation("", "invalid", "it makes no sense"));
        assertThat(problems(Part.class, "{'share':0,'kind':'FIXED'}")).containsExactly("invalid /kind");
        assertThat(problems(Only.class, "{'text':'x'}")).containsExactly("invalid /text");
    }

    @Test void a_refusing_constructor_within_is_listed_with_the_rest() {
        assertThat(problems(Transfer.class,
                "{'amount':'x','parts':[{'share':0,'kind':'FIXED'}],'from':'a','to':'b','note':3}"))
                .containsExactly("invalid /amount", "invalid /parts/0/kind", "wrong-type /note");
    }

    @Test void another_exception_of_a_constructor_is_a_bug() {
        assertThatThrownBy(() -> decode(Part.class, "{'share':1,'kind':'FIXED'}"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a bug");
    }
}
