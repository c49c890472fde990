package io.ritsem.deploy;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;

/** What our pods may do, and what they get. */
final class PodRules {

    private static final long USER = 10_001L;

    static final List<Rule> ALL = List.of(
            Rule.of("every pod runs as uid and gid 10001, never as root, under RuntimeDefault's seccomp profile",
                    m -> m.pods().stream().allMatch(pod -> isUnprivileged(pod.getSpec().getSecurityContext())),
                    m -> security(m).setRunAsUser(0L),
                    m -> security(m).setRunAsGroup(0L),
                    m -> security(m).setRunAsNonRoot(null),
                    m -> security(m).getSeccompProfile().setType("Unconfined"),
                    m -> m.migrationPod().getSpec().setSecurityContext(new PodSecurityContext())),
            Rule.of("every container has a read-only root, no capabilities and no way to more rights",
                    m -> m.pods()
                            .stream()
                            .flatMap(pod -> pod.getSpec().getContainers().stream())
                            .allMatch(container -> isConfined(container.getSecurityContext())),
                    m -> m.node().getSecurityContext().setReadOnlyRootFilesystem(false),
                    m -> m.node().getSecurityContext().setAllowPrivilegeEscalation(null),
                    m -> m.node().getSecurityContext().setPrivileged(true),
                    m -> m.node().getSecurityContext().setRunAsUser(0L),
                    m -> m.node().getSecurityContext().getCapabilities().setDrop(List.of("NET_RAW")),
                    m -> m.node().getSecurityContext().getCapabilities().setAdd(List.of("SYS_TIME")),
                    m -> migration(m).setSecurityContext(null)),
            Rule.of("a pod has one container, and nothing of its machine",
                    m -> m.pods().stream().allMatch(pod -> isAlone(pod.getSpec())),
                    m -> m.pod().getSpec().setHostNetwork(true),
                    m -> m.pod().getSpec().setHostPID(true),
                    m -> m.pod().getSpec().getContainers().add(new Container()),
                    m -> m.pod().getSpec().setInitContainers(List.of(new Container()))),
            Rule.of("a pod writes to /tmp only, which is its own",
                    m -> m.pods().stream().allMatch(pod -> writesToTmpOnly(pod.getSpec())),
                    m -> m.node().getVolumeMounts().getFirst().setMountPath("/var"),
                    m -> m.node().getVolumeMounts().add(mount("/data")),
                    m -> m.pod().getSpec().getVolumes().getFirst().setEmptyDir(null),
                    m -> m.pod().getSpec().getVolumes().removeFirst()),
            Rule.of("memory is requested as it is limited; CPU is requested and not limited",
                    m -> m.pods()
                            .stream()
                            .flatMap(pod -> pod.getSpec().getContainers().stream())
                            .allMatch(container -> isFair(container.getResources())),
                    m -> m.node().getResources().getLimits().put("memory", new Quantity("4Gi")),
                    m -> m.node().getResources().getLimits().remove("memory"),
                    m -> m.node().getResources().getLimits().put("cpu", new Quantity("1")),
                    m -> m.node().getResources().getRequests().remove("cpu"),
                    m -> migration(m).setResources(null)),
            Rule.of("no pod gets variables of Services, which could be taken for settings",
                    m -> m.pods().stream().allMatch(pod -> Boolean.FALSE.equals(pod.getSpec().getEnableServiceLinks())),
                    m -> m.pod().getSpec().setEnableServiceLinks(null),
                    m -> m.migrationPod().getSpec().setEnableServiceLinks(true)),
            Rule.of("nodes have a ServiceAccount of their own, and its token is mounted into nodes only",
                    m -> hasOwnAccount(m) && Boolean.TRUE.equals(m.pod().getSpec().getAutomountServiceAccountToken())
                            && Boolean.FALSE.equals(m.migrationPod().getSpec().getAutomountServiceAccountToken()),
                    m -> m.pod().getSpec().setServiceAccountName(null),
                    m -> m.pod().getSpec().setServiceAccountName("default"),
                    m -> m.pod().getSpec().setAutomountServiceAccountToken(false),
                    m -> m.migrationPod().getSpec().setAutomountServiceAccountToken(null),
                    m -> m.only(ServiceAccount.class).setAutomountServiceAccountToken(null)),
            Rule.of("the account may list the pods of its namespace, and no more",
                    m -> mayListPodsOnly(m.only(Role.class)) && bindsAccountAndRole(m),
                    m -> right(m).setVerbs(List.of("list", "delete")),
                    m -> right(m).setVerbs(List.of("*")),
                    m -> right(m).setResources(List.of("pods", "secrets")),
                    m -> right(m).setApiGroups(List.of("*")),
                    m -> m.only(Role.class).getRules().add(new PolicyRule()),
                    m -> m.only(RoleBinding.class).getRoleRef().setKind("ClusterRole"),
                    m -> m.only(RoleBinding.class).getRoleRef().setName("admin"),
                    m -> m.only(RoleBinding.class).getSubjects().getFirst().setKind("Group"),
                    m -> m.only(RoleBinding.class).getSubjects().getFirst().setNamespace("default")),
            Rule.of("the namespace lets in only pods that keep such rules",
                    m -> "restricted".equals(m.only(Namespace.class)
                            .getMetadata()
                            .getLabels()
                            .get("pod-security.kubernetes.io/enforce")),
                    m -> m.only(Namespace.class).getMetadata().setLabels(Map.of())),
            Rule.of("nodes of a release are spread over machines, and over zones",
                    PodRules::isSpread,
                    m -> m.pod().getSpec().getTopologySpreadConstraints().removeFirst(),
                    m -> m.pod().getSpec().getTopologySpreadConstraints().removeLast(),
                    m -> m.pod().getSpec().getTopologySpreadConstraints().getFirst().setMaxSkew(2),
                    m -> m.pod().getSpec().getTopologySpreadConstraints().getFirst().setMatchLabelKeys(null),
                    m -> m.pod()
                            .getSpec()
                            .getTopologySpreadConstraints()
                            .getLast()
                            .getLabelSelector()
                            .setMatchLabels(Map.of("app", "ritsem"))),
            Rule.of("two nodes of a release are not on one machine while another that takes pods has none, of three at least",
                    m -> machines(m).getTopologyKey().equals("kubernetes.io/hostname")
                            && machines(m).getWhenUnsatisfiable().equals("DoNotSchedule")
                            && machines(m).getMinDomains() == 3 && machines(m).getNodeTaintsPolicy().equals("Honor"),
                    m -> machines(m).setWhenUnsatisfiable("ScheduleAnyway"),
                    m -> machines(m).setMinDomains(null),
                    m -> machines(m).setNodeTaintsPolicy(null)).where(Manifests::isProduction));

    private PodRules() {}

    private static TopologySpreadConstraint machines(Manifests manifests) {
        return manifests.pod().getSpec().getTopologySpreadConstraints().getLast();
    }

    private static PodSecurityContext security(Manifests manifests) {
        return manifests.pod().getSpec().getSecurityContext();
    }

    private static Container migration(Manifests manifests) {
        return manifests.migrationPod().getSpec().getContainers().getFirst();
    }

    private static PolicyRule right(Manifests manifests) {
        return manifests.only(Role.class).getRules().getFirst();
    }

    private static boolean isUnprivileged(PodSecurityContext context) {
        return context.getRunAsNonRoot() && context.getRunAsUser() == USER && context.getRunAsGroup() == USER
                && context.getSeccompProfile().getType().equals("RuntimeDefault");
    }

    private static boolean isConfined(SecurityContext context) {
        return context.getReadOnlyRootFilesystem() && !context.getAllowPrivilegeEscalation()
                && !Boolean.TRUE.equals(context.getPrivileged()) && context.getRunAsUser() == null
                && context.getCapabilities().getDrop().equals(List.of("ALL"))
                && context.getCapabilities().getAdd().isEmpty();
    }

    private static boolean isAlone(PodSpec pod) {
        return pod.getContainers().size() == 1 && pod.getInitContainers().isEmpty() && pod.getHostNetwork() == null
                && pod.getHostPID() == null && pod.getHostIPC() == null;
    }

    private static boolean writesToTmpOnly(PodSpec pod) {
        VolumeMount tmp = pod.getContainers()
                .getFirst()
                .getVolumeMounts()
                .stream()
                .filter(mount -> mount.getMountPath().equals("/tmp"))
                .findFirst()
                .orElseThrow(IllegalStateException::new);
        boolean isItsOwn = pod.getVolumes()
                .stream()
                .anyMatch(volume -> volume.getName().equals(tmp.getName())
                        && new EmptyDirVolumeSource().equals(volume.getEmptyDir()));
        return isItsOwn && pod.getContainers()
                .getFirst()
                .getVolumeMounts()
                .stream()
                .allMatch(mount -> mount.equals(tmp) || Boolean.TRUE.equals(mount.getReadOnly()));
    }

    private static VolumeMount mount(String path) {
        VolumeMount mount = new VolumeMount();
        mount.setMountPath(path);
        return mount;
    }

    private static boolean isFair(ResourceRequirements resources) {
        return resources.getLimits().keySet().equals(Set.of("memory"))
                && resources.getLimits().get("memory").equals(resources.getRequests().get("memory"))
                && resources.getRequests().containsKey("cpu");
    }

    private static boolean hasOwnAccount(Manifests manifests) {
        ServiceAccount account = manifests.only(ServiceAccount.class);
        return account.getMetadata().getName().equals(manifests.pod().getSpec().getServiceAccountName())
                && Boolean.FALSE.equals(account.getAutomountServiceAccountToken());
    }

    private static boolean mayListPodsOnly(Role role) {
        return role.getRules().size() == 1 && role.getRules()
                .stream()
                .allMatch(right -> right.getApiGroups()
                        .equals(List.of("")) && right.getResources().equals(List.of("pods"))
                        && right.getVerbs().equals(List.of("list")));
    }

    private static boolean bindsAccountAndRole(Manifests manifests) {
        RoleBinding binding = manifests.only(RoleBinding.class);
        ServiceAccount account = manifests.only(ServiceAccount.class);
        return binding.getRoleRef().getKind().equals("Role")
                && binding.getRoleRef().getName().equals(manifests.only(Role.class).getMetadata().getName())
                && binding.getSubjects().size() == 1 && binding.getSubjects()
                        .stream()
                        .allMatch(subject -> subject
                                .getKind()
                                .equals("ServiceAccount")
                                && subject.getName().equals(account.getMetadata().getName())
                                && subject.getNamespace().equals(account.getMetadata().getNamespace()));
    }

    private static boolean isSpread(Manifests manifests) {
        Deployment deployment = manifests.deployment();
        return manifests.pod()
                .getSpec()
                .getTopologySpreadConstraints()
                .stream()
                .filter(spread -> spread.getMaxSkew() == 1
                        && spread.getLabelSelector().equals(deployment.getSpec().getSelector())
                        && spread.getMatchLabelKeys().contains("pod-template-hash"))
                .map(spread -> spread.getTopologyKey())
                .toList()
                .equals(List.of("topology.kubernetes.io/zone", "kubernetes.io/hostname"));
    }
}
