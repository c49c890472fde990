package io.ritsem.runtime.json;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.ritsem.domain.Name;

import static io.ritsem.runtime.json.Reading.decode;
import static io.ritsem.runtime.json.Reading.decodeStored;
import static io.ritsem.runtime.json.Reading.encode;
import static io.ritsem.runtime.json.Reading.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonTypeTest {

    record Deposit(BigDecimal amount, String reference) {}

    record Loose(Optional<String> note, @Nullable Integer count, @Nullable Colour colour, Optional<Colour> other) {}

    record Strict(Colour colour, List<String> tags) {}

    enum Colour {
        RED, GREEN
    }

    sealed interface Shipment {

        @Name("picked-up")
        record Fetched(String by) implements Shipment {}

        record SentByMail(String address, Map<String, Integer> parcels) implements Shipment {}
    }

    record Order(Shipment shipment) {}

    @Test void writes_fields_in_the_order_of_the_record_and_reads_them_in_any() {
        Deposit deposit = new Deposit(new BigDecimal("12.50"), "rent");
        assertThat(encode(deposit)).isEqualTo("{'amount':'12.50','reference':'rent'}");
        assertThat(decode(Deposit.class, " {'reference':'rent', 'amount':'12.50'}\n")).isEqualTo(deposit);
    }

    @Test void is_derived_once() {
        assertThat(JsonType.of(Deposit.class)).isSameAs(JsonType.of(Deposit.class));
    }

    @Test void keeps_the_scale_of_a_decimal_and_writes_no_exponent() {
        assertThat(decode(BigDecimal.class, "'-0012.500'")).isEqualTo(new BigDecimal("-12.500"));
        assertThat(encode(new BigDecimal("0E-4"))).isEqualTo("'0.0000'");
        assertThat(encode(new BigDecimal("1E+3"))).isEqualTo("'1000'");
        assertThat(encode(new BigDecimal("0E+90"))).isEqualTo("'0'");
        assertThat(decode(BigDecimal.class, "'" + "9".repeat(38) + "'")).isEqualTo(new BigDecimal("9".repeat(38)));
    }

    @Test void writes_instants_to_the_precision_they_need() {
        assertThat(encode(Instant.parse("2026-11-21T09:30:00Z"))).isEqualTo("'2026-11-21T09:30:00Z'");
        assertThat(encode(Instant.parse("2026-11-21T09:30:00.5Z"))).isEqualTo("'2026-11-21T09:30:00.500Z'");
        assertThat(encode(Instant.parse("2026-11-21T09:30:00.000001Z"))).isEqualTo("'2026-11-21T09:30:00.000001Z'");
        assertThat(decode(Instant.class, "'2026-11-21T09:30:00.5Z'")).isEqualTo("2026-11-21T09:30:00.500Z");
    }

    @Test void leaves_out_what_is_absent_and_reads_null_as_absent() {
        Loose nothing = new Loose(Optional.empty(), null, null, Optional.empty());
        assertThat(encode(nothing)).isEqualTo("{}");
        assertThat(decode(Loose.class, "{}")).isEqualTo(nothing);
        assertThat(decode(Loose.class, "{'note':null,'count':null,'colour':null,'other':null}")).isEqualTo(nothing);
    }

    @Test void tells_variants_by_their_stable_names() {
        Order order = new Order(new Shipment.Fetched("bob"));
        assertThat(encode(order)).isEqualTo("{'shipment':{'type':'picked-up','by':'bob'}}");
        assertThat(decode(Order.class, "{'shipment':{'by':'bob','type':'picked-up'}}")).isEqualTo(order);
    }

    @Test void finds_the_type_of_a_variant_behind_its_other_fields() {
        String late = "{'shipment' : \n {'parcels':{'{':1,'}':2,'type':3},'address':'{\\'type\\':\\'x\\'}','type':'sent-by-mail'}}";
        assertThat(decode(Order.class, late)).isEqualTo(
                new Order(new Shipment.SentByMail("{\"type\":\"x\"}", Map.of("{", 1, "}", 2, "type", 3))));
    }

    @Test void a_sealed_interface_is_written_with_its_type_and_its_record_alone_without() {
        Shipment fetched = new Shipment.Fetched("bob");
        assertThat(JsonType.of(Shipment.class).encode(fetched)).isEqualTo(json("{'type':'picked-up','by':'bob'}"));
        assertThat(encode(fetched)).isEqualTo("{'by':'bob'}");
    }

    @Test void writes_maps_sorted_by_key_whatever_their_order_was() {
        Map<String, Integer> map = new LinkedHashMap<>();
        map.put("b", 1);
        map.put("a", 2);
        map.put("B", 3);
        assertThat(encode(new Shipment.SentByMail("x", map)))
                .isEqualTo("{'address':'x','parcels':{'B':3,'a':2,'b':1}}");
    }

    @Test void what_is_read_cannot_be_changed() {
        Strict strict = decode(Strict.class, "{'colour':'RED','tags':['a']}");
        assertThatThrownBy(() -> strict.tags().add("b")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test void reads_every_scalar_at_the_top() {
        assertThat(decode(String.class, "'a'")).isEqualTo("a");
        assertThat(decode(Integer.class, "-2147483648")).isEqualTo(Integer.MIN_VALUE);
        assertThat(decode(long.class, "9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(decode(boolean.class, "true")).isTrue();
        assertThat(decode(LocalDate.class, "'2024-02-29'")).isEqualTo("2024-02-29");
        assertThat(decode(UUID.class, "'0193E5B0-1f6a-7c3e-9b55-3f1f0c2d7a10'"))
                .isEqualTo(UUID.fromString("0193e5b0-1f6a-7c3e-9b55-3f1f0c2d7a10"));
        assertThat(decode(Colour.class, "'GREEN'")).isEqualTo(Colour.GREEN);
    }

    @Test void ignores_fields_of_stored_documents_that_have_gone() {
        assertThat(
                decodeStored(Deposit.class, "{'old':[{'deep':[1]}],'amount':'1','type':'x','reference':'r','older':1}"))
                .isEqualTo(new Deposit(BigDecimal.ONE, "r"));
        assertThat(decodeStored(Order.class, "{'shipment':{'was':{},'type':'picked-up','by':'bob'}}"))
                .isEqualTo(new Order(new Shipment.Fetched("bob")));
    }

    @Test void ignores_enum_values_of_stored_documents_that_have_gone_where_none_is_needed() {
        assertThat(decodeStored(Loose.class, "{'colour':'MAUVE','other':'MAUVE'}"))
                .isEqualTo(new Loose(Optional.empty(), null, null, Optional.empty()));
        assertThatThrownBy(() -> decodeStored(Strict.class, "{'colour':'MAUVE','tags':[]}"))
                .hasMessageContaining("/colour")
                .hasMessageContaining("[RED, GREEN]");
    }

    @Test void a_stored_document_that_lacks_a_field_is_an_error_that_names_it() {
        assertThatThrownBy(() -> decodeStored(Deposit.class, "{'amount':'1'}")).isInstanceOf(InvalidJsonException.class)
                .hasMessage("/reference: must be there");
    }

    @Test void writes_values_whose_types_come_as_a_surprise() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("limit", new BigDecimal("10.00"));
        details.put("colour", Colour.RED);
        details.put("deposits", List.of(new Deposit(BigDecimal.ONE, "r")));
        details.put("more", Map.of("count", 3L, "open", true));
        assertThat(encode(details)).isEqualTo("{'colour':'RED','deposits':[{'amount':'1','reference':'r'}],"
                + "'limit':'10.00','more':{'count':3,'open':true}}");
        assertThat(encode("text")).isEqualTo("'text'");
    }
}
