package io.ritsem.runtime.json;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class JsonSchemaTest {

    record Scalars(String text, int small, long big, boolean flag, Instant moment, LocalDate day, UUID uuid) {}

    record Nested(List<Choice> choices, Map<String, Boolean> flags, @Nullable String note, Optional<Choice> choice,
            @Nullable Either either) {}

    enum Choice {
        YES, NO
    }

    sealed interface Either {
        record Left(int a) implements Either {}

        record Right() implements Either {}
    }

    @Test void describes_scalars() throws IOException {
        assertThat(schema(Scalars.class)).isEqualTo(json(
                """
                {"type":"object","properties":{
                  "text":{"type":"string"},
                  "small":{"type":"integer","minimum":-2147483648,"maximum":2147483647,"format":"int32"},
                  "big":{"type":"integer","minimum":-9223372036854775808,"maximum":9223372036854775807,"format":"int64"},
                  "flag":{"type":"boolean"},
                  "moment":{"type":"string","format":"date-time",
                    "pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\\\.[0-9]{1,6})?Z$"},
                  "day":{"type":"string","format":"date"},
                  "uuid":{"type":"string","format":"uuid"}},
                 "required":["text","small","big","flag","moment","day","uuid"],"additionalProperties":false}
                """));
    }

    @Test void describes_what_is_nested_and_what_may_be_absent() throws IOException {
        assertThat(schema(Nested.class)).isEqualTo(
                json("""
                     {"type":"object","properties":{
                       "choices":{"type":"array","items":{"type":"string","enum":["YES","NO"]}},
                       "flags":{"type":"object","additionalProperties":{"type":"boolean"}},
                       "note":{"type":["string","null"]},
                       "choice":{"type":["string","null"],"enum":["YES","NO",null]},
                       "either":{"oneOf":[
                         {"type":"object","properties":{"type":{"const":"left"},
                           "a":{"type":"integer","minimum":-2147483648,"maximum":2147483647,"format":"int32"}},
                          "required":["type","a"],"additionalProperties":false},
                         {"type":"object","properties":{"type":{"const":"right"}},
                          "required":["type"],"additionalProperties":false},
                         {"type":"null"}]}},
                      "required":["choices","flags"],"additionalProperties":false}
                     """));
    }

    @ParameterizedTest @CsvSource({"0,true", "-12.50,true", "99999999999999999999999999999999999999,true",
        "-9999999999999999999.9999999999999999999,true", "999999999999999999999999999999999999999,false",
        "9999999999999999999.99999999999999999999,false", "1.,false", ".1,false", "1e3,false",
        "+1,false"}) void the_pattern_of_a_decimal_says_what_the_codec_does(String text, boolean valid) {
        String pattern = JsonSchema.of(JsonType.of(BigDecimal.class).shape()).get("pattern").textValue();
        assertThat(text.matches(pattern)).isEqualTo(valid);
        if (valid) {
            assertThat(Reading.decode(BigDecimal.class, "'" + text + "'")).isEqualTo(new BigDecimal(text));
        } else {
            assertThat(Reading.problems(BigDecimal.class, "'" + text + "'")).hasSize(1);
        }
    }

    private static JsonNode schema(Class<?> type) throws IOException {
        return json(JsonSchema.of(JsonType.of(type).shape()).toString());
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
