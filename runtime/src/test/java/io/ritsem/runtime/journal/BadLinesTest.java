package io.ritsem.runtime.journal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a line looks like, and which lines an import refuses. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadLinesTest {

    private TestJournal target;

    @BeforeAll void open() {
        target = TestJournal.onFreshDatabase();
    }

    @AfterAll void close() {
        target.close();
    }

    @AfterEach void clear() throws SQLException {
        target.clear();
    }

    @Test void a_line_is_a_cloud_event_with_the_stored_bytes_in_it() throws Exception {
        EventMetadata metadata = new EventMetadata(Instant.parse("2026-11-21T06:04:38.123456Z"), "ada", "order-1",
                UUID.fromString("0198c5a0-0000-7000-8000-000000000001"),
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                new SpentKey("k\"1", new byte[32], 2, "7".getBytes(UTF_8)));
        RecordedEvent event = new RecordedEvent(new EntityId("account", "ada"), 3, 0, Position.START,
                new EventManifest("account", "deposited", 2), "{ \"amount\" : \"1.0\\u0030\" }".getBytes(UTF_8),
                metadata);

        assertThat(new String(CloudEventLine.of(event), UTF_8)).isEqualTo(
                "{\"specversion\":\"1.0\",\"id\":\"3\",\"source\":\"/entities/account/ada\",\"type\":\"account.deposited\","
                        + "\"subject\":\"ada\",\"time\":\"2026-11-21T06:04:38.123456Z\",\"sequence\":\"3\",\"eventversion\":2,"
                        + "\"caller\":\"ada\",\"correlation\":\"order-1\",\"causation\":\"0198c5a0-0000-7000-8000-000000000001\","
                        + "\"traceparent\":\"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\",\"commandkey\":\"k\\\"1\","
                        + "\"commandfingerprint\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"commandevents\":2,"
                        + "\"commandreply\":\"Nw==\",\"datacontenttype\":\"application/json\","
                        + "\"data\":{ \"amount\" : \"1.0\\u0030\" }}\n");
    }

    @ParameterizedTest @MethodSource("badLines") void a_bad_line_stops_it_with_its_number_and_its_chunk_is_not_stored(
            UnaryOperator<String> spoil, String told) throws Exception {
        List<String> lines = good(5_500);
        lines.set(5_000, spoil.apply(sample()));

        assertThatThrownBy(() -> importing((String.join("\n", lines) + "\n").getBytes(UTF_8)))
                .isInstanceOf(TransferException.class)
                .hasMessageStartingWith("Line 5001 " + told);
        assertThat(target.count()).isEqualTo(5_000);
    }

    static Stream<Arguments> badLines() {
        return Stream.of(bad(_ -> "", "is not a JSON object"), bad(_ -> "null", "is not a JSON object"),
                bad(_ -> "[1]", "is not a JSON object"), bad(_ -> "hello", "is not JSON: "),
                bad(line -> line.substring(0, line.length() - 1), "is not JSON: "),
                bad(line -> line + "}", "is not JSON: "), bad(line -> line + "{}", "goes on after its JSON object"),
                bad(line -> line.replace("\"caller\":\"ada\"", "\"caller\":\"ada\",\"caller\":\"eve\""),
                        "is not JSON: Duplicate field 'caller'"),
                bad(line -> line.replace("ada\",\"corr", "a\\u0000\",\"corr"), "has a 'caller' with a NUL in it"),
                bad(line -> line.replace("\"caller\":\"ada\"", "\"caller\":7"), "has a 'caller' that is not a string"),
                bad(line -> line.replace("\"caller\"", "\"colour\""), "has an attribute 'colour'"),
                bad(line -> line.replace("\"1.0\"", "\"0.3\""), "is of another CloudEvents version"),
                bad(line -> line.replace("\"specversion\":\"1.0\",", ""), "has no 'specversion'"),
                bad(line -> line.replace("\"id\":\"1\"", "\"id\":\"2\""), "has an 'id' that is not its sequence"),
                bad(line -> line.replace("/entities/account/", "/entities/till/"), "has a 'source' that is not "),
                bad(line -> line.replace("account.deposited", "deposited"), "has a 'type' that is not "),
                bad(line -> line.replace("account.deposited", "account.De posited"), "has a 'type' that is not "),
                bad(line -> line.replace("\"eventversion\":1", "\"eventversion\":0"),
                        "has a 'eventversion' that is not"),
                bad(line -> line.replace("\"eventversion\":1", "\"eventversion\":1e3"),
                        "has a 'eventversion' that is not"),
                bad(line -> line.replace("\"eventversion\":1,", ""), "has no 'eventversion'"),
                bad(line -> line.replace("\"subject\":\"fresh\"", "\"subject\":\"fr esh\""),
                        "has a 'subject' that is not "),
                bad(line -> line.replace("\"sequence\":\"1\"", "\"sequence\":\"0\""), "has a 'sequence' that is not"),
                bad(line -> line.replace("\"sequence\":\"1\"", "\"sequence\":\"one\""), "has a 'sequence' that is not"),
                bad(line -> line.replace("06:04:38.123456Z", "06:04:38.1234567Z"), "has a 'time' that is not in whole"),
                bad(line -> line.replace("06:04:38.123456Z", "06:04"), "has a 'time' that is not a time"),
                bad(line -> line.replace("2026-11", "+12026-11"), "has a 'time' that is not in whole"),
                bad(line -> line.replace("0198c5a0-0000", "0198c5a0"), "has a 'causation' that is not a UUID"),
                bad(line -> line.replace("0198c5a0-0000-7000-8000-000000000001", "1-1-1-1-1"),
                        "has a 'causation' that is not a UUID of 36 characters"),
                bad(line -> line.replace("0198c5a0", "0198C5A0"), "has a 'causation' that is not a UUID of 36"),
                bad(line -> line.replace("\"commandkey\":\"k\"", "\"commandkey\":\"\""), "has a 'commandkey' that is"),
                bad(line -> line.replace("\"commandkey\":\"k\",", ""), "has attributes of a 'commandkey', but none"),
                bad(line -> line.replace("AAAA=", "A"), "has a 'commandfingerprint' that is not "),
                bad(line -> line.replace("\"commandevents\":2,", ""), "has no 'commandevents'"),
                bad(line -> line.replace("Nw==", "?"), "has a 'commandreply' that is not in base64"),
                bad(line -> line.replace("application/json", "text/plain"), "has a 'datacontenttype' that is not"),
                bad(line -> line.replace("\"data\":{\"amount\":\"1\"}", "\"data\":[]"), "has a 'data' that is not "),
                bad(line -> line.replace(",\"data\":{\"amount\":\"1\"}", ""), "has no 'data'"),
                bad(line -> line.replace("\"data\":{", "\"data_base64\":\"e30=\",\"data\":{"),
                        "has both 'data' and 'data_base64'"),
                bad(line -> line.replace("\"1\"}}", "\"" + "1".repeat(CloudEventLine.LONGEST) + "\"}}"),
                        "is longer than 8388608 bytes"),
                bad(line -> line.replace("\"1\",\"source", "\"2\",\"source")
                        .replace("\"sequence\":\"1\"",
                                "\"sequence\":\"2\""),
                        "is event 2 of account|fresh, but the next one of it must be 1"));
    }

    private static Arguments bad(UnaryOperator<String> spoil, String told) {
        return Arguments.of(spoil, told);
    }

    @Test void the_sample_that_is_spoilt_is_good_by_itself() throws Exception {
        assertThat(importing((sample() + '\n').getBytes(UTF_8)).stored()).isEqualTo(1);
        assertThat(importing(sample().getBytes(UTF_8)).skipped()).isEqualTo(1);
    }

    @Test void a_key_that_another_event_has_spent_is_named_and_nothing_of_the_chunk_is_stored() throws Exception {
        String first = sample();
        String second = first.replace("\"id\":\"1\"", "\"id\":\"2\"")
                .replace("\"sequence\":\"1\"", "\"sequence\":\"2\"");

        assertThatThrownBy(() -> importing((first + '\n' + second + '\n').getBytes(UTF_8)))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("Lines 1 to 2 were not stored: one has an idempotency key")
                .hasMessageContaining("account|fresh");
        assertThat(target.count()).isZero();
    }

    static String sample() {
        return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/entities/account/fresh\",\"type\":\"account.deposited\","
                + "\"subject\":\"fresh\",\"time\":\"2026-11-21T06:04:38.123456Z\",\"sequence\":\"1\",\"eventversion\":1,"
                + "\"caller\":\"ada\",\"correlation\":\"order-1\",\"causation\":\"0198c5a0-0000-7000-8000-000000000001\","
                + "\"commandkey\":\"k\",\"commandfingerprint\":\"" + Base64.getEncoder().encodeToString(new byte[32])
                + "\",\"commandevents\":2,\"commandreply\":\"Nw==\",\"datacontenttype\":\"application/json\","
                + "\"data\":{\"amount\":\"1\"}}";
    }

    /** Lines of entities of their own. */
    private static List<String> good(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> sample().replace("fresh", "other-" + number))
                .collect(toList());
    }

    private JournalImport.Done importing(byte[] lines) throws IOException {
        return new JournalImport(target.database().dataSource(), target.info()).from(new ByteArrayInputStream(lines),
                _ -> {});
    }
}
