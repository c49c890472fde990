package alternatives;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the command line of an alternative says. Immutable.
 *
 * @param url of an empty database
 * @param port where to take requests; 0 in process
 * @param callers who make deposits in process; 0 over HTTP
 * @param rounds how many seconds each round in process takes
 */
public record Order(String url, int port, int callers, List<Integer> rounds) {

    private static final int IN_PROCESS = 4;

    /** Reads it; says what would be right, and ends the program, if it cannot be understood. */
    public static Order of(String... arguments) {
        List<String> numbers = Stream.of(arguments).skip(1).filter(word -> word.matches("[1-9]\\d{0,4}")).toList();
        if (arguments.length == 2 && numbers.size() == 1) {
            return new Order(arguments[0], Integer.parseInt(arguments[1]), 0, List.of());
        }
        if (arguments.length >= IN_PROCESS && arguments[1].equals("in-process")
                && numbers.size() == arguments.length - 2) {
            return new Order(arguments[0], 0, Integer.parseInt(arguments[2]),
                    numbers.stream().skip(1).map(Integer::valueOf).toList());
        }
        System.err.println("usage: JDBC_URL HTTP_PORT, or JDBC_URL in-process CALLERS SECONDS [SECONDS ...]");
        System.exit(64);
        throw new IllegalStateException("The program goes on after its end");
    }

    public boolean inProcess() {
        return !rounds.isEmpty();
    }
}
