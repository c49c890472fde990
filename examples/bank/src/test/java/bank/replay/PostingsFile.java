package bank.replay;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Files of postings as tests need them. Stateless. */
final class PostingsFile {

    static final String HEADER = "date,account,posting,kind,amount,reference,balance\n";

    private PostingsFile() {}

    static Path write(Path file, String text) throws IOException {
        try (Writer out = new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)),
                StandardCharsets.UTF_8)) {
            out.write(text);
        }
        return file;
    }

    /** A few thousand postings on 40 accounts, some of them overdrawn. */
    static Path lively(Path file) throws IOException {
        StringBuilder text = new StringBuilder(HEADER);
        Random random = new Random(7);
        BigDecimal[] balances = new BigDecimal[40];
        for (int number = 1; number <= 75; number++) {
            for (int account = 0; account < balances.length; account++) {
                boolean deposit = number == 1 || random.nextInt(3) > 0;
                BigDecimal amount = BigDecimal.valueOf(1 + random.nextInt(100_000), 2);
                BigDecimal before = number == 1 ? new BigDecimal("0.00") : balances[account];
                balances[account] = deposit ? before.add(amount) : before.subtract(amount);
                text.append("1993-01-01,%d,%d,%s,%s,%s,%s%n".formatted(1000 + account, number,
                        deposit ? "deposit" : "withdraw", amount, deposit ? "cash-in" : "cash-out", balances[account]));
            }
        }
        return write(file, text.toString());
    }
}
