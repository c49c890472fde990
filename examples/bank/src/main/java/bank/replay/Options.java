package bank.replay;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param send whether to send the postings
 * @param check whether to check the accounts
 * @param answers where to write all answers, or null
 * @param parallel how many requests run at a time, 1 to 64
 * @param progress whether somebody watches
 */
record Options(Path file, URI node, boolean send, boolean check, @Nullable Path answers, int parallel,
        boolean progress) {

    static final String USAGE = """
                                usage: replay-postings [options] FILE.csv.gz [URL]

                                Sends the postings of FILE as commands to the node at URL (default http://127.0.0.1:8080), each with an
                                idempotency key, so it may be sent again; then checks every balance that the bank itself recorded.

                                  --answers FILE   write all answers, a line per command, in order
                                  --only-send      do not check
                                  --only-check     do not send
                                  --parallel N     requests at a time, 1 to 64 (default 8)
                                  --progress       show progress on standard error (the launcher does on a terminal)

                                exit code: 0 all equal, 1 something refused or different, 2 not finished, 64 wrong usage""";

    private static final int MOST_PARALLEL = 64;

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it cannot be understood
     */
    static Options parse(String... arguments) {
        List<String> positional = new ArrayList<>();
        @Nullable Path answers = null;
        boolean send = true;
        boolean check = true;
        boolean progress = false;
        int parallel = 8;
        Iterator<String> rest = List.of(arguments).iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            switch (argument) {
                case "--answers" -> answers = Path.of(valueOf(argument, rest));
                case "--parallel" -> parallel = parallel(valueOf(argument, rest));
                case "--only-send" -> check = false;
                case "--only-check" -> send = false;
                case "--progress" -> progress = true;
                default -> positional.add(positional(argument));
            }
        }
        if (positional.isEmpty() || positional.size() > 2) {
            throw new IllegalArgumentException("one FILE and at most one URL");
        }
        if (!send && (!check || answers != null)) {
            throw new IllegalArgumentException("--only-check goes with neither --only-send nor --answers");
        }
        URI node = node(positional.size() == 2 ? positional.get(1) : "http://127.0.0.1:8080");
        return new Options(Path.of(positional.getFirst()), node, send, check, answers, parallel, progress);
    }

    private static String valueOf(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return rest.next();
    }

    private static int parallel(String value) {
        if (!value.matches("[0-9]{1,2}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > MOST_PARALLEL) {
            throw new IllegalArgumentException("--parallel must be 1 to " + MOST_PARALLEL + ", not " + value);
        }
        return Integer.parseInt(value);
    }

    private static String positional(String argument) {
        if (argument.startsWith("-")) {
            throw new IllegalArgumentException("unknown option " + argument);
        }
        return argument;
    }

    private static URI node(String url) {
        if (!url.matches("https?://[^/]+/?")) {
            throw new IllegalArgumentException("the URL must look like http://host:port, not " + url);
        }
        return URI.create(url.endsWith("/") ? url : url + "/");
    }
}
