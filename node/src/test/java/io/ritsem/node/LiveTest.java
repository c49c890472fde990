package io.ritsem.node;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** From a command to who reads the view live. */
class LiveTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test void tells_of_a_deposit_and_of_the_stop() throws Exception {
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try (BankNode node = BankNode.start()) {
            List<String> lines = new CopyOnWriteArrayList<>();
            HttpResponse<Stream<String>> live = http.send(HttpRequest
                    .newBuilder(URI.create(node.address() + "/api/views/balances?balance.gte=10"))
                    .header("Accept", "text/event-stream")
                    .build(), BodyHandlers.ofLines());
            Thread reading = Thread.ofVirtual().start(() -> live.body().forEach(lines::add));
            await().atMost(SOON).untilAsserted(() -> assertThat(lines).contains("event: ready"));

            node.post("/api/entities/account/ada/open", "{\"owner\":\"Ada\",\"overdraft\":\"100\"}");
            node.post("/api/entities/account/ada/deposit", "{\"amount\":\"12.50\",\"reference\":\"salary\"}");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(lines).anyMatch(line -> line.contains("\"12.50\"")));
            node.post("/api/entities/account/ada/withdraw", "{\"amount\":\"5.00\",\"reference\":\"rent\"}");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(lines).contains("event: gone", "data: {\"key\":\"ada\"}"));

            node.stop();
            assertThat(reading.join(SOON)).isTrue();
            assertThat(lines).contains("event: end", "data: {\"code\":\"stopping\"}");
        } finally {
            http.shutdownNow();
        }
    }
}
