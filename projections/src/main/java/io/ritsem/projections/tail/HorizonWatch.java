package io.ritsem.projections.tail;

import java.time.Duration;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.ritsem.runtime.journal.HorizonHolder;
import io.ritsem.runtime.journal.JournalReader;

/**
 * Names whose open transaction keeps all views where they are: after 2 s, and again whenever it has lasted twice as long.
 * Not thread-safe: of one tail, which looks once at a time.
 */
final class HorizonWatch {

    private static final Logger LOG = LoggerFactory.getLogger(HorizonWatch.class);
    private static final Duration OLD = Duration.ofSeconds(2);

    private final JournalReader journal;
    private Duration next = OLD;

    HorizonWatch(JournalReader journal) {
        this.journal = journal;
    }

    /** @param hidden for how long the same event has waited above the horizon; zero if none does */
    void hidden(Duration hidden) {
        if (hidden.compareTo(next) >= 0) {
            next = hidden.multipliedBy(2);
            name(journal.horizonHolder(), hidden.toSeconds());
        } else if (hidden.compareTo(OLD) < 0 && next.compareTo(OLD) > 0) {
            next = OLD;
            LOG.info("Views go on");
        }
    }

    private static void name(Optional<HorizonHolder> holder, long seconds) {
        holder.ifPresentOrElse(held -> LOG.warn(
                "Views have stood still for {} s: they wait for {} '{}', which has written to the journal and not "
                        + "committed for {} s",
                seconds, held.pid() == 0 ? "the prepared transaction" : "session " + held.pid(), held.name(),
                held.age().toSeconds()),
                () -> LOG.warn("Views have stood still for {} s, though nobody is seen who has written to the journal "
                        + "and not committed", seconds));
    }
}
