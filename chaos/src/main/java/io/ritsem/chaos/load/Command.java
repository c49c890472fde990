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

    /** Opens an account. */
    public static Command open(String account, String key) {
        return new Command(key, account, OPEN, "0.00");
    }

    /** Pays in. */
    public static Command deposit(String account, String key, long cents) {
        return new Command(key, account, "deposit", amount(cents));
    }

    /** Pays out. */
    public static Command withdraw(String account, String key, long cents) {
        return new Command(key, account, "withdraw", amount(cents));
    }

    private static String amount(long cents) {
        return "%d.%02d".formatted(cents / 100, cents % 100);
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
