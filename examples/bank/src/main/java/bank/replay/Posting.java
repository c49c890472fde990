package bank.replay;

import java.math.BigDecimal;

/**
 * One line of the file.
 *
 * @param account the account's number
 * @param number counts the account's postings from 1
 * @param kind {@code deposit} or {@code withdraw}
 * @param amount positive
 * @param reference what for
 * @param balance the account's balance afterwards, as the bank itself recorded it
 */
record Posting(String account, int number, String kind, BigDecimal amount, String reference, BigDecimal balance) {

    private static final int COLUMNS = 7;

    Posting {
        if (!account.matches("[0-9]+")) {
            throw new IllegalArgumentException("the account is not a number: " + account);
        }
        if (!kind.equals("deposit") && !kind.equals("withdraw")) {
            throw new IllegalArgumentException("the kind is neither deposit nor withdraw: " + kind);
        }
    }

    /** Reads {@code date,account,posting,kind,amount,reference,balance}. */
    static Posting parse(String line) {
        String[] columns = line.split(",", -1);
        if (columns.length != COLUMNS) {
            throw new IllegalArgumentException("%d columns, not %d".formatted(columns.length, COLUMNS));
        }
        return new Posting(columns[1], Integer.parseInt(columns[2]), columns[3], new BigDecimal(columns[4]), columns[5],
                new BigDecimal(columns[6]));
    }

    /** The account's version after this posting: its opening is version 1. */
    long version() {
        return number + 1L;
    }
}
