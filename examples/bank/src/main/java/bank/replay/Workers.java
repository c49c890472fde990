package bank.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Does work on a few threads at a time. Stateless. */
final class Workers {

    private static final long LONGEST_HOURS = 12;

    private Workers() {}

    /** The part of the work that one worker does. */
    interface Work {
        void of(int worker) throws ReplayException;
    }

    /**
     * Lets workers 0 to n - 1 do their parts, and returns when all have ended.
     *
     * @throws ReplayException what the first of those threw that could not finish
     */
    static void run(int workers, Work work) throws ReplayException {
        List<Callable<Void>> parts = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            int worker = i;
            parts.add(() -> {
                work.of(worker);
                return null;
            });
        }
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (Future<Void> ended : threads.invokeAll(parts, LONGEST_HOURS, TimeUnit.HOURS)) {
                ended.get(0, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ReplayException known ? known
                    : new ReplayException("a bug: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ReplayException("interrupted", e);
        } catch (TimeoutException e) {
            throw new ReplayException("not done in %d hours".formatted(LONGEST_HOURS), e);
        } finally {
            threads.shutdownNow();
        }
    }
}
