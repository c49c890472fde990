package io.ritsem.runtime.journal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;

/** Connections to the database that meet an error when one thread sends something: thread-safe, one user at a time. */
public final class FailingSockets extends SocketFactory {

    private static final AtomicInteger LEFT = new AtomicInteger();
    private static volatile String failing = "";

    /** A database's URL by which it is reached through these. */
    public static String through(String url) {
        return url + "&socketFactory=" + FailingSockets.class.getName();
    }

    /** The next so many times. */
    public static void fail(String thread, int times) {
        failing = thread;
        LEFT.set(times);
    }

    /** How often it will still fail. */
    public static int left() {
        return LEFT.get();
    }

    @Override public Socket createSocket() {
        return new Socket() {
            @Override public OutputStream getOutputStream() throws IOException {
                return new FilterOutputStream(super.getOutputStream()) {
                    @Override public void write(byte[] bytes, int from, int length) throws IOException {
                        if (Thread.currentThread().getName().equals(failing)
                                && LEFT.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            throw new LinkageError("a class is missing");
                        }
                        out.write(bytes, from, length);
                    }
                };
            }
        };
    }

    @Override public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override public Socket createSocket(String host, int port, InetAddress from, int fromPort) {
        throw new UnsupportedOperationException();
    }

    @Override public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) {
        throw new UnsupportedOperationException();
    }
}
