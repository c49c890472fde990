package io.ritsem.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

import io.ritsem.harness.Address;
import io.ritsem.harness.AnswerBuffer;
import io.ritsem.harness.Latencies;

/**
 * Callers that each have a connection to a node and one request under way: when its answer is there they send the next. One
 * thread serves them all, for what the callers take of the two processors is taken from the node. Confined to its thread.
 */
final class HttpLoad implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;
    private static final int OK = 200;

    private final Selector selector = Selector.open();
    private final List<Caller> callers = new ArrayList<>();
    private final Requests requests;
    private long[] nanos = new long[1 << 16];
    private int done;

    /** What a caller asks. */
    interface Requests {

        /** The bytes of its next request to this node. */
        byte[] next(Address node, SplittableRandom random);
    }

    private HttpLoad(Requests requests) throws IOException {
        this.requests = requests;
    }

    /**
     * Lets them ask for so long; each answer has to be a 200.
     *
     * @param nodes whom each caller asks, by its number
     */
    static Round run(IntFunction<Address> nodes, int callers, int seconds, Requests requests) {
        try (HttpLoad load = new HttpLoad(requests)) {
            for (int number = 0; number < callers; number++) {
                load.callers.add(new Caller(nodes.apply(number), load.selector));
            }
            return load.run(seconds);
        } catch (IOException failure) {
            throw new IllegalStateException("A caller failed: " + failure, failure);
        }
    }

    private Round run(int seconds) throws IOException {
        long started = System.nanoTime();
        long end = started + TimeUnit.SECONDS.toNanos(seconds);
        int busy = callers.size();
        for (Caller caller : callers) {
            caller.send(requests);
        }
        while (busy > 0) {
            if (selector.select(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)) == 0) {
                throw new IOException("No answer came for %d s".formatted(PATIENCE_SECONDS));
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Caller caller = (Caller) key.attachment();
                if (caller.hasAnswer()) {
                    long now = System.nanoTime();
                    note(now - caller.sentAt);
                    if (now < end) {
                        caller.send(requests);
                    } else {
                        busy--;
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        double elapsed = (System.nanoTime() - started) / 1e9;
        Latencies latencies = new Latencies();
        latencies.add(Arrays.copyOf(nanos, done));
        return new Round(done, done / elapsed, latencies.percentile(0.5), latencies.percentile(0.99));
    }

    private void note(long took) {
        if (done == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * done);
        }
        nanos[done++] = took;
    }

    @Override public void close() throws IOException {
        for (Caller caller : callers) {
            caller.channel.close();
        }
        selector.close();
    }

    private static final class Caller {

        private final Address node;
        private final SocketChannel channel;
        private final AnswerBuffer answer = new AnswerBuffer();
        private final SplittableRandom random = new SplittableRandom();
        private long sentAt;

        Caller(Address node, Selector selector) throws IOException {
            this.node = node;
            this.channel = SocketChannel.open(new InetSocketAddress(node.host(), node.port()));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            var _ = channel.register(selector, SelectionKey.OP_READ, this);
        }

        /** The request is small and the one before was answered, so the connection takes it at once. */
        void send(Requests requests) throws IOException {
            ByteBuffer request = ByteBuffer.wrap(requests.next(node, random));
            answer.clear();
            sentAt = System.nanoTime();
            while (request.hasRemaining()) {
                var _ = channel.write(request);
            }
        }

        boolean hasAnswer() throws IOException {
            if (!answer.readFrom(channel)) {
                return false;
            }
            if (answer.status() != OK) {
                throw new IllegalStateException(
                        "Answered with %d: %s".formatted(answer.status(), answer.answer().body()));
            }
            return true;
        }
    }
}
