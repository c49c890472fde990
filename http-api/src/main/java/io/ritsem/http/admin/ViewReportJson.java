package io.ritsem.http.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.ritsem.projections.engine.ViewReport;
import io.ritsem.runtime.json.JsonType;

/** How views are doing, as JSON: durations in milliseconds, names in kebab-case. Stateless. */
final class ViewReportJson {

    private ViewReportJson() {}

    record Views(List<View> views) {}

    record View(String view, List<Generation> generations) {}

    /** @param ofThisVersion whether it is of the version of the application that the asked node runs */
    record Generation(long generation, boolean ofThisVersion, String state, String condition, boolean paused, long lag,
            long behind, long deadLetters, Instant createdAt, @Nullable Instant servedAt, @Nullable Build build,
            List<Partition> partitions) {}

    record Build(long events, long expected, long percent, long eventsPerSecond, @Nullable Long toGo,
            @Nullable Long limit, String switching) {}

    record Partition(long partition, String condition, long lag, long behind, @Nullable String node,
            @Nullable String trouble) {}

    static final JsonType<Views> VIEWS = JsonType.of(Views.class);
    static final JsonType<View> VIEW = JsonType.of(View.class);

    static byte[] views(List<ViewReport> reports) {
        List<View> views = reports.stream()
                .map(report -> report.generation().id().view())
                .distinct()
                .map(view -> of(view, reports))
                .toList();
        return VIEWS.encode(new Views(views));
    }

    static byte[] view(String view, List<ViewReport> reports) {
        return VIEW.encode(of(view, reports));
    }

    private static View of(String view, List<ViewReport> reports) {
        return new View(view,
                reports.stream()
                        .filter(report -> report.generation().id().view().equals(view))
                        .map(ViewReportJson::of)
                        .toList());
    }

    private static Generation of(ViewReport report) {
        return new Generation(report.generation().id().generation(), report.ours(), kebab(report.generation().state()),
                kebab(report.condition()), report.generation().paused(), milliseconds(report.lag()), report.behind(),
                report.deadLetters(), report.createdAt(), report.servedAt(), build(report),
                report.partitions().stream().map(ViewReportJson::of).toList());
    }

    private static @Nullable Build build(ViewReport report) {
        ViewReport.@Nullable Build build = report.build();
        if (build == null) {
            return null;
        }
        long percent = build.expected() == 0 ? 100 : build.events() * 100 / build.expected();
        @Nullable Duration toGo = build.toGo();
        int rate = report.generation().rate();
        return new Build(build.events(), build.expected(), percent, build.perSecond(),
                toGo == null ? null : toGo.toMillis(), rate == 0 ? null : (long) rate,
                kebab(report.generation().switching()));
    }

    private static Partition of(ViewReport.PartitionReport partition) {
        return new Partition(partition.partition(), kebab(partition.condition()), milliseconds(partition.lag()),
                partition.behind(), partition.node(), partition.trouble());
    }

    private static String kebab(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Rounded up: only what has everything has no lag. */
    private static long milliseconds(Duration lag) {
        return lag.plusNanos(999_999).toMillis();
    }
}
