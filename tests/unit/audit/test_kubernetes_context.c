/* Objects that are no pods: what they are as subjects, and what they tell the other files. */
#include "kubernetes_seen.h"

struct fact {
    enum context_fact fact;
    const char *namespace_, *name;
    const char *value; /* NULL: it is not there */
};

struct row {
    const char *name;
    const char *manifest;
    const char *wanted; /* lines of seen_holds */
    struct fact facts[7]; /* ended by one without a name */
};

static const struct row rows[] = {
    {"RuntimeClass", "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\n"
     "handler: runsc\noverhead: {podFixed: {cpu: 1}}\n",
     "runtime-class RuntimeClass -/gvisor@1:1\nruntime-class.name=gvisor@3:12\n"
     "runtime-class.handler=runsc@4:1\nruntime-class.overhead=true@5:1\nruntime-class.scheduling=false",
     {{CONTEXT_RUNTIME_CLASS, "", "gvisor", "runsc"}}},
    {"RuntimeClass v1alpha1", "apiVersion: node.k8s.io/v1alpha1\nkind: RuntimeClass\nmetadata: {name: kata}\n"
     "spec: {runtimeHandler: kata-qemu}\n",
     "runtime-class.handler=kata-qemu@4:8", {{CONTEXT_RUNTIME_CLASS, "", "kata", "kata-qemu"}}},
    {"RuntimeClass without handler", "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: odd}\n"
     "handler: [a]\n", "!runtime-class.handler",
     {{CONTEXT_RUNTIME_CLASS, "", "odd", ""}}},
    {"Namespace",
     "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels:\n"
     "    pod-security.kubernetes.io/enforce: baseline\n    pod-security.kubernetes.io/enforce-version: v1.30\n"
     "    pod-security.kubernetes.io/warn: restricted\n",
     "namespace Namespace -/shop@1:1\nnamespace.pod_security.enforce=baseline@6:5\n"
     "namespace.pod_security.enforce_version=v1.30@7:5\nnamespace.pod_security.warn=restricted@8:5\n"
     "!namespace.pod_security.audit",
     {{CONTEXT_NAMESPACE, "", "shop", "baseline"}}},
    {"Namespace without labels", "apiVersion: v1\nkind: Namespace\n"
     "metadata: {name: bare}\n", "!namespace.pod_security", {{CONTEXT_NAMESPACE, "", "bare", ""}}},
    {"LimitRange",
     "apiVersion: v1\nkind: LimitRange\nmetadata: {name: l, namespace: shop}\nspec:\n  limits:\n"
     "  - type: Container\n    default: {memory: 1Gi}\n    max: {cpu: 2}\n    min: {ephemeral-storage: 1Mi}\n"
     "  - type: Pod\n    max: {ephemeral-storage: 1Gi}\n",
     "object LimitRange shop/l@1:1",
     {{CONTEXT_LIMIT_RANGE, "shop", "memory.limit", "1Gi"}, {CONTEXT_LIMIT_RANGE, "shop", "memory.request",
      "1Gi"}, {CONTEXT_LIMIT_RANGE, "shop", "cpu.limit", "2"},
      {CONTEXT_LIMIT_RANGE, "shop", "ephemeral_storage.limit", NULL}, {CONTEXT_LIMIT_RANGE, "shop",
       "ephemeral_storage.request", "1Mi"}}},
    {"LimitRange of wrong types", "apiVersion: v1\nkind: LimitRange\n"
     "spec: {limits: [5, {type: Container, default: [a]}, {type: [], default: {memory: 1}}]}\n",
     "object LimitRange -/-@1:1",
     {{CONTEXT_LIMIT_RANGE, "", "memory.limit", NULL}}},
    {"ResourceQuota", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {namespace: shop}\n"
     "spec: {hard: {limits.memory: 10Gi, pods: 5}}\n", "object ResourceQuota shop/-@1:1",
     {{CONTEXT_RESOURCE_QUOTA, "shop", "limits.memory", "10Gi"}, {CONTEXT_RESOURCE_QUOTA, "shop", "pods", "5"}}},
    {"NetworkPolicy that denies all", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
     "metadata: {name: deny, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n",
     "object NetworkPolicy shop/deny@1:1", {{CONTEXT_NETWORK_POLICY, "shop", "deny", "ingress,egress"}}},
    {"NetworkPolicy without types is about ingress", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
     "metadata: {name: deny}\nspec: {podSelector: {}, ingress: []}\n",
     "object NetworkPolicy -/deny@1:1", {{CONTEXT_NETWORK_POLICY, "", "deny", "ingress"}}},
    {"NetworkPolicy for some pods", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
     "metadata: {name: some}\nspec: {podSelector: {matchLabels: {a: b}}, policyTypes: [Ingress]}\n",
     "object NetworkPolicy -/some@1:1",
     {{CONTEXT_NETWORK_POLICY, "", "some", NULL}}},
    {"NetworkPolicy that lets everything in", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
     "metadata: {name: open}\nspec: {podSelector: {}, ingress: [{}]}\n", "object NetworkPolicy -/open@1:1",
     {{CONTEXT_NETWORK_POLICY, "", "open", NULL}}},
    {"ServiceAccount", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot, namespace: shop}\n"
     "automountServiceAccountToken: false\n", "object ServiceAccount shop/robot@1:1",
     {{CONTEXT_SERVICE_ACCOUNT, "shop", "robot", "false"}}},
    {"ServiceAccount that says nothing", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\n"
     "automountServiceAccountToken: 'false'\n", "object ServiceAccount -/robot@1:1",
     {{CONTEXT_SERVICE_ACCOUNT, "", "robot", ""}}},
    {"ConfigMap with profiles",
     "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata:\n  audit.json: |\n"
     "    {\"defaultAction\": \"SCMP_ACT_LOG\"}\n  plain.json: '{\"a\": 1}'\n"
     "  aa: |\n    #include <tunables/global>\n    # profile commented {\n"
     "    profile my-app flags=(attach_disconnected) {\n      /etc/@{name} r,\n      profile child { }\n    }\n"
     "    profile \"with blank\" {\n    }\n"
     "  note: profile of a user\n",
     "object ConfigMap shop/c@1:1",
     {{CONTEXT_SECCOMP_PROFILE, "", "audit.json", ""}, {CONTEXT_SECCOMP_PROFILE, "", "plain.json", NULL},
      {CONTEXT_APPARMOR_PROFILE, "", "my-app", ""}, {CONTEXT_APPARMOR_PROFILE, "", "with blank", ""},
      {CONTEXT_APPARMOR_PROFILE, "", "child", NULL}, {CONTEXT_APPARMOR_PROFILE, "", "commented", NULL}}},
    {"ConfigMap of wrong types", "apiVersion: v1\nkind: ConfigMap\n"
     "data: [a]\n", "object ConfigMap -/-@1:1", {{CONTEXT_SECCOMP_PROFILE, "", "a", NULL}}},
    {"SeccompProfile", "apiVersion: security-profiles-operator.x-k8s.io/v1beta1\nkind: SeccompProfile\n"
     "metadata: {name: p, namespace: shop}\nspec: {defaultAction: SCMP_ACT_ERRNO}\n",
     "object SeccompProfile shop/p@1:1",
     {{CONTEXT_SECCOMP_PROFILE, "", "operator/shop/p.json", ""}, {CONTEXT_SECCOMP_PROFILE, "",
      "operator/p.json", ""}, {CONTEXT_SECCOMP_PROFILE, "", "p.json", ""}}},
    {"AppArmorProfile", "apiVersion: security-profiles-operator.x-k8s.io/v1alpha1\nkind: AppArmorProfile\n"
     "metadata: {name: p}\n", "object AppArmorProfile -/p@1:1",
     {{CONTEXT_APPARMOR_PROFILE, "", "p", ""}}},
    {"another group's NetworkPolicy", "apiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy\n"
     "metadata: {name: deny}\nspec: {podSelector: {}}\n", "object NetworkPolicy -/deny@1:1",
     {{CONTEXT_NETWORK_POLICY, "", "deny", NULL}}},
    {"any other", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: admin}\n"
     "rules: [{verbs: ['*']}]\n",
     "object ClusterRole -/admin@1:1\nobject.api_version=rbac.authorization.k8s.io/v1@1:1\n"
     "object.kind=ClusterRole@2:1\nobject.name=admin@3:12\nobject.format=kubernetes", {{0}}},
};

static void check_facts(const struct row *row, const struct context *context)
{
    for (const struct fact *fact = row->facts; fact->name; fact++) {
        const char *value = NULL;
        bool there = context_find(context, fact->fact, fact->namespace_, fact->name, &value);
        cr_expect_eq(there, fact->value != NULL, "%s: %s is %sthere", row->name, fact->name, there ? "" : "not ");
        if (there && fact->value)
            cr_expect_str_eq(value, fact->value, "%s: %s is %s", row->name, fact->name, value);
    }
}

Test(kubernetes_context, tells_what_others_need)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct seen seen;
        seen_init(&seen);
        cr_expect_eq(seen_read(&seen, rows[i].manifest), 1, "%s", rows[i].name);
        seen_holds(&seen, rows[i].name, rows[i].wanted);
        cr_expect_geq(seen.subjects, 1, "%s: %s", rows[i].name, buf_text(&seen.text));
        check_facts(&rows[i], seen.context);
        seen_done(&seen);
    }
}
