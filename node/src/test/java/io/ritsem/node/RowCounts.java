package io.ritsem.node;

import java.util.Arrays;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** How many rows each table of the node has, as one text to compare. Stateless. */
final class RowCounts {

    private RowCounts() {}

    /** To be taken when the views have followed, or a row is on its way. */
    static String of(BankNode node) {
        String tables = node.ask("SELECT string_agg(table_name, ',' ORDER BY table_name) "
                + "FROM information_schema.tables WHERE table_schema = 'ritsem' AND table_type = 'BASE TABLE'");
        assertThat(tables).contains("event_journal", "snapshot", "view_cursor");
        return node.ask(Arrays.stream(tables.split(","))
                .map(table -> "SELECT '%1$s ' || count(*) AS counted FROM ritsem.\"%1$s\"".formatted(table))
                .collect(Collectors.joining(" UNION ALL ", "SELECT string_agg(counted, ', ' ORDER BY counted) FROM (",
                        ") counts")));
    }
}
