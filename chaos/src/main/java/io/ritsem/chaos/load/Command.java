package io.ritsem.chaos.load;

/**
 * A command at an account, as often as it is sent. Immutable.
 *
 * @param key its idempotency key; also what its event says, so that the event tells whose it is
 * @param name {@code open}, {@code deposit} or {@code withdraw}
 * @param amount a decimal with two places; the overdraft, when an account is opened
 */
public record Command(String key, String account, String name, String amount) {

    private static final String OPEN = "open";
    private static final String DEPOSIT = "deposit";
    private static final String WITHDRAW = "withdraw";

    /** Opens an account. */
    public static Command open(String account, String key) {
        return new Command(key, account, OPEN, "0.00");
    }

    /** Pays in. */
    public static Command deposit(String account, String key, long cents) {
        return new Command(key, account, DEPOSIT, amount(cents));
    }

    /** Pays out. */
    public static Command withdraw(String account, String key, long cents) {
        return new Command(key, account, WITHDRAW, amount(cents));
    }

    /** Pays in elsewhere what this one took. */
    Command onwards(String payee) {
        return new Command(onwardsKey(key), payee, DEPOSIT, amount);
    }

    /** The key under which it is paid in elsewhere what the command of this key took. */
    public static String onwardsKey(String key) {
        return key + ".onwards";
    }

    boolean isWithdrawal() {
        return name.equals(WITHDRAW);
    }

    private static String amount(long cents) {
        return "%d.%02d".formatted(cents / 100, cents % 100);
    }

    /** Whether it moves money. */
    boolean isPosting() {
        return !name.equals(OPEN);
    }

    String path() {
        return "/api/entities/account/" + account + "/" + name;
    }

    String body() {
        return name.equals(OPEN)
                ? "{\"owner\":\"%s\",\"overdraft\":\"%s\"}".formatted(key, amount)
                : "{\"amount\":\"%s\",\"reference\":\"%s\"}".formatted(amount, key);
    }
}
