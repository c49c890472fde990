package axonbank;

import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import alternatives.InProcess;
import alternatives.Order;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.springboot.autoconfig.UpdateCheckerAutoConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Accounts over HTTP or in process; see README.md. Axon's update checker would call its maker's server at each start. */
@SpringBootApplication(exclude = UpdateCheckerAutoConfiguration.class)
public class BankApplication {

    private static final int PATIENCE_SECONDS = 30;

    public static void main(String[] arguments) throws Exception {
        Order order = Order.of(arguments);
        SpringApplication application = new SpringApplication(BankApplication.class);
        application.setDefaultProperties(Map.of("spring.datasource.url", order.url(), "server.port", order.port()));
        if (order.inProcess()) {
            application.setWebApplicationType(WebApplicationType.NONE);
            try (ConfigurableApplicationContext context = application.run()) {
                InProcess.run(order, gateway(context.getBean(CommandGateway.class)));
            }
            System.exit(0); // a thread of Axon's, its janitor, outlives the context
        } else {
            application.run();
            System.out.println("ready: Axon at http://127.0.0.1:" + order.port());
        }
    }

    private static InProcess.Gateway gateway(CommandGateway commands) {
        return new InProcess.Gateway() {

            @Override public void open(String account, String owner, BigDecimal overdraft) {
                commands.sendAndWait(new Account.Open(account, owner, overdraft), PATIENCE_SECONDS, TimeUnit.SECONDS);
            }

            @Override public void deposit(String account, BigDecimal amount, String reference) {
                commands.sendAndWait(new Account.Deposit(account, amount, reference), PATIENCE_SECONDS,
                        TimeUnit.SECONDS);
            }
        };
    }
}
