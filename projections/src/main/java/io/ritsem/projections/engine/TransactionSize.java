package io.ritsem.projections.engine;

/**
 * How many events a transaction takes: as many as change so few rows that it stays short, since its id holds back the
 * horizon of every reader while it lives. How many rows that is, the transactions before have told: a few rows may take
 * many events. Confined to the worker of the view.
 */
final class TransactionSize {

    /** Some 20 ms, with four indexes on the table. */
    private static final int ROWS = 1_250;

    private static final double LARGEST_STEP = 2;

    private final int most;
    private int events;

    /** @param most events of a transaction, at least 1 */
    TransactionSize(int most) {
        this.most = most;
        this.events = Math.min(most, ROWS);
    }

    /** How many the next one takes at most. */
    int events() {
        return events;
    }

    /** What the last one was: from few events nobody knows how many rows many would change. */
    void was(int taken, int rows) {
        double step = Math.clamp((double) ROWS / Math.max(1, rows), 1 / LARGEST_STEP, LARGEST_STEP);
        if (step < 1 || taken >= events) {
            events = (int) Math.clamp(taken * step, 1, most);
        }
    }
}
