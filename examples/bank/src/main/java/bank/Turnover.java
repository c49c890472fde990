package bank;

import java.math.BigDecimal;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.function.UnaryOperator;

import io.ritsem.domain.KeyedView;
import io.ritsem.domain.Recorded;
import io.ritsem.domain.Rows;
import bank.Account.Event;
import bank.Account.Event.Closed;
import bank.Account.Event.Deposited;
import bank.Account.Event.Opened;
import bank.Account.Event.Withdrawn;

import static java.math.BigDecimal.ZERO;

/**
 * How much money moved for what: a row per reference and month, over all accounts, under a key such as
 * {@code rent.2026-11}. The month is that in which the posting was recorded, in UTC.
 */
public final class Turnover implements KeyedView<Event, Turnover.Row> {

    public record Row(String reference, String month, BigDecimal deposited, BigDecimal withdrawn, long postings) {

        Row deposit(BigDecimal amount) {
            return new Row(reference, month, deposited.add(amount), withdrawn, postings + 1);
        }

        Row withdraw(BigDecimal amount) {
            return new Row(reference, month, deposited, withdrawn.add(amount), postings + 1);
        }
    }

    @Override public void apply(Event event, Recorded recorded, Rows<Row> rows) {
        switch (event) {
            case Deposited(var amount, var reference) -> post(reference, recorded, rows, row -> row.deposit(amount));
            case Withdrawn(var amount, var reference) -> post(reference, recorded, rows, row -> row.withdraw(amount));
            case Opened _,Closed _ -> {}
        }
    }

    private static void post(String reference, Recorded recorded, Rows<Row> rows, UnaryOperator<Row> posting) {
        String month = YearMonth.from(recorded.time().atOffset(ZoneOffset.UTC)).toString();
        rows.update(reference + "." + month, row -> posting.apply(row == null ? none(reference, month) : row));
    }

    private static Row none(String reference, String month) {
        return new Row(reference, month, ZERO, ZERO, 0);
    }
}
