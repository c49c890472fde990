package io.ritsem.deploy;

import java.io.IOException;
import java.util.List;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each object of each rendering is of its kind, to the last field. */
class TypedManifestsTest {

    static final List<String> RENDERED = Manifests.RENDERED;

    @ParameterizedTest @FieldSource("RENDERED") void every_field_of_every_object_is_one_of_its_kind(String rendering) {
        assertThat(Manifests.rendered(rendering).objects()).hasSizeGreaterThan(12)
                .hasAtLeastOneElementOfType(Deployment.class)
                .hasAtLeastOneElementOfType(CustomKind.Cluster.class);
    }

    @Test void a_field_that_there_is_not_is_found_however_deep_it_lies() {
        assertThatThrownBy(() -> Manifests.parse("""
                                                 apiVersion: apps/v1
                                                 kind: Deployment
                                                 metadata: {name: a}
                                                 spec:
                                                   template:
                                                     spec:
                                                       containers:
                                                         - name: a
                                                           readinessProbe: {httpGet: {path: /ready, prot: management}}
                                                 """)).isInstanceOf(IOException.class).hasMessageContaining("prot");
        assertThatThrownBy(
                () -> Manifests.parse("""
                                      apiVersion: postgresql.cnpg.io/v1
                                      kind: Cluster
                                      metadata: {name: a}
                                      spec: {instances: 1, postgresql: {synchronus: {method: any, number: 1}}}
                                      """)).isInstanceOf(IOException.class).hasMessageContaining("synchronus");
    }

    @Test void a_value_of_another_type_and_a_kind_that_nobody_knows_are_found() {
        assertThatThrownBy(() -> Manifests.parse("""
                                                 apiVersion: apps/v1
                                                 kind: Deployment
                                                 metadata: {name: a}
                                                 spec: {replicas: three}
                                                 """)).isInstanceOf(IOException.class).hasMessageContaining("replicas");
        assertThatThrownBy(() -> Manifests.parse("""
                                                 apiVersion: apps/v1
                                                 kind: Deploymnet
                                                 metadata: {name: a}
                                                 """)).isInstanceOf(IOException.class)
                .hasMessageContaining("apps/v1 Deploymnet");
    }
}
