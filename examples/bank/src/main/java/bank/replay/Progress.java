package bank.replay;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** How far the work has come, on one line of a terminal that is written over. Thread-safe. */
final class Progress {

    private static final long BETWEEN_LINES = Duration.ofMillis(200).toNanos();

    private final PrintStream terminal;
    private final boolean watched;
    private final String what;
    private final int total;
    private final long started = System.nanoTime();
    private int done;
    private long shown = started;

    Progress(PrintStream terminal, boolean watched, String what, int total) {
        this.terminal = terminal;
        this.watched = watched;
        this.what = what;
        this.total = total;
    }

    synchronized void advance(int by) {
        done += by;
        long now = System.nanoTime();
        if (watched && now - shown > BETWEEN_LINES) {
            shown = now;
            terminal.printf(Locale.ROOT, "\r  %,d of %,d %s, %,.0f /s ", done, total, what, done / seconds());
            terminal.flush();
        }
    }

    /** Wipes the line. */
    synchronized void end() {
        if (watched) {
            terminal.print("\r\033[K");
            terminal.flush();
        }
    }

    double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }
}
