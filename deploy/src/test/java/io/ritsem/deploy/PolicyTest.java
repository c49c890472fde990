package io.ritsem.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The rules of the house hold in each rendering, and each of them is able to fail. */
class PolicyTest {

    private static final List<Rule> RULES = Stream.of(PodRules.ALL, ReleaseRules.ALL, TrafficRules.ALL, DataRules.ALL,
            ConfigurationRules.ALL).flatMap(Collection::stream).toList();

    @Test void every_rendering_keeps_every_rule() {
        List<String> broken = new ArrayList<>();
        for (String rendering : Manifests.RENDERED) {
            Manifests manifests = Manifests.rendered(rendering);
            RULES.stream()
                    .filter(rule -> rule.concerns().test(manifests) && !rule.isKeptBy(manifests))
                    .forEach(rule -> broken.add(rendering + ": " + rule.says()));
        }
        assertThat(broken).isEmpty();
    }

    @Test void every_rule_is_broken_by_each_change_that_should_break_it() {
        List<String> survived = new ArrayList<>();
        for (Rule rule : RULES) {
            List<String> concerned = Manifests.RENDERED.stream()
                    .filter(rendering -> rule.concerns().test(Manifests.rendered(rendering)))
                    .toList();
            assertThat(concerned).as(rule.says()).isNotEmpty();
            assertThat(rule.breaks()).as(rule.says()).isNotEmpty();
            for (int change = 0; change < rule.breaks().size(); change++) {
                Manifests manifests = Manifests.rendered(concerned.getFirst());
                rule.breaks().get(change).on(manifests);
                if (rule.isKeptBy(manifests)) {
                    survived.add("%s: change %d of '%s'".formatted(manifests.name(), change + 1, rule.says()));
                }
            }
        }
        assertThat(survived).isEmpty();
    }
}
