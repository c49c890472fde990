package io.ritsem.runtime.json;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class RoundTripTest {

    private static final int ROUNDS = 2_000;
    private static final JsonType<Everything> TYPE = JsonType.of(Everything.class);
    private static final ObjectMapper JACKSON = new ObjectMapper();

    private final long seed = new Random().nextLong();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final RandomEverything values = new RandomEverything(random);

    @Test void what_was_written_is_read_as_it_was() {
        for (int round = 0; round < ROUNDS; round++) {
            Everything value = values.next();
            byte[] json = TYPE.encode(value);
            assertThat(TYPE.decode(json)).as("seed %d round %d: %s", seed, round, new String(json, UTF_8))
                    .isEqualTo(value);
            assertThat(TYPE.decodeStored(json)).as("seed %d round %d, stored", seed, round).isEqualTo(value);
            assertThat(TYPE.encode(TYPE.decode(json))).as("seed %d round %d, again", seed, round).isEqualTo(json);
        }
    }

    @Test void the_order_of_fields_and_white_space_make_no_difference() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] json = TYPE.encode(values.next());
            byte[] shuffled = JACKSON.writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(shuffled(JACKSON.readTree(json)));
            assertThat(TYPE.encode(TYPE.decode(shuffled)))
                    .as("seed %d round %d: %s", seed, round, new String(shuffled, UTF_8))
                    .isEqualTo(json);
        }
    }

    @Test void any_damage_is_a_violation_and_never_another_exception() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] json = TYPE.encode(values.next());
            for (int i = random.nextInt(3); i >= 0; i--) {
                json[random.nextInt(json.length)] = (byte) random.nextInt(256);
            }
            try {
                TYPE.encode(TYPE.decode(json));
            } catch (InvalidJsonException e) {
                assertThat(e.violations()).as("seed %d round %d", seed, round)
                        .isNotEmpty()
                        .allSatisfy(violation -> assertThat(JsonType.encodeValue(violation)).isNotEmpty());
            } catch (RuntimeException e) {
                throw new AssertionError("seed %d round %d: %s".formatted(seed, round, new String(json, UTF_8)), e);
            }
        }
    }

    private JsonNode shuffled(JsonNode node) throws JsonProcessingException {
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, shuffled(array.get(i)));
            }
            return array;
        }
        if (!(node instanceof ObjectNode object)) {
            return node;
        }
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        Collections.shuffle(names, new Random(random.nextLong()));
        ObjectNode shuffled = JACKSON.createObjectNode();
        for (String name : names) {
            shuffled.set(name, shuffled(object.get(name)));
        }
        return shuffled;
    }
}
