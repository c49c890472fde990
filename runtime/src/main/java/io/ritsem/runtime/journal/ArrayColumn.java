package io.ritsem.runtime.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * A column of many rows as one array parameter, in PostgreSQL's binary form
 * (https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c, array_recv): each value is written
 * once, where the driver's own arrays are boxed, copied several times, and for times and UUIDs written as text and parsed
 * again. Confined to its statement.
 */
public final class ArrayColumn {

    private static final int HEADER = 20;
    private static final int NULL = -1;
    /** Of 2000-01-01T00:00:00Z. */
    private static final long EPOCH_SECOND = 946_684_800;
    private static final long MICROS = 1_000_000;

    private final int type;
    private final int elementType;
    private ByteBuffer values = ByteBuffer.allocate(1 << 10).position(HEADER);
    private int rows;
    private int nulls;

    private ArrayColumn(int type, int elementType) {
        this.type = type;
        this.elementType = elementType;
    }

    /** Of {@code text}. */
    public static ArrayColumn texts() {
        return new ArrayColumn(Oid.TEXT_ARRAY, Oid.TEXT);
    }

    /** Of {@code bytea}. */
    public static ArrayColumn bytes() {
        return new ArrayColumn(Oid.BYTEA_ARRAY, Oid.BYTEA);
    }

    /** Of {@code smallint}. */
    public static ArrayColumn shorts() {
        return new ArrayColumn(Oid.INT2_ARRAY, Oid.INT2);
    }

    /** Of {@code int}. */
    public static ArrayColumn ints() {
        return new ArrayColumn(Oid.INT4_ARRAY, Oid.INT4);
    }

    /** Of {@code bigint}. */
    public static ArrayColumn longs() {
        return new ArrayColumn(Oid.INT8_ARRAY, Oid.INT8);
    }

    /** Of {@code timestamptz}. */
    public static ArrayColumn times() {
        return new ArrayColumn(Oid.TIMESTAMPTZ_ARRAY, Oid.TIMESTAMPTZ);
    }

    /** Of {@code uuid}. */
    public static ArrayColumn uuids() {
        return new ArrayColumn(Oid.UUID_ARRAY, Oid.UUID);
    }

    /** Adds a row that has none. */
    public void addNull() {
        rows++;
        nulls++;
        room(0).putInt(NULL);
    }

    /** Adds a row of {@link #texts}. */
    public void add(@Nullable String text) {
        add(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a row of {@link #bytes}. */
    public void add(byte @Nullable [] bytes) {
        if (bytes == null) {
            addNull();
        } else {
            next(bytes.length).put(bytes);
        }
    }

    /** Adds a row of {@link #shorts}. */
    public void add(short number) {
        next(Short.BYTES).putShort(number);
    }

    /** Adds a row of {@link #ints}. */
    public void add(int number) {
        next(Integer.BYTES).putInt(number);
    }

    /** Adds a row of {@link #longs}. */
    public void add(long number) {
        next(Long.BYTES).putLong(number);
    }

    /** Adds a row of {@link #times}: what is below a microsecond is dropped. */
    public void add(Instant time) {
        next(Long.BYTES).putLong((time.getEpochSecond() - EPOCH_SECOND) * MICROS + time.getNano() / 1_000);
    }

    /** Adds a row of {@link #uuids}. */
    public void add(UUID uuid) {
        next(2 * Long.BYTES).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    }

    /** Makes it a parameter; null if no row has anything, which {@code unnest} fills up. */
    public void bind(PreparedStatement statement, int parameter) throws SQLException {
        if (nulls == rows) {
            statement.setNull(parameter, Types.ARRAY);
            return;
        }
        byte[] array = new byte[values.position()];
        values.flip().get(array);
        ByteBuffer.wrap(array).putInt(1).putInt(nulls > 0 ? 1 : 0).putInt(elementType).putInt(rows).putInt(1);
        statement.setArray(parameter,
                new PgArray(statement.getConnection().unwrap(BaseConnection.class), type, array));
    }

    private ByteBuffer next(int length) {
        rows++;
        return room(length).putInt(length);
    }

    private ByteBuffer room(int length) {
        int needed = values.position() + Integer.BYTES + length;
        if (needed > values.capacity()) {
            values = ByteBuffer.allocate(Math.max(needed, 2 * values.capacity())).put(values.flip());
        }
        return values;
    }
}
