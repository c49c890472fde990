package io.ritsem.runtime.entity;

import java.time.Duration;
import java.time.Instant;

import io.ritsem.runtime.journal.JournalReader.Standing;

/**
 * Whether a write may still come of which an entity's memory knows nothing: its former owner's, or one that this node gave
 * up while the server was committing it, for which nothing but the disk or a standby sets a limit. Who stores learns of it
 * from the primary key; who only answers has to ask the journal, until there cannot be one any more. Actor-confined.
 */
final class LateWrites {

    /** Later than this after it was sent the fence refuses a write, so what has not begun by then never will. */
    private static final Duration TO_BEGIN = Duration.ofSeconds(5);

    private final Instant recovered;
    private long aboveAllBegun;
    private boolean excluded;

    /** @param recovered when the entity's memory was read from the journal */
    LateWrites(Instant recovered) {
        this.recovered = recovered;
    }

    boolean mayCome() {
        return !excluded;
    }

    /** The entity has stored: what comes late finds its place taken. */
    void exclude() {
        excluded = true;
    }

    /** Whether all of them have begun by now, and nobody has asked yet which they are. */
    boolean haveBegun(Instant now) {
        return aboveAllBegun == 0 && now.isAfter(recovered.plus(TO_BEGIN));
    }

    /** Takes note of what the journal says of an entity whose memory is of its version. */
    void saw(Standing standing) {
        excluded |= aboveAllBegun != 0 && standing.oldestRunning() >= aboveAllBegun;
        aboveAllBegun = Math.max(aboveAllBegun, standing.aboveAllBegun());
    }
}
