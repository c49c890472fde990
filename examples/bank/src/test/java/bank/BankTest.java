package bank;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.ritsem.domain.Application;
import io.ritsem.domain.Definition;
import io.ritsem.domain.EntityDefinition;
import io.ritsem.domain.ViewDefinition;
import io.ritsem.testkit.SchemaLock;

import static org.assertj.core.api.Assertions.assertThat;

class BankTest {

    @Test void a_node_finds_the_bank() {
        assertThat(ServiceLoader.load(Application.class)).singleElement().isInstanceOf(Bank.class);
    }

    @Test void what_is_stored_stays_readable() {
        SchemaLock.verify(new Bank());
    }

    @Test void the_bank_is_an_account_and_two_views_of_it() {
        Definition app = new Definition();
        new Bank().define(app);

        assertThat(app.entities()).extracting(EntityDefinition::type).containsExactly("account");
        assertThat(app.views()).extracting(ViewDefinition::name).containsExactly("balances", "turnover");
        assertThat(app.views()).allSatisfy(view -> assertThat(view.follows()).containsOnlyKeys("account"));
    }

    /** The promise of the domain kit: an account, a view and the application in under 100 lines. */
    @Test void account_balances_and_bank_together_are_under_100_lines() throws Exception {
        Path script = Path.of("count-lines").toAbsolutePath();
        Process count = new ProcessBuilder("sh", script.toString()).redirectErrorStream(true).start();
        assertThat(count.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String printed = new String(count.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

        assertThat(Files.isExecutable(script)).isTrue();
        assertThat(printed).matches("[0-9]+");
        assertThat(Integer.parseInt(printed)).isBetween(50, 99);
    }
}
