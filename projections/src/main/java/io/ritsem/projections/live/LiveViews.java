package io.ritsem.projections.live;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import io.ritsem.domain.ViewDefinition;
import io.ritsem.projections.engine.Slice;
import io.ritsem.projections.engine.TouchedKeys;
import io.ritsem.runtime.application.ApplicationModel;

/** The live views of a node: between the tail, which feeds those that anybody reads, and their readers. Thread-safe. */
public final class LiveViews implements AutoCloseable {

    /** All readers together may hold this share of the heap. */
    private static final int HEAP_SHARE = 8;

    private final ApplicationModel application;
    private final int partitions;
    private final LiveMemory memory = new LiveMemory(Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    private final Map<String, LiveView<?, ?>> views = new ConcurrentHashMap<>();

    /** @param partitions how many the journal has */
    public LiveViews(ApplicationModel application, int partitions) {
        this.application = application;
        this.partitions = partitions;
    }

    /**
     * Makes a view one that can be read live; in place of the one of that name, if there was one.
     *
     * @param serving the table of its generation that serves now
     */
    public <Q extends LiveQuery, W> LiveView<Q, W> add(ViewDefinition<?> view, Supplier<LiveTable<Q, W>> serving) {
        LiveView<Q, W> live = new LiveView<>(view.name(), new TouchedKeys(view, application), serving, this);
        @Nullable LiveView<?, ?> before = views.put(view.name(), live);
        if (before != null) {
            before.stop();
        }
        return live;
    }

    /** The partitions of the journal that must be read for them: all, or none if nobody reads live. */
    public Set<Integer> needed() {
        return views.values().stream().anyMatch(LiveView::isAwake)
                ? IntStream.range(0, partitions).boxed().collect(Collectors.toSet())
                : Set.of();
    }

    /** What the tail has read; does not block. */
    public void offer(Slice slice) {
        views.values().forEach(view -> view.offer(slice));
    }

    /** The database has failed, and may have taken back what readers were told; does not block. */
    public void failed() {
        views.values().forEach(LiveView::failed);
    }

    /** How many bytes are held for readers. */
    public long heldBytes() {
        return memory.held();
    }

    int partitions() {
        return partitions;
    }

    LiveMemory memory() {
        return memory;
    }

    /** Ends all readers and takes no more. */
    @Override public void close() {
        views.values().forEach(LiveView::stop);
    }
}
