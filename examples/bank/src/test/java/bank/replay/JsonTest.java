package bank.replay;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class JsonTest {

    @Test void reads_what_the_contract_sends() {
        Json answer = Json
                .parse("""
                        {"status": 200, "replayed":true, "version":2, "reply":null, "events":[{"data":{}}, []],
                         "state":{"balance":"-10.50"}}
                       """);

        assertThat(answer.at("status").text()).isEqualTo("200");
        assertThat(answer.at("replayed").text()).isEqualTo("true");
        assertThat(answer.at("state", "balance").text()).isEqualTo("-10.50");
        assertThat(answer.at("reply").text()).isEqualTo("null");
        assertThat(answer.at("state", "owner", "name").value()).isNull();
        assertThat(answer.at("events").text()).isEqualTo("[{data={}}, []]");
    }

    @Test void what_is_quoted_reads_back() {
        String hostile = "a\"b\\c/d\n\t\u0000é€😀";

        assertThat(Json.parse(Json.quote(hostile)).text()).isEqualTo(hostile);
        assertThat(Json.parse("\"\\b\\f\\n\\r\\t\\/\\u20ac\"").text()).isEqualTo("\b\f\n\r\t/€");
    }

    @ParameterizedTest @ValueSource(strings = {"", "{", "{\"a\"}", "{\"a\":1", "[1 2]", "\"a", "\"\\x\"", "\"\\u12",
        "tru", "1 1", "<html>"}) void what_is_not_json_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(text)).withMessageContaining("not JSON");
    }
}
