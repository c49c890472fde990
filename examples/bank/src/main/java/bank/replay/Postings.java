package bank.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;

import org.jspecify.annotations.Nullable;

/** The postings of a file, in its order. Immutable. */
final class Postings {

    private static final String HEADER = "date,account,posting,kind,amount,reference,balance";

    private final List<Posting> all;
    private final Map<String, List<Posting>> byAccount = new LinkedHashMap<>();

    Postings(List<Posting> all) {
        this.all = List.copyOf(all);
        for (Posting posting : all) {
            List<Posting> before = byAccount.computeIfAbsent(posting.account(), _ -> new ArrayList<>());
            if (posting.number() != before.size() + 1) {
                throw new IllegalArgumentException("account %s: posting %d comes after posting %d"
                        .formatted(posting.account(), posting.number(), before.size()));
            }
            before.add(posting);
        }
    }

    /**
     * Reads a gzipped file of comma-separated values.
     *
     * @throws IllegalArgumentException if it is not one of postings; it says which line and why
     */
    static Postings read(Path file) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            String header = lines.readLine();
            if (!HEADER.equals(header)) {
                throw new IllegalArgumentException("%s: the first line must be '%s'".formatted(file, HEADER));
            }
            List<Posting> postings = new ArrayList<>();
            @Nullable String line;
            while ((line = lines.readLine()) != null) {
                try {
                    postings.add(Posting.parse(line));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "%s, line %d: %s".formatted(file, postings.size() + 2, e.getMessage()), e);
                }
            }
            return new Postings(postings);
        }
    }

    List<Posting> all() {
        return all;
    }

    /** The accounts' numbers, in the order of their first posting. */
    List<String> accounts() {
        return List.copyOf(byAccount.keySet());
    }

    Posting last(String account) {
        return of(account).getLast();
    }

    /** How far below zero the account ever was: what the bank must have allowed. */
    BigDecimal overdraft(String account) {
        BigDecimal lowest = Collections.min(of(account).stream().map(Posting::balance).toList());
        return lowest.signum() < 0 ? lowest.negate() : BigDecimal.ZERO;
    }

    /** The sum of all accounts' last balances. */
    BigDecimal total() {
        return byAccount.values()
                .stream()
                .map(List::getLast)
                .map(Posting::balance)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** As many postings as are asked for, or all if there are fewer; the same ones for the same seed. */
    List<Posting> sample(int size, long seed) {
        List<Posting> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, new Random(seed));
        return List.copyOf(shuffled.subList(0, Math.min(size, shuffled.size())));
    }

    private List<Posting> of(String account) {
        @Nullable List<Posting> postings = byAccount.get(account);
        if (postings == null) {
            throw new IllegalArgumentException("there is no account " + account);
        }
        return postings;
    }
}
