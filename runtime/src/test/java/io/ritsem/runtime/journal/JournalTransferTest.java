package io.ritsem.runtime.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

import akka.persistence.PersistentRepr;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A journal moves to another database and comes out equal, also when it is cut in the middle. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JournalTransferTest {

    private static final int EVENTS = 12_000;

    @TempDir private Path folder;

    private TestJournal source;
    private TestJournal target;
    private byte[] exported;

    @BeforeAll void fill() throws IOException {
        source = TestJournal.onFreshDatabase();
        target = TestJournal.onFreshDatabase();
        JournalLane lane = source.lane();
        Random random = new Random(7);
        long[] versions = new long[400];
        List<PersistentRepr> batch = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            int account = random.nextInt(versions.length);
            batch.add(event("account|" + account + "~@:-.".substring(0, account % 6), ++versions[account], i, random));
            if (batch.size() == 40) {
                TestJournal.await(lane.write(List.copyOf(batch)));
                batch.clear();
            }
        }
        exported = export(source);
    }

    @AfterAll void close() {
        source.close();
        target.close();
    }

    @AfterEach void clear() throws SQLException {
        target.clear();
    }

    @Test void every_column_but_those_of_the_place_comes_out_equal() throws Exception {
        assertThat(lines(exported)).hasSize(EVENTS);

        assertThat(importing(exported)).isEqualTo(new JournalImport.Done(EVENTS, 0));

        assertThat(rows(target)).isEqualTo(rows(source));
        assertThat(target.number("SELECT count(*) FROM ritsem.event_type")).as("what is noted down for a node's start")
                .isEqualTo(source.number("SELECT count(*) FROM ritsem.event_type"))
                .isEqualTo(6);
        assertThat(target.number("SELECT count(DISTINCT transaction_id) FROM ritsem.event_journal")).isEqualTo(3);
    }

    @Test void events_that_are_too_large_to_be_read_many_at_once_are_all_exported() throws IOException {
        try (TestJournal large = TestJournal.onFreshDatabase()) {
            JournalLane lane = large.lane();
            for (int sequence = 1; sequence <= 20; sequence++) {
                TestJournal.await(lane.write(List.of(TestJournal.event("till|a", sequence, (1 << 20) - 40))));
            }
            assertThat(lines(export(large))).hasSize(20);
        }
    }

    @Test void the_lines_stand_in_commit_order_and_each_entitys_are_gapless() throws Exception {
        Map<EntityId, Long> versions = new HashMap<>();
        for (String line : lines(exported)) {
            RecordedEvent event = CloudEventLine.read(line.getBytes(UTF_8));
            assertThat(event.sequence()).isEqualTo(versions.merge(event.entity(), 1L, Long::sum));
        }
        assertThat(importing(exported).stored()).isEqualTo(EVENTS);
        assertThat(export(target)).isEqualTo(exported);
    }

    // ---- cut -----------------------------------------------------------------------------------------------------

    @Test void an_export_goes_on_after_its_last_complete_line_wherever_it_was_cut() throws Exception {
        Path file = folder.resolve("cut.ndjson");
        for (int cut : new int[]{0, 1, 100, 5_000, exported.length / 2, endOfLineBefore(exported.length / 3),
            endOfLineBefore(exported.length / 3) - 1, exported.length - 1, exported.length}) {
            Files.write(file, Arrays.copyOf(exported, cut));

            JournalExport.Done done = new JournalExport(source.reader()).toFile(file, _ -> {});

            assertThat(Files.readAllBytes(file)).as("cut at %d", cut).isEqualTo(exported);
            assertThat(done.before() + done.written()).isEqualTo(EVENTS);
            assertThat(done.before()).isEqualTo(
                    new String(exported, 0, cut, UTF_8).chars().filter(character -> character == '\n').count());
            assertThat(done.open()).isFalse();
        }
    }

    @Test void an_export_that_breaks_off_goes_on() throws Exception {
        Path file = folder.resolve("broken.ndjson");
        assertThatThrownBy(() -> new JournalExport(source.reader()).toFile(file, written -> {
            if (written > EVENTS / 2) {
                throw new IllegalStateException("cut");
            }
        })).hasMessage("cut");

        JournalExport.Done done = new JournalExport(source.reader()).toFile(file, _ -> {});

        assertThat(done.before() + done.written()).isEqualTo(EVENTS);
        assertThat(Files.readAllBytes(file)).isEqualTo(exported);
    }

    @Test void an_import_that_breaks_off_goes_on_and_stores_nothing_twice() throws Exception {
        for (int cut : new int[]{exported.length / 10, exported.length / 2, exported.length - 5}) {
            assertThatThrownBy(() -> new JournalImport(target.database().dataSource(), target.info())
                    .from(breaking(cut), _ -> {})).isInstanceOf(IOException.class);
            assertThat(target.count() % 5_000).isZero();
        }
        long before = target.count();
        assertThat(before).isEqualTo(10_000);

        assertThat(importing(exported)).isEqualTo(new JournalImport.Done(EVENTS - before, before));
        assertThat(rows(target)).isEqualTo(rows(source));
        assertThat(importing(exported)).isEqualTo(new JournalImport.Done(0, EVENTS));
    }

    @Test void an_import_of_a_file_that_was_cut_names_the_line_that_is_not_complete() throws Exception {
        byte[] cut = Arrays.copyOf(exported, endOfLineBefore(exported.length / 2) + 40);

        assertThatThrownBy(() -> importing(cut)).isInstanceOf(TransferException.class)
                .hasMessageMatching("Line " + lines(cut).size() + " is not JSON: .*");
        assertThat(target.count()).isEqualTo(lines(cut).size() / 5_000 * 5_000L);
    }

    // ---- what does not fit ---------------------------------------------------------------------------------------

    @Test void a_journal_with_other_entities_takes_the_events_in() throws Exception {
        TestJournal.await(target.lane().write(List.of(TestJournal.event("till|1", 1))));

        assertThat(importing(exported).stored()).isEqualTo(EVENTS);
        assertThat(target.count()).isEqualTo(EVENTS + 1);
    }

    @ParameterizedTest @MethodSource("columns") void an_event_that_differs_stops_it_with_its_entity_and_sequence(
            String change) throws Exception {
        byte[] some = Arrays.copyOf(exported, endOfLineBefore(exported.length / 5));
        long stored = importing(some).stored();
        target.execute("UPDATE ritsem.event_journal SET " + change
                + " WHERE (persistence_id, sequence_number) = (SELECT persistence_id, sequence_number FROM ritsem.event_journal "
                + "WHERE command_reply IS NOT NULL AND sequence_number = 5 ORDER BY ordering LIMIT 1)");

        assertThatThrownBy(() -> importing(some)).isInstanceOf(TransferException.class)
                .hasMessageMatching("Line \\d+ is event 5 of account\\|\\S+, but another one is stored there: .*");
        assertThat(target.count()).isEqualTo(stored);
    }

    static Stream<String> columns() {
        return Stream.of("event_payload = '{}'", "event_ser_manifest = 'account.deposited/9'", "caller = 'eve'",
                "correlation = 'x'", "causation = gen_random_uuid()", "traceparent = 'x'", "command_key = 'x'",
                "command_fingerprint = sha256('x')", "command_events = 9", "command_reply = 'x'",
                "event_time = event_time + interval '1 microsecond'");
    }

    @Test void a_file_of_something_else_is_not_gone_on_with() throws Exception {
        Path file = Files.writeString(folder.resolve("diary"), "Dear diary,\ntoday\n");
        assertThatThrownBy(() -> new JournalExport(source.reader()).toFile(file, _ -> {}))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("is not an export to go on with: its last line is not JSON");
        assertThat(file).hasContent("Dear diary,\ntoday\n");

        Path letter = Files.writeString(folder.resolve("letter"), "{\"specversion\":\"0.3\"} and no line end");
        assertThatThrownBy(() -> new JournalExport(source.reader()).toFile(letter, _ -> {}))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("is not an export to go on with: it does not begin as one");
        assertThat(letter).hasContent("{\"specversion\":\"0.3\"} and no line end");

        Path other = Files.writeString(folder.resolve("other.ndjson"), BadLinesTest.sample() + '\n');
        assertThatThrownBy(() -> new JournalExport(source.reader()).toFile(other, _ -> {}))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("is the export of another journal: it ends with event 1 of account|fresh");
        assertThat(other).hasContent(BadLinesTest.sample() + '\n');
    }

    @Test void what_is_above_the_horizon_is_left_to_the_next_run() throws Exception {
        importing(exported);
        Path file = folder.resolve("open.ndjson");
        try (Connection open = target.connect()) {
            open.setAutoCommit(false);
            TestJournal.insertByHand(open, "till|open");
            TestJournal.await(target.lane().write(List.of(TestJournal.event("till|1", 1))));

            JournalExport.Done done = new JournalExport(target.reader()).toFile(file, _ -> {});

            assertThat(done).isEqualTo(new JournalExport.Done(0, EVENTS, true));
            open.rollback();
        }
        assertThat(new JournalExport(target.reader()).toFile(file, _ -> {}))
                .isEqualTo(new JournalExport.Done(EVENTS, 1, false));
    }

    @Test void a_schema_of_a_newer_release_is_not_touched() throws Exception {
        TestJournal newer = TestJournal.onFreshDatabase();
        newer.execute("UPDATE ritsem.schema_history SET version = '98' "
                + "WHERE installed_rank = (SELECT max(installed_rank) FROM ritsem.schema_history)");

        assertThat(newer.database().check()).isNotNull();
        assertThatThrownBy(() -> newer.database().checkOwn()).isInstanceOf(SchemaException.class)
                .hasMessageStartingWith("The schema is of version 98, but this release moves events of version ");
        newer.close();
    }

    // ---- the history ---------------------------------------------------------------------------------------------

    private static PersistentRepr event(String entity, long sequence, int number, Random random) {
        String data = switch (number % 7) {
            case 0 -> "{\"amount\":\"%d.50\",\"reference\":\"Löhne \\u00e9 \\\" 🙂\"}".formatted(number);
            case 1 -> "{ \"amount\" : 1e2, \"a\":[1,{ \"b\":null}] }";
            case 2 -> "{\n \"pretty\": true\n}";
            case 3 -> number % 2 == 0 ? "[1, 2]" : "\u0001\u00ff not JSON";
            default -> "{\"amount\":\"%d.00\"}".formatted(number);
        };
        SpentKey key = number % 3 == 0
                ? new SpentKey("key " + number, bytes(random, 32), 1 + number % 4,
                        number % 2 == 0 ? ("{\"reply\":" + number + '}').getBytes(UTF_8) : null)
                : null;
        Instant time = Instant.parse("2026-11-21T06:04:38Z").plusNanos(1_000L * random.nextInt(2_000_000));
        EventMetadata metadata = new EventMetadata(time, number % 2 == 0 ? "ada\n\"é\"" : null,
                number % 5 == 0 ? "order-" + number : null, new UUID(random.nextLong(), random.nextLong()),
                number % 4 == 0 ? "00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01" : null, key);
        EventManifest manifest = new EventManifest("account", number % 2 == 0 ? "deposited" : "with-drawn",
                1 + number % 3);
        return PersistentRepr.apply(
                EventEnvelope.decided(manifest, sequence, data.getBytes(UTF_8), metadata, "decoded"),
                sequence, entity, "", false, null, "somebody");
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] export(TestJournal journal) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new JournalExport(journal.reader()).to(out, _ -> {});
        return out.toByteArray();
    }

    private JournalImport.Done importing(byte[] lines) throws IOException {
        return new JournalImport(target.database().dataSource(), target.info()).from(new ByteArrayInputStream(lines),
                _ -> {});
    }

    /** The export, whose reading fails after so many bytes. */
    private InputStream breaking(int after) {
        return new FilterInputStream(new ByteArrayInputStream(exported)) {
            private int left = after;

            @Override public int read(byte[] into, int offset, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("cut");
                }
                int read = super.read(into, offset, Math.min(left, length));
                left -= read;
                return read;
            }
        };
    }

    private int endOfLineBefore(int at) {
        int end = at;
        while (exported[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static List<String> lines(byte[] export) {
        return new String(export, UTF_8).lines().toList();
    }

    /** All rows by entity and sequence, without their places. */
    private static List<String> rows(TestJournal journal) throws SQLException {
        try (Connection connection = journal.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                                                        SELECT (to_jsonb(e) - 'ordering' - 'transaction_id')::text
                                                        FROM ritsem.event_journal e""")) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            Collections.sort(all);
            return all;
        }
    }
}
