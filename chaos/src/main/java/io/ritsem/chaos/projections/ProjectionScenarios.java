package io.ritsem.chaos.projections;

import java.util.List;

import io.ritsem.chaos.scenario.Scenario;

/** The promises of the views that several nodes share. */
public final class ProjectionScenarios {

    private ProjectionScenarios() {}

    /** In the order in which they run. */
    public static List<Scenario> all() {
        return List.of(new OwnerStopped(), new OwnerKilled(), new StaleReader(), new RebuildUnderLoad(),
                new PoisonAccount(),
                new DatabaseCrashed());
    }
}
