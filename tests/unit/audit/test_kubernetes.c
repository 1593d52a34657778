/* Which objects are found in a document, and as what. */
#include "kubernetes_seen.h"

struct row {
    const char *name;
    const char *manifest;
    const char *wanted; /* lines of seen_holds */
    size_t subjects, misses;
};

#define CONTAINERS(indent) indent "containers:\n" indent "- name: app\n" indent "  image: nginx\n"

static const struct row rows[] = {
    {"Pod", "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n" CONTAINERS("  "),
     "pod Pod shop/web@4:1\ncontainer Pod shop/web app@6:5\n!pod.controller", 2, 0},
    {"Pod with a generated name",
     "apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\n"
     "spec:\n" CONTAINERS("  "), "pod Pod -/web-*@4:1\npod.name=web-*@3:12", 2, 0},
    {"Pod of a controller",
     "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-1\n  ownerReferences:\n  - {kind: Node}\n"
     "  - {kind: ReplicaSet, controller: true}\nspec:\n" CONTAINERS("  "),
     "pod.controller=ReplicaSet@7:6", 2, 0},
    {"Deployment", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n"
     "    spec:\n" CONTAINERS("      "),
     "pod Deployment -/web@6:5\npod.controller=Deployment@2:1\ncontainer Deployment -/web app@8:9", 2, 0},
    {"Deployment of an old group", "apiVersion: extensions/v1beta1\nkind: Deployment\nspec:\n  template:\n"
     "    spec:\n" CONTAINERS("      "),
     "pod Deployment -/-@5:5", 2, 0},
    {"CronJob", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n  jobTemplate:\n"
     "    spec:\n      template:\n"
     "        spec:\n" CONTAINERS("          "), "pod CronJob -/nightly@8:9", 2, 0},
    {"CronJob v1beta1", "apiVersion: batch/v1beta1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n"
     "      template:\n"
     "        spec:\n" CONTAINERS("          "), "pod CronJob -/-@7:9", 2, 0},
    {"Job", "apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n"
     "    spec:\n" CONTAINERS("      "), "pod Job -/-@5:5", 2, 0},
    {"StatefulSet", "apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  template:\n"
     "    spec:\n" CONTAINERS("      "), "pod StatefulSet -/-@5:5", 2, 0},
    {"DaemonSet", "apiVersion: apps/v1\nkind: DaemonSet\nspec:\n  template:\n"
     "    spec:\n" CONTAINERS("      "), "pod DaemonSet -/-@5:5", 2, 0},
    {"ReplicaSet", "apiVersion: apps/v1\nkind: ReplicaSet\nspec:\n  template:\n"
     "    spec:\n" CONTAINERS("      "), "pod ReplicaSet -/-@5:5", 2, 0},
    {"ReplicationController", "apiVersion: v1\nkind: ReplicationController\nspec:\n  template:\n"
     "    spec:\n" CONTAINERS("      "),
     "pod ReplicationController -/-@5:5", 2, 0},
    {"PodTemplate", "apiVersion: v1\nkind: PodTemplate\ntemplate:\n"
     "  spec:\n" CONTAINERS("    "), "pod PodTemplate -/-@4:3", 2, 0},
    {"Pod without containers is a pod", "apiVersion: v1\nkind: Pod\n"
     "spec: {hostPID: true}\n", "pod.namespaces.pid=host@3:8", 1, 0},

    /* Lists. */
    {"lists in a list",
     "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n"
     "    kind: Pod\n    metadata: {name: deep}\n"
     "    spec:\n" CONTAINERS("      ") "- apiVersion: v1\n  kind: Service\n  metadata: {name: front}\n",
     "pod Pod -/deep@10:5\nobject Service -/front@14:3", 3, 0},
    {"items of a typed list need not say what they are",
     "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n"
     "  spec:\n" CONTAINERS("    ") "- metadata: {name: b}\n  spec:\n" CONTAINERS("    "),
     "pod Pod -/a@5:3\npod Pod -/b@10:3", 4, 0},
    {"items of a list must", "apiVersion: v1\nkind: List\nitems:\n- metadata: {name: a}\n- 5\n- null\n"
     "- {apiVersion: v1, kind: Secret}\n",
     "miss an item that is no Kubernetes object: apiVersion and kind are missing@4:3\nobject Secret -/-@7:3", 1, 2},
    {"a list of a custom resource", "apiVersion: argoproj.io/v1alpha1\nkind: RolloutList\nitems:\n"
     "- metadata: {name: r}\n  spec:\n    template:\n"
     "      spec:\n" CONTAINERS("        "), "pod Rollout -/r@7:7", 2, 0},
    {"a kind that only ends like a list", "apiVersion: example.com/v1\nkind: AllowList\n"
     "spec: {}\n", "object AllowList -/-@1:1", 1, 0},
    {"an OpenShift template", "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n"
     "- apiVersion: v1\n  kind: Pod\n  spec:\n"
     CONTAINERS("    "), "pod Pod -/-@6:3", 2, 0},
    {"a bare list", "- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec: {}\n- apiVersion: v1\n"
     "  kind: Pod\n  spec: {}\n", "pod Pod -/a@4:3", 2, 0},
    {"several documents", "apiVersion: v1\nkind: Pod\nspec: {}\n---\nservices: {}\n---\napiVersion: v1\n"
     "kind: Service\n", "pod Pod -/-@3:1\nobject Service -/-@7:1", 2, 0},

    /* By shape. */
    {"Argo Rollout", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\nspec:\n"
     "  template:\n    metadata:\n      labels: {a: b}\n    spec:\n"
     CONTAINERS("      "), "pod Rollout -/r@8:5\npod.labels.a=b@7:16", 2, 0},
    {"Knative Service", "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: k}\nspec:\n"
     "  template:\n    spec:\n      containers:\n      - image: nginx\n",
     "pod Service -/k@6:5\ncontainer Service -/k@8:9\ncontainer.image.reference=nginx@8:9", 2, 0},
    {"SandboxTemplate", "apiVersion: extensions.agents.x-k8s.io/v1alpha1\nkind: SandboxTemplate\nspec:\n"
     "  podTemplate:\n    spec:\n" CONTAINERS("      "),
     "pod SandboxTemplate -/-@5:5", 2, 0},
    {"JobSet", "apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nspec:\n  replicatedJobs:\n  - name: a\n"
     "    template:\n      spec:\n        template:\n          spec:\n"
     CONTAINERS("            ") "  - name: b\n    template:\n      spec:\n        template:\n"
      "          spec:\n" CONTAINERS("            "),
     "pod JobSet -/-@9:11\npod JobSet -/-@17:11", 4, 0},
    {"Flink names a container whose image is elsewhere",
     "apiVersion: flink.apache.org/v1beta1\nkind: FlinkDeployment\nspec:\n  image: flink\n  podTemplate:\n"
     "    spec:\n      containers:\n      - name: flink-main-container\n        env: []\n",
     "pod FlinkDeployment -/-@6:5", 2, 0},
    {"labels of an object are not those of a pod right inside it",
     "apiVersion: example.com/v1\nkind: Thing\nmetadata: {labels: {a: b}}\nspec:\n  containers: [{image: a}]\n",
     "pod Thing -/-@4:1\n!pod.labels", 2, 0},
    {"only init containers", "apiVersion: example.com/v1\nkind: Thing\nspec:\n  pod:\n    initContainers:\n"
     "    - image: busybox\n", "pod Thing -/-@4:3", 2, 0},
    {"a pod is found once, not those inside of it",
     "apiVersion: example.com/v1\nkind: Thing\nspec:\n  containers:\n  - image: a\n    nested:\n"
     "      containers:\n      - image: b\n", "pod Thing -/-@3:1", 2, 0},
    {"a kind's name in another group says nothing", "apiVersion: apps.kruise.io/v1beta1\nkind: StatefulSet\n"
     "spec:\n  other:\n    spec:\n" CONTAINERS("      "),
     "pod StatefulSet -/-@5:5", 2, 0},
    {"a schema is no pod",
     "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things}\nspec:\n"
     "  versions:\n  - schema:\n      default:\n        containers:\n        - image: nginx\n",
     "object CustomResourceDefinition -/things@1:1", 1, 0},
    {"a policy's pattern is no pod", "apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec:\n  rules:\n"
     "  - validate:\n      pattern:\n        spec:\n          containers:\n          - image: '!*:latest'\n",
     "object ClusterPolicy -/-@1:1", 1, 0},
    {"groups are compared as words", "apiVersion: notkyverno.io/v1\nkind: Thing\nspec:\n  containers:\n"
     "  - image: a\n", "pod Thing -/-@3:1", 2, 0},
    {"a report on containers is no pod", "apiVersion: metrics.k8s.io/v1beta1\nkind: PodMetrics\ncontainers:\n"
     "- name: app\n  usage: {cpu: 1m}\n",
     "object PodMetrics -/-@1:1", 1, 0},
    {"a status is no pod", "apiVersion: example.com/v1\nkind: Thing\nstatus:\n  containers:\n"
     "  - image: a\n", "object Thing -/-@1:1", 1, 0},

    /* Tekton and Argo Workflows. */
    {"Tekton Task",
     "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: build}\nspec:\n  stepTemplate:\n    image: base\n"
     "    securityContext: {runAsUser: 5, privileged: true}\n"
     "    env: [{name: A, value: '1'}]\n  volumes:\n  - name: sock\n    hostPath: {path: /run/docker.sock}\n"
     "  steps:\n  - name: one\n    script: curl x | sh\n"
     "    securityContext: {runAsUser: 0}\n    volumeMounts:\n    - {name: sock, mountPath: /s}\n"
     "  - name: two\n    image: other\n    computeResources:\n      limits: {memory: 1Gi}\n"
     "  sidecars:\n  - name: dind\n    image: docker\n",
     "pod Task -/build@4:1\ncontainer Task -/build one@13:5\none.user.id=0@15:23\none.privileged=true@7:37\n"
     "one.commands=curl x | sh@14:5\none.image.reference=base@6:5\none.environment[0].name=A@8:12\n"
     "one.mounts[0].source=/run/docker.sock@11:16\npod.host_paths[0].source=/run/docker.sock@11:16\n"
     "two.image.reference=other@19:5\ntwo.memory.limit=1073741824@21:16\ncontainer Task -/build dind@23:5",
     4, 0},
    {"Tekton Pipeline", "apiVersion: tekton.dev/v1\nkind: Pipeline\nspec:\n  tasks:\n  - taskSpec:\n"
     "      steps:\n      - {name: a, image: x}\n  - taskSpec:\n      steps:\n      - {name: b, image: y}\n"
     "  - taskRef: {name: z}\n",
     "container Pipeline -/- a@7:9\ncontainer Pipeline -/- b@10:9", 4, 0},
    {"Tekton PipelineRun's pod settings",
     "apiVersion: tekton.dev/v1\nkind: PipelineRun\nspec:\n  taskRunTemplate:\n"
     "    serviceAccountName: builder\n    podTemplate:\n      hostNetwork: true\n"
     "      securityContext: {runAsNonRoot: true}\n"
     "  pipelineSpec:\n    tasks:\n    - taskSpec:\n        steps:\n        - {name: a, image: x}\n",
     "pod.namespaces.network=host@7:7\na.user.run_as_non_root=true@8:25\npod.service_account=builder@5:5", 2, 0},
    {"Argo Workflow",
     "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  hostNetwork: true\n  templates:\n  - name: a\n"
     "    container: {name: main, image: x, securityContext: {privileged: true}}\n"
     "  - name: b\n    script: {image: y, source: 'nc -e sh'}\n  - name: c\n    steps: [[{name: s, template: a}]]\n",
     "pod Workflow -/-@6:5\nmain.privileged=true@7:57\npod.namespaces.network=host@4:3\npod Workflow -/-@8:5\n"
     "container.commands=nc -e sh@9:24",
     4, 0},

    {"Spark",
     "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: {name: pi}\nspec:\n  image: spark:3\n"
     "  volumes: [{name: v, hostPath: {path: /data}}]\n  driver:\n    labels: {a: b}\n    memory: 512m\n"
     "    podSecurityContext: {runAsUser: 0}\n    volumeMounts: [{name: v, mountPath: /d}]\n    serviceAccount: spark\n"
     "  executor: {image: other, cores: 2, hostNetwork: true, sidecars: [{name: s, image: x}]}\n",
     "pod SparkApplication -/pi@7:3\npod.labels.a=b@8:14\nspark-kubernetes-driver.image.reference=spark:3@5:3\n"
     "spark-kubernetes-driver.user.id=0@10:26\nspark-kubernetes-driver.memory.limit=536870912@9:5\n"
     "spark-kubernetes-driver.mounts[0].source=/data@6:34\npod.service_account=spark@12:5\n"
     "pod SparkApplication -/pi@13:3\npod.namespaces.network=host@13:38\nspark-kubernetes-executor.cpu.request=2000@13:28\n"
     "spark-kubernetes-executor.memory.limit=1073741824@13:3\ncontainer SparkApplication -/pi s@13:68",
     5, 0},
    {"Spark with a template", "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nspec:\n  driver:\n"
     "    template: {spec: {containers: [{name: c, image: x}]}}\n",
     "pod SparkApplication -/-@5:16", 2, 0},

    /* What is wrong is said, and nothing is made of it. */
    {"a spec that is a text", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
     "spec: none\n", "miss the pod of Pod a is a text, not a map@4:1\nobject Pod -/a@1:1", 1, 1},
    {"a template that is a list", "apiVersion: apps/v1\nkind: Deployment\nspec:\n"
     "  template: [1]\n", "miss the pod of Deployment without a name is a list, not a map@4:3", 1, 1},
    {"a patch has no template", "apiVersion: apps/v1\nkind: Deployment\n"
     "spec: {replicas: 2}\n", "object Deployment -/-@1:1\n!miss", 1, 0},
    {"containers that are a map", "apiVersion: v1\nkind: Pod\nspec:\n"
     "  containers: {name: a}\n", "miss containers of a pod is not a list@4:3", 1, 1},
    {"a container that is a text", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - nginx\n"
     "  - name: b\n", "miss an entry of containers is not a map@5:5\ncontainer Pod -/- b@6:5", 2, 1},
    {"metadata that is a list", "apiVersion: v1\nkind: Pod\nmetadata: [a]\nspec: {}\n", "pod Pod -/-@4:1", 1, 0},
};

Test(kubernetes, finds_objects)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct seen seen;
        seen_init(&seen);
        cr_expect_gt(seen_read(&seen, rows[i].manifest), 0, "%s: not recognised", rows[i].name);
        seen_holds(&seen, rows[i].name, rows[i].wanted);
        cr_expect_eq(seen.subjects, rows[i].subjects, "%s: %zu subjects:\n"
         "%s", rows[i].name, seen.subjects, buf_text(&seen.text));
        cr_expect_eq(seen.misses, rows[i].misses, "%s: %zu misses:\n"
         "%s", rows[i].name, seen.misses, buf_text(&seen.text));
        seen_done(&seen);
    }
}

Test(kubernetes, knows_its_own)
{
    static const char *const others[] = {
        "services: {web: {image: nginx}}\n", "kind: Pod\nspec: {containers: [{image: a}]}\n", "apiVersion: v2\n"
        "name: chart\n",
        "spec: {containers: [{name: a, image: b}]}\n", "apiVersion: [v1]\nkind: Pod\n", "apiVersion: v1\n"
        "kind: {a: b}\n",
        "apiVersion: v1\nkind: ''\n", "apiVersion: v1\nkind: 5\n", "text\n", "[]\n", "- 1\n- 2\n", "{}\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        struct seen seen;
        seen_init(&seen);
        cr_expect_eq(seen_read(&seen, others[i]), 0, "recognised:\n%s", others[i]);
        seen_done(&seen);
    }
}

/* A million containers in 500 bytes: what is left out is said, once. */
Test(kubernetes, aliases_do_not_multiply_work)
{
    AUTO_BUF struct buf manifest = BUF_INIT;
    buf_add_text(&manifest, "apiVersion: v1\nkind: List\nitems:\n"
                            "- &a {apiVersion: v1, kind: Pod, spec: {containers: [&c {image: a}, *c, *c, *c, "
                            "*c, *c, *c, *c, *c, *c]}}\n");
    for (char name = 'a'; name < 'e'; name++) {
        buf_printf(&manifest, "- &%c {apiVersion: v1, kind: List, items: [", name + 1);
        for (int i = 0; i < 10; i++)
            buf_printf(&manifest, "%s*%c", i ? ", " : "", name);
        buf_add_text(&manifest, "]}\n");
    }
    struct seen seen;
    seen_init(&seen);
    cr_expect_eq(seen_read(&seen, buf_text(&manifest)), 1);
    cr_expect_eq(seen.misses, 1);
    cr_expect_gt(seen.subjects, 100);
    cr_expect_lt(arena_used(seen.arena), 4 << 20);
    seen_done(&seen);
}
