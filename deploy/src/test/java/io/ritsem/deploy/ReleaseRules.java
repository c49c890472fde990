package io.ritsem.deploy;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;

/** How nodes come, go and are replaced. */
final class ReleaseRules {

    private static final String REQUIRED = "RITSEM_CLUSTER_REQUIRED_CONTACT_POINTS";

    static final List<Rule> ALL = List.of(
            Rule.of("a release replaces one node at a time, and there is never one less",
                    m -> rolling(m).getMaxSurge().equals(new IntOrString(1))
                            && rolling(m).getMaxUnavailable().equals(new IntOrString(0)),
                    m -> rolling(m).setMaxSurge(new IntOrString(2)),
                    m -> rolling(m).setMaxUnavailable(new IntOrString(1)),
                    m -> m.deployment().getSpec().getStrategy().setRollingUpdate(null)),
            Rule.of("a new node has been ready for 20 s before the next one is replaced",
                    m -> m.deployment().getSpec().getMinReadySeconds() == 20,
                    m -> m.deployment().getSpec().setMinReadySeconds(null)),
            Rule.of("the platform asks for readiness and life at the management port; a start has two minutes to answer",
                    m -> asks(m.node().getStartupProbe(), "/alive") && asks(m.node().getReadinessProbe(), "/ready")
                            && asks(m.node().getLivenessProbe(), "/alive") && toStart(m) == 120,
                    m -> m.node().getReadinessProbe().getHttpGet().setPath("/alive"),
                    m -> m.node().getLivenessProbe().getHttpGet().setPath("/ready"),
                    m -> m.node().getStartupProbe().getHttpGet().setPort(new IntOrString("http")),
                    m -> m.node().getStartupProbe().setFailureThreshold(3),
                    m -> m.node().setStartupProbe(null),
                    m -> m.node().setLivenessProbe(null)),
            Rule.of("a node that is to go is still there for 5 s, without a shell, and has 90 s in all",
                    m -> m.node().getLifecycle().getPreStop().getSleep().getSeconds() == 5
                            && m.node().getLifecycle().getPreStop().getExec() == null
                            && m.pod().getSpec().getTerminationGracePeriodSeconds() == 90,
                    m -> m.node().setLifecycle(null),
                    m -> m.node().getLifecycle().getPreStop().setExec(new ExecAction(List.of("sleep", "5"))),
                    m -> m.node().getLifecycle().getPreStop().getSleep().setSeconds(0L),
                    m -> m.pod().getSpec().setTerminationGracePeriodSeconds(30L)),
            Rule.of("whoever drains machines takes one node at a time, and one that is not ready at any time",
                    m -> budget(m).getSpec().getMaxUnavailable().equals(new IntOrString(1))
                            && budget(m).getSpec().getUnhealthyPodEvictionPolicy().equals("AlwaysAllow")
                            && budget(m).getSpec().getSelector().equals(m.deployment().getSpec().getSelector()),
                    m -> budget(m).getSpec().setMaxUnavailable(new IntOrString(2)),
                    m -> budget(m).getSpec().setUnhealthyPodEvictionPolicy(null),
                    m -> budget(m).getSpec().getSelector().setMatchLabels(Map.of("app", "ritsem"))),
            Rule.of("nodes and the migration are of one image, of a version that is named",
                    m -> m.node().getImage().equals(migration(m).getImage())
                            && m.node().getImage().matches("[^:@]+(:(?!latest$)[^:@]+|@sha256:[0-9a-f]{64})"),
                    m -> m.node().setImage("ritsem/bank:2"),
                    m -> setImages(m, "ritsem/bank"),
                    m -> setImages(m, "ritsem/bank:latest")),
            Rule.of("production names its image by digest",
                    m -> m.node().getImage().contains("@sha256:"),
                    m -> setImages(m, "ritsem/bank:2")).where(Manifests::isProduction),
            Rule.of("nodes serve, and a Job migrates: again until it succeeds, however long it takes, and then goes away",
                    m -> m.node().getArgs().equals(List.of("serve")) && m.node().getCommand().isEmpty()
                            && migration(m).getArgs().equals(List.of("migrate")) && migration(m).getCommand().isEmpty()
                            && m.migrationPod().getSpec().getRestartPolicy().equals("Never")
                            && job(m).getBackoffLimit() == 10 && job(m).getActiveDeadlineSeconds() == null
                            && job(m).getTtlSecondsAfterFinished() == 3600,
                    m -> m.node().setArgs(List.of("migrate")),
                    m -> migration(m).setArgs(List.of()),
                    m -> m.node().setCommand(List.of("sh")),
                    m -> m.migrationPod().getSpec().setRestartPolicy("OnFailure"),
                    m -> job(m).setBackoffLimit(0),
                    m -> job(m).setActiveDeadlineSeconds(3600L),
                    m -> job(m).setTtlSecondsAfterFinished(null)),
            Rule.of("the migration has what nodes have of the database",
                    m -> m.environment(migration(m), Objects::toString)
                            .entrySet()
                            .stream()
                            .filter(variable -> variable.getKey().startsWith("RITSEM_DATABASE_"))
                            .toList()
                            .equals(m.environment(m.node(), Objects::toString)
                                    .entrySet()
                                    .stream()
                                    .filter(variable -> variable.getKey().startsWith("RITSEM_DATABASE_"))
                                    .toList()),
                    m -> migration(m).getEnv().removeFirst(),
                    m -> migration(m).getEnv().getLast().getValueFrom().getSecretKeyRef().setKey("username")),
            Rule.of("two nodes are a cluster, so that it forms again when one of three is lost",
                    m -> m.configuration().get(REQUIRED).equals("2") && leastNodes(m) >= 2,
                    m -> m.configuration().put(REQUIRED, "3"),
                    m -> m.configuration().put(REQUIRED, "1")),
            Rule.of("production has three nodes at least",
                    m -> leastNodes(m) >= 3,
                    m -> scaler(m).getSpec().setMinReplicas(2)).where(Manifests::isProduction),
            Rule.of("where the number of nodes follows the load, nobody else sets it, and it falls slowly, by one at a time",
                    ReleaseRules::scalesGently,
                    m -> m.deployment().getSpec().setReplicas(3),
                    m -> scaler(m).getSpec().getScaleTargetRef().setName("other"),
                    m -> scaler(m).getSpec().getBehavior().getScaleDown().getPolicies().getFirst().setValue(2),
                    m -> scaler(m).getSpec().getBehavior().getScaleDown().setStabilizationWindowSeconds(0),
                    m -> scaler(m).getSpec().getMetrics().getFirst().getResource().setName("memory"))
                    .where(m -> m.has(HorizontalPodAutoscaler.class)));

    private ReleaseRules() {}

    private static RollingUpdateDeployment rolling(Manifests manifests) {
        return manifests.deployment().getSpec().getStrategy().getRollingUpdate();
    }

    private static PodDisruptionBudget budget(Manifests manifests) {
        return manifests.only(PodDisruptionBudget.class);
    }

    private static HorizontalPodAutoscaler scaler(Manifests manifests) {
        return manifests.only(HorizontalPodAutoscaler.class);
    }

    private static JobSpec job(Manifests manifests) {
        return manifests.only(Job.class).getSpec();
    }

    private static Container migration(Manifests manifests) {
        return manifests.migrationPod().getSpec().getContainers().getFirst();
    }

    private static void setImages(Manifests manifests, String image) {
        manifests.node().setImage(image);
        migration(manifests).setImage(image);
    }

    private static boolean asks(Probe probe, String path) {
        return probe.getHttpGet().getPath().equals(path)
                && probe.getHttpGet().getPort().equals(new IntOrString("management"));
    }

    private static int toStart(Manifests manifests) {
        Probe startup = manifests.node().getStartupProbe();
        return startup.getPeriodSeconds() * startup.getFailureThreshold();
    }

    private static int leastNodes(Manifests manifests) {
        return manifests.has(HorizontalPodAutoscaler.class)
                ? scaler(manifests).getSpec().getMinReplicas()
                : manifests.deployment().getSpec().getReplicas();
    }

    private static boolean scalesGently(Manifests manifests) {
        var spec = scaler(manifests).getSpec();
        return manifests.deployment().getSpec().getReplicas() == null
                && spec.getScaleTargetRef().getKind().equals("Deployment")
                && spec.getScaleTargetRef().getName().equals(manifests.deployment().getMetadata().getName())
                && spec.getMetrics().size() == 1
                && spec.getMetrics().getFirst().getResource().getName().equals("cpu")
                && spec.getBehavior().getScaleDown().getStabilizationWindowSeconds() >= 300
                && spec.getBehavior()
                        .getScaleDown()
                        .getPolicies()
                        .stream()
                        .allMatch(policy -> policy.getType().equals("Pods") && policy.getValue() == 1);
    }
}
