package io.ritsem.runtime.journal;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whom this node sees go on in its cluster, and what the database says of them. Who was given up by its cluster and is still
 * seen has not been told, so this is another cluster. Thread-safe; moments are those of {@link System#nanoTime()}.
 */
final class Sightings {

    /** Of a member that was not seen for so long nobody is asked any more. */
    private static final Duration FORGOTTEN = Duration.ofSeconds(10);

    /** Its own cluster knows that a member is down before that is noted, and what one of them knows the others soon know. */
    private static final Duration TO_HEAR_OF_IT = Duration.ofSeconds(5);

    private static final Duration LATELY = Duration.ofSeconds(3);

    private final Map<String, Long> seen = new ConcurrentHashMap<>(); // and when last
    private final Map<String, Long> givenUp = new ConcurrentHashMap<>(); // those of them, and when that was read first
    private volatile Set<String> asked = Set.of();

    /** These go on now. */
    void add(Set<String> members) {
        long now = System.nanoTime();
        members.forEach(member -> seen.put(member, now));
    }

    /** Of whom the database is to be asked. */
    Set<String> members() {
        return Set.copyOf(seen.keySet());
    }

    /** It was asked of these, at that moment, and says that some of them were given up. */
    void answered(Set<String> members, long when, Collection<String> some) {
        long now = System.nanoTime();
        some.forEach(member -> givenUp.putIfAbsent(member, now));
        givenUp.keySet().retainAll(some);
        asked = members;
        seen.values().removeIf(last -> when - last > FORGOTTEN.toNanos());
    }

    /** Whether somebody is seen of whom was not asked yet, or who was given up. */
    boolean areInDoubt() {
        long lately = System.nanoTime() - LATELY.toNanos();
        return !asked.containsAll(seen.keySet()) || givenUp.entrySet()
                .stream()
                .anyMatch(one -> seenAfter(one) > 0 && seen.getOrDefault(one.getKey(), lately) - lately > 0);
    }

    /** Whether somebody who was given up goes on here. */
    boolean areOfAnotherCluster() {
        return givenUp.entrySet().stream().anyMatch(one -> seenAfter(one) > TO_HEAR_OF_IT.toNanos());
    }

    /** How long after it was read that it was given up; 0 or less if it was not seen since. */
    private long seenAfter(Map.Entry<String, Long> one) {
        return seen.getOrDefault(one.getKey(), one.getValue()) - one.getValue();
    }
}
