package io.ritsem.chaos.load;

/**
 * How clients behave. Immutable.
 *
 * @param callers how many there are
 * @param accounts at how many accounts
 * @param pauseMillis how long each rests between two commands
 * @param twicePercent how many commands are sent twice at once
 * @param impatientPercent how many are given up after a few milliseconds and sent again
 * @param withdrawalsPercent how many take money, which is rejected where there is too little; the others pay in
 * @param transfersPercent how many of those that took money pay it in elsewhere
 */
public record Habits(int callers, int accounts, int pauseMillis, int twicePercent, int impatientPercent,
        int withdrawalsPercent, int transfersPercent) {

    /** Some thousand commands a second at most, so that the machine has time for the faults. */
    public static final Habits USUAL = new Habits(16, 200, 5, 0, 0);

    private static final int FEW = 20;
    private static final int HALF = 50;

    /** With few withdrawals, so that few are rejected. */
    public Habits(int callers, int accounts, int pauseMillis, int twicePercent, int impatientPercent) {
        this(callers, accounts, pauseMillis, twicePercent, impatientPercent, FEW);
    }

    /** Without transfers. */
    public Habits(int callers, int accounts, int pauseMillis, int twicePercent, int impatientPercent,
            int withdrawalsPercent) {
        this(callers, accounts, pauseMillis, twicePercent, impatientPercent, withdrawalsPercent, 0);
    }

    /** Deposits and transfers, half of each. */
    public static Habits transfers(int callers, int accounts, int pauseMillis) {
        return new Habits(callers, accounts, pauseMillis, 0, 0, HALF, 100);
    }
}
