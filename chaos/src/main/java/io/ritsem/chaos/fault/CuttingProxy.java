package io.ritsem.chaos.fault;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A way to the database that breaks when the journal is written: of the connections that carry an insert, some are cut
 * when it is on its way and its answer is not. In a third of the cases before the server is told to commit, in a third
 * after it has, in a third at once, so that nobody knows. Thread-safe.
 */
public final class CuttingProxy implements AutoCloseable {

    private static final int CUT_PERCENT = 60;

    /** At what moment a connection is cut. */
    enum Cut {
        BEFORE_COMMIT, AFTER_COMMIT, AT_ONCE
    }

    private final ServerSocket listener;
    private final int target;
    private final int most;
    private final SplittableRandom random;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private int cuts;

    /**
     * Begins to listen.
     *
     * @param target the port of the server, on this machine
     * @param most how many connections it cuts before it lets all pass
     */
    public CuttingProxy(int target, int most, SplittableRandom random) throws IOException {
        this.target = target;
        this.most = most;
        this.random = random;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::listen);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** How many connections were cut. */
    public synchronized int cuts() {
        return cuts;
    }

    private synchronized boolean cutsNext() {
        boolean cut = cuts < most && random.nextInt(100) < CUT_PERCENT;
        cuts += cut ? 1 : 0;
        return cut;
    }

    private synchronized Cut kind() {
        return Cut.values()[random.nextInt(Cut.values().length)];
    }

    private void listen() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                open.add(client);
                open.add(server);
                Way way = new Way(client, server);
                threads.execute(way::there);
                threads.execute(way::back);
            }
        } catch (IOException closed) {
            close();
        }
    }

    /** One connection through the proxy: one thread for each direction. */
    private final class Way {

        private final Socket client;
        private final Socket server;
        private volatile boolean mute;

        Way(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void there() {
            Frontend frontend = new Frontend();
            try {
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                for (byte[] message = frontend.next(in); message.length > 0; message = frontend.next(in)) {
                    if (frontend.writesJournal() && cutsNext()) {
                        cut(kind(), out, message);
                        return;
                    }
                    out.write(message);
                }
                end();
            } catch (IOException broken) {
                end();
            }
        }

        private void cut(Cut kind, OutputStream out, byte[] sync) throws IOException {
            switch (kind) {
                case BEFORE_COMMIT -> end();
                case AFTER_COMMIT -> {
                    mute = true; // the other direction ends it when the answer is there
                    out.write(sync);
                }
                case AT_ONCE -> {
                    mute = true;
                    out.write(sync);
                    end();
                }
            }
        }

        void back() {
            byte[] buffer = new byte[1 << 14];
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (!mute) {
                        out.write(buffer, 0, read);
                    } else if (Frontend.isReady(buffer, read)) {
                        break;
                    }
                }
                end();
            } catch (IOException broken) {
                end();
            }
        }

        private void end() {
            quietly(client);
            quietly(server);
        }
    }

    private void quietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is what was wanted.
        }
        open.remove(socket);
    }

    @Override public void close() {
        quietly(listener);
        Set.copyOf(open).forEach(this::quietly);
        threads.shutdownNow();
    }
}
