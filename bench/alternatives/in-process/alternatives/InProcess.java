package alternatives;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The deposit workload without HTTP: callers that each deposit into a random account, wait for the answer, and go on. Of
 * each round it prints one line of JSON, with all commands acknowledged so far. Confined to its caller.
 */
public final class InProcess {

    private static final int ACCOUNTS = 1_000;
    private static final int REFERENCE_LENGTH = 140;
    private static final int PATIENCE_SECONDS = 60;
    private static final List<String> REFERENCES = Stream.of("cash-in", "salary", "interest", "transfer-in")
            .map(reference -> reference + "-".repeat(REFERENCE_LENGTH - reference.length()))
            .toList();

    private final Gateway gateway;
    private long acknowledged;

    private InProcess(Gateway gateway) {
        this.gateway = gateway;
    }

    /** Sends a command and returns when it has been answered; throws if the answer is no. */
    public interface Gateway {
        void open(String account, String owner, BigDecimal overdraft) throws Exception;

        void deposit(String account, BigDecimal amount, String reference) throws Exception;
    }

    /** Opens the accounts, and runs all rounds. */
    public static void run(Order order, Gateway gateway) throws Exception {
        InProcess rounds = new InProcess(gateway);
        for (int account = 0; account < ACCOUNTS; account++) {
            gateway.open(Integer.toString(account), "owner-" + account, BigDecimal.ZERO);
            rounds.acknowledged++;
        }
        for (int seconds : order.rounds()) {
            rounds.round(order.callers(), seconds);
        }
    }

    private void round(int callers, int seconds) throws InterruptedException, ExecutionException, TimeoutException {
        List<Future<long[]>> running = new ArrayList<>();
        List<long[]> taken = new ArrayList<>();
        long started = System.nanoTime();
        long end = started + TimeUnit.SECONDS.toNanos(seconds);
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            for (int caller = 0; caller < callers; caller++) {
                running.add(threads.submit(() -> deposits(end)));
            }
            for (Future<long[]> caller : running) {
                taken.add(caller.get(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
        }
        double elapsed = (System.nanoTime() - started) / 1e9;
        long[] all = taken.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        acknowledged += all.length;
        System.out.println(String.format(Locale.ROOT,
                "{\"callers\":%d,\"operations\":%d,\"perSecond\":%.1f,\"p50Millis\":%.3f,\"p99Millis\":%.3f,"
                        + "\"acknowledged\":%d}",
                callers, all.length, all.length / elapsed, percentile(all, 0.5), percentile(all, 0.99), acknowledged));
    }

    private long[] deposits(long end) throws Exception {
        SplittableRandom random = new SplittableRandom();
        long[] nanos = new long[1 << 10];
        int count = 0;
        while (System.nanoTime() < end) {
            String reference = REFERENCES.get(random.nextInt(REFERENCES.size()));
            String account = Integer.toString(random.nextInt(ACCOUNTS));
            long sent = System.nanoTime();
            gateway.deposit(account, new BigDecimal("1.00"), reference);
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count++] = System.nanoTime() - sent;
        }
        return Arrays.copyOf(nanos, count);
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0 ? 0
                : sorted[(int) Math.min(sorted.length - 1L, Math.round(share * sorted.length))] / 1e6;
    }
}
