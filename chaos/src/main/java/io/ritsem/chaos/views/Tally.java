package io.ritsem.chaos.views;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import bank.Account.Event;
import bank.Account.Event.Closed;
import bank.Account.Event.Deposited;
import bank.Account.Event.Opened;
import bank.Account.Event.Withdrawn;

/**
 * Eight rows, each fed from all partitions all the time: an event that is missed, applied twice or out of the order of
 * commits is seen in them for ever.
 */
public final class Tally implements KeyedView<Event, Tally.Row> {

    private static final int ROWS = 8;

    /** @param digest of all events in their order */
    public record Row(long events, BigDecimal money, long digest) {

        /** Before the first event. */
        public static final Row NONE = new Row(0, BigDecimal.ZERO, 0);

        /** After another event. */
        public Row then(String id, long sequence, BigDecimal moved) {
            return new Row(events + 1, money.add(moved), (31 * digest + id.hashCode()) * 31 + sequence);
        }
    }

    @Override public void apply(Event event, Recorded recorded, Rows<Row> rows) {
        BigDecimal moved = switch (event) {
            case Deposited(var amount, _) -> amount;
            case Withdrawn(var amount, _) -> amount.negate();
            case Opened _,Closed _ -> BigDecimal.ZERO;
        };
        rows.update(key(recorded.id()), row -> known(row).then(recorded.id(), recorded.sequence(), moved));
    }

    private static Row known(@Nullable Row row) {
        return row == null ? Row.NONE : row;
    }

    /** In which row an account's events are. */
    public static String key(String id) {
        return "row" + Math.floorMod(id.hashCode(), ROWS);
    }
}
