package io.ritsem.bench;

/**
 * What one round of one kind of work gave. Immutable.
 *
 * @param operations how many were done; 0 if only their rate is known
 * @param p50 how long half of the requests took at most, in milliseconds; 0 if that is not known
 * @param p99 how long 99 of 100 took at most
 */
record Round(long operations, double perSecond, double p50, double p99) {

    /** Of something that tells its rate only. */
    static Round of(double perSecond) {
        return new Round(0, perSecond, 0, 0);
    }
}
