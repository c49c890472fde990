package io.ritsem.chaos.load;

/**
 * A command sent once, and what came of it. Immutable.
 *
 * @param number counts the attempts of this command by this client, from 1
 * @param sentAt when, in the nanoseconds of {@link System#nanoTime}
 * @param toldAt likewise
 */
public record Attempt(Command command, int number, long sentAt, long toldAt, Told told) {}
