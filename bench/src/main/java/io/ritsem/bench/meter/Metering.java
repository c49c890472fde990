package io.ritsem.bench.meter;

import java.util.List;

import io.ritsem.domain.Application;
import io.ritsem.domain.Context;
import io.ritsem.domain.Decision;
import io.ritsem.domain.Definition;
import io.ritsem.domain.Entity;
import io.ritsem.domain.Name;
import io.ritsem.domain.Version;

/** A meter whose events were stored by older releases: in one version each, of which one stands for two of today. */
public final class Metering implements Application {

    /** Moves it on. */
    public record Advance(long units, String reader) {}

    /** It was moved on. */
    @Version(2)
    public record Advanced(long units, String reader) {}

    @Name("advanced")
    record AdvancedV1(long by) {}

    record AdvancedTwice(long first, long second) {}

    /** What it shows. */
    public record Reading(long units, long readings) {}

    static final class Meter implements Entity<Advance, Advanced, Reading> {
        @Override public Reading initial() {
            return new Reading(0, 0);
        }

        @Override public Decision<Advanced> decide(Reading reading, Advance advance, Context context) {
            return Decision.accept(new Advanced(advance.units(), advance.reader()));
        }

        @Override public Reading evolve(Reading reading, Advanced event) {
            return new Reading(reading.units() + event.units(), reading.readings() + 1);
        }
    }

    @Override public void define(Definition app) {
        app.entity("meter", new Meter())
                .upcast(AdvancedV1.class, old -> List.of(new Advanced(old.by(), "")))
                .upcast(AdvancedTwice.class,
                        old -> List.of(new Advanced(old.first(), ""), new Advanced(old.second(), "")));
    }
}
