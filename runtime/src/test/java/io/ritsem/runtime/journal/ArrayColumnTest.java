package io.ritsem.runtime.journal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import io.ritsem.postgres.EmbeddedDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/** What PostgreSQL makes of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArrayColumnTest {

    private Connection connection;

    @BeforeAll void connect() throws SQLException {
        connection = DriverManager.getConnection(EmbeddedDatabase.shared().createDatabase());
    }

    @AfterAll void disconnect() throws SQLException {
        connection.close();
    }

    @Test void numbers() throws SQLException {
        ArrayColumn shorts = ArrayColumn.shorts();
        shorts.add(Short.MIN_VALUE);
        shorts.add(Short.MAX_VALUE);
        assertThat(stored(shorts, "smallint")).containsExactly(Short.MIN_VALUE, Short.MAX_VALUE);
        ArrayColumn ints = ArrayColumn.ints();
        ints.add(Integer.MIN_VALUE);
        ints.addNull();
        ints.add(Integer.MAX_VALUE);
        assertThat(stored(ints, "int")).containsExactly(Integer.MIN_VALUE, null, Integer.MAX_VALUE);
        ArrayColumn longs = ArrayColumn.longs();
        longs.add(Long.MIN_VALUE);
        longs.add(Long.MAX_VALUE);
        assertThat(stored(longs, "bigint")).containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    @Test void texts() throws SQLException {
        ArrayColumn texts = ArrayColumn.texts();
        texts.add("");
        texts.add((String) null);
        texts.add("null, {\"quoted\"} \\ Zürich \uD83D\uDE00");
        assertThat(stored(texts, "text")).containsExactly("", null, "null, {\"quoted\"} \\ Zürich \uD83D\uDE00");
    }

    @Test void bytes() throws SQLException {
        ArrayColumn bytes = ArrayColumn.bytes();
        bytes.add(new byte[0]);
        bytes.add((byte[]) null);
        bytes.add(new byte[]{0, -1, 92});
        assertThat(stored(bytes, "bytea")).containsExactly(new byte[0], null, new byte[]{0, -1, 92});
    }

    @Test void times_to_the_microsecond_on_both_sides_of_the_year_2000() throws SQLException {
        ArrayColumn times = ArrayColumn.times();
        times.add(Instant.parse("2026-03-01T10:15:30.123456789Z"));
        times.add(Instant.parse("1969-12-31T23:59:59.999999Z"));
        assertThat(stored(times, "timestamptz")).containsExactly(
                Timestamp.from(Instant.parse("2026-03-01T10:15:30.123456Z")),
                Timestamp.from(Instant.parse("1969-12-31T23:59:59.999999Z")));
    }

    @Test void uuids() throws SQLException {
        UUID uuid = UUID.fromString("f1234567-89ab-cdef-8123-456789abcdef");
        ArrayColumn uuids = ArrayColumn.uuids();
        uuids.add(uuid);
        assertThat(stored(uuids, "uuid")).containsExactly(uuid);
    }

    @Test void as_many_as_there_are() throws SQLException {
        ArrayColumn texts = ArrayColumn.texts();
        IntStream.range(0, 10_000).forEach(i -> texts.add("x".repeat(i % 100)));
        texts.add("y".repeat(100_000));
        Object[] stored = stored(texts, "text");
        assertThat(stored).hasSize(10_001).endsWith("y".repeat(100_000));
        assertThat(stored[4_242]).isEqualTo("x".repeat(42));
    }

    @Test void one_in_which_no_row_has_anything_is_filled_up_by_unnest() throws SQLException {
        ArrayColumn keys = ArrayColumn.longs();
        keys.add(1L);
        keys.add(2L);
        ArrayColumn none = ArrayColumn.uuids();
        none.addNull();
        none.addNull();
        try (PreparedStatement select = connection
                .prepareStatement("SELECT count(*) - count(u) FROM unnest(?::bigint[], ?::uuid[]) AS e (k, u)")) {
            keys.bind(select, 1);
            none.bind(select, 2);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                assertThat(row.getLong(1)).isEqualTo(2);
            }
        }
    }

    private @Nullable Object[] stored(ArrayColumn column, String type) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT ?::" + type + "[]")) {
            column.bind(select, 1);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                Array array = row.getArray(1);
                return (Object[]) array.getArray();
            }
        }
    }
}
