/* What pods and their containers say, after inheritance, and where it stands. */
#include "kubernetes_seen.h"

/* Manifests begin on line 3 of a pod: "apiVersion: v1" and "kind: Pod" stand before each. */
struct row {
    const char *name;
    const char *manifest;
    const char *wanted; /* lines of seen_holds */
};

#define DEFAULT_CAPABILITIES                                                                                           \
    "CHOWN,DAC_OVERRIDE,FOWNER,FSETID,KILL,SETGID,SETUID,SETPCAP,NET_BIND_SERVICE,NET_RAW,SYS_CHROOT,MKNOD,"           \
    "AUDIT_WRITE,SETFCAP"

static const struct row roles[] = {
    {"roles",
     "spec:\n  initContainers:\n  - {name: one, image: a}\n  - {name: two, image: a, restartPolicy: Always}\n"
     "  - {name: three, restartPolicy: Never}\n"
     "  containers:\n  - {name: app, restartPolicy: Always}\n  ephemeralContainers:\n  - {name: debug, image: a}\n",
     "one.role=init\ntwo.role=sidecar\ntwo.restart.policy=Always@6:27\nthree.role=init\napp.role=container\n"
     "debug.role=ephemeral\n"
     "container Pod -/- debug@11:5"},
    {"init containers and ephemeral ones inherit too",
     "spec:\n  securityContext: {runAsUser: 0}\n  initContainers:\n  - {name: one}\n  ephemeralContainers:\n"
     "  - {name: debug}\n",
     "one.user.id=0@4:21\ndebug.user.id=0@4:21"},
    {"a name that is no text is a name all the same, an empty one is none",
     "spec:\n  containers:\n  - {name: 5, image: a}\n  - {name: '', image: a}\n  - {name: [a], image: a}\n",
     "5.name=5@5:6\ncontainer Pod -/-@6:5\ncontainer Pod -/-@7:5"},
};

static const struct row security[] = {
    {"a setting of the pod stands where the pod says it",
     "spec:\n  securityContext:\n    runAsUser: 0\n    runAsGroup: 7\n    runAsNonRoot: true\n"
     "    supplementalGroups: [1, 2]\n    fsGroup: 3\n"
     "  containers:\n  - name: app\n",
     "app.user.id=0@5:5\napp.user.group=7@6:5\napp.user.run_as_non_root=true@7:5\napp.groups=1,2,3@8:5\n"
     "pod.groups=1,2,3@8:5"},
    {"a container's setting wins, one by one",
     "spec:\n  securityContext: {runAsUser: 0, runAsGroup: 7, runAsNonRoot: false}\n  containers:\n"
     "  - name: app\n    securityContext:\n"
     "      runAsUser: 1000\n      runAsNonRoot: true\n  - name: other\n",
     "app.user.id=1000@8:7\napp.user.group=7@4:35\napp.user.run_as_non_root=true@9:7\nother.user.id=0@4:21\n"
     "other.user.run_as_non_root=false@4:50"},
    {"null is nothing", "spec:\n  securityContext: {runAsUser: 5}\n  containers:\n  - name: app\n"
     "    securityContext: {runAsUser: null, privileged: ~}\n",
     "app.user.id=5@4:21\n!app.privileged"},
    {"SELinux options win as a whole",
     "spec:\n  securityContext:\n    seLinuxOptions: {type: spc_t, level: s0}\n  containers:\n  - name: app\n"
     "    securityContext:\n      seLinuxOptions: {user: u}\n  - name: other\n",
     "app.selinux.user=u@9:24\n!app.selinux.type\n!app.selinux.level\nother.selinux.type=spc_t@5:22\n"
     "pod.selinux.type=spc_t@5:22"},
    {"seccomp: pod to container",
     "spec:\n  securityContext:\n    seccompProfile: {type: RuntimeDefault}\n  containers:\n  - name: app\n"
     "    securityContext:\n"
     "      seccompProfile: {type: Localhost, localhostProfile: profiles/a.json}\n  - name: other\n",
     "app.seccomp.type=localhost@9:24\napp.seccomp.profile=profiles/a.json@9:41\nother.seccomp.type=default@5:22"},
    {"seccomp: Unconfined is not a profile", "spec:\n  containers:\n  - name: app\n"
     "    securityContext: {seccompProfile: {type: Unconfined}}\n",
     "app.seccomp.type=unconfined@6:40"},
    {"seccomp: an object without a type says nothing and hides the pod's",
     "spec:\n  securityContext:\n    seccompProfile: {type: RuntimeDefault}\n  containers:\n  - name: app\n"
     "    securityContext: {seccompProfile: {}}\n"
     "  - name: other\n    securityContext: {seccompProfile: {type: runtimedefault}}\n",
     "app.seccomp={}@8:23\nother.seccomp={}@10:40"},
    {"seccomp: a profile's name counts with Localhost alone", "spec:\n  containers:\n  - name: app\n"
     "    securityContext: {seccompProfile: {type: RuntimeDefault, localhostProfile: a}}\n",
     "app.seccomp.type=default@6:40\n!app.seccomp.profile"},
    {"seccomp: annotations are annotations",
     "metadata:\n  annotations:\n    seccomp.security.alpha.kubernetes.io/pod: runtime/default\nspec:\n"
     "  containers:\n  - name: app\n",
     "!app.seccomp\npod.annotations.seccomp.security.alpha.kubernetes.io/pod=runtime/default@5:5"},
    {"AppArmor: field, annotation, pod",
     "metadata:\n  annotations:\n    container.apparmor.security.beta.kubernetes.io/field: unconfined\n"
     "    container.apparmor.security.beta.kubernetes.io/note: localhost/my-profile\n"
     "    container.apparmor.security.beta.kubernetes.io/off: unconfined\n"
     "    container.apparmor.security.beta.kubernetes.io/def: runtime/default\n"
     "    container.apparmor.security.beta.kubernetes.io/bad: nonsense\n"
     "spec:\n  securityContext:\n    appArmorProfile: {type: Localhost, localhostProfile: pods}\n"
     "  containers:\n  - name: field\n    securityContext: {appArmorProfile: {type: RuntimeDefault}}\n"
     "  - name: note\n  - name: off\n  - name: def\n  - name: bad\n  - name: rest\n",
     "field.apparmor.type=default@15:41\nnote.apparmor.type=localhost@6:5\n"
     "note.apparmor.profile=my-profile@6:5\noff.apparmor.type=unconfined@7:5\n"
     "def.apparmor.type=default@8:5\nbad.apparmor.type=localhost@12:23\nrest.apparmor.profile=pods@12:40"},
    {"allowPrivilegeEscalation turned round", "spec:\n  containers:\n"
     "  - {name: a, securityContext: {allowPrivilegeEscalation: false}}\n"
     "  - {name: b, securityContext: {allowPrivilegeEscalation: true}}\n  - {name: c, securityContext: {}}\n",
     "a.no_new_privileges=true@5:33\nb.no_new_privileges=false@6:33\n!c.no_new_privileges"},
    {"privileged, read-only root, procMount", "spec:\n  containers:\n  - name: app\n"
     "    securityContext: {privileged: true, readOnlyRootFilesystem: false, procMount: Unmasked}\n",
     "app.privileged=true@6:23\napp.read_only_root=false@6:41\napp.proc_mount=Unmasked@6:72"},
    {"capabilities",
     "spec:\n  containers:\n  - name: app\n    securityContext:\n"
     "      capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, cap_chown]}\n  - name: plain\n  - name: empty\n"
     "    securityContext: {capabilities: {}}\n",
     "app.capabilities.drop=ALL@7:22\napp.capabilities.add=NET_BIND_SERVICE,CHOWN@7:35\n"
     "app.capabilities.effective=CHOWN,NET_BIND_SERVICE@7:7\n"
     "plain.capabilities.effective=" DEFAULT_CAPABILITIES "\n"
     "empty.capabilities.effective=" DEFAULT_CAPABILITIES "@10:23"},
    {"wrong types give nothing",
     "spec:\n  securityContext: [a]\n  hostNetwork: 'true'\n  containers:\n  - name: app\n"
     "    securityContext: {privileged: 'true', runAsUser: '0', runAsNonRoot: 1, capabilities: [SYS_ADMIN], "
     "seccompProfile: Unconfined, seLinuxOptions: 5,"
     " appArmorProfile: [], procMount: [], allowPrivilegeEscalation: 'false'}\n    ports: {a: b}\n    env: A\n"
     "    volumeMounts: {a: b}\n    resources: 5\n    image: [a]\n"
     "    command: sh\n  - name: text\n    securityContext: privileged\n",
     "!app.privileged\n!app.user\n!app.capabilities.add\n!app.seccomp\n!app.selinux\n!app.apparmor\n"
     "!app.proc_mount\n!app.no_new_privileges\n!app.ports\n!app.environment\n"
     "!app.mounts\n!app.memory\n!app.image\n!app.command\n!pod.namespaces\n!miss\ntext.role=container"},
};

static const struct row pods[] = {
    {"namespaces", "spec: {hostNetwork: true, hostPID: true, hostIPC: false, hostUsers: false, "
     "shareProcessNamespace: true}\n",
     "pod.namespaces.network=host@3:8\npod.namespaces.pid=host@3:27\npod.namespaces.ipc=private@3:42\n"
     "pod.namespaces.user=private@3:58\npod.host_users=false@3:58\n"
     "pod.share_process_namespace=true@3:76"},
    {"namespaces nobody speaks of", "spec: {}\n", "!pod.namespaces\n!pod.host_users"},
    {"runtime class", "spec: {runtimeClassName: gvisor}\n", "pod.runtime=gvisor@3:8"},
    {"an empty runtime class is none", "spec: {runtimeClassName: ''}\n", "!pod.runtime"},
    {"service account", "spec: {serviceAccountName: robot, automountServiceAccountToken: false}\n",
     "pod.service_account=robot@3:8\npod.service_account_token=false@3:35"},
    {"a token is mounted unless somebody says otherwise",
     "spec: {serviceAccountName: '', serviceAccount: old}\n", "pod.service_account=old@3:32\n"
     "pod.service_account_token=true@3:1"},
    {"sysctls", "spec:\n  securityContext:\n    sysctls:\n    - {name: net.core.somaxconn, value: 5}\n"
     "    - {value: 1}\n",
     "pod.sysctls[0].name=net.core.somaxconn@6:8\npod.sysctls[0].value=5@6:34\n!pod.sysctls[1]"},
    {"resources of a pod", "spec:\n  resources:\n    limits: {memory: 1Gi, cpu: 2}\n",
     "pod.memory.limit=1073741824@5:14\npod.cpu.limit=2000@5:27"},
    {"labels and annotations", "metadata:\n  labels: {app: web, bad: [1], n: 5}\n  annotations: {a: b}\nspec: {}\n",
     "pod.labels.app=web@4:12\npod.labels.n=5@4:32\n!pod.labels.bad\npod.annotations.a=b@5:17"},
    {"Windows", "spec:\n  os: {name: windows}\n  securityContext: {windowsOptions: {hostProcess: true}}\n",
     "pod.os=windows@4:8\npod.windows_host_process=true@5:38"},
    {"Windows host process of a container", "spec:\n  containers:\n  - name: a\n"
     "    securityContext: {windowsOptions: {hostProcess: true}}\n", "pod.windows_host_process=true@6:40"},
    {"restart", "spec: {restartPolicy: Never}\n", "pod.restart.policy=Never@3:8"},
};

static const struct row volumes[] = {
    {"kinds of volumes",
     "spec:\n  volumes:\n  - {name: a, emptyDir: {medium: Memory, sizeLimit: 1Mi}}\n"
     "  - {name: b, configMap: {name: x}}\n  - {name: c}\n  - {name: d, hostPath: null}\n  - text\n"
     "  - {name: e, emptyDir: {sizeLimit: much}}\n",
     "pod.volumes[0].kind=emptyDir@5:15\npod.volumes[0].medium=Memory@5:26\n"
     "pod.volumes[0].size_limit=1048576@5:42\npod.volumes[1].kind=configMap@6:15\n"
     "pod.volumes[2].kind=emptyDir@7:5\npod.volumes[3].kind=emptyDir@8:5\npod.volumes[4].name=e@10:6\n"
     "!pod.volumes[4].size_limit\n!pod.host_paths"},
    {"a directory of the host and who mounts it",
     "spec:\n  volumes:\n  - name: sock\n    hostPath: {path: //var/run/../run/docker.sock/}\n"
     "  - name: unused\n    hostPath: {path: /}\n  containers:\n  - name: app\n    volumeMounts:\n"
     "    - {name: sock, mountPath: /a/./b, readOnly: true}\n",
     "pod.host_paths[0].source=/var/run/docker.sock@6:16\npod.host_paths[0].target=/a/b@12:20\n"
     "pod.host_paths[0].read_only=true@12:39\npod.host_paths[0].name=sock@5:5\n"
     "pod.host_paths[1].source=/@8:16\n!pod.host_paths[1].read_only\n"
     "app.mounts[0].source=/var/run/docker.sock@6:16\napp.mounts[0].target=/a/b@12:20\n"
     "app.mounts[0].kind=bind\napp.mounts[0].read_only=true@12:39"},
    {"one who may write is enough",
     "spec:\n  volumes: [{name: v, hostPath: {path: /var}}]\n  initContainers:\n  - name: i\n"
     "    volumeMounts: [{name: v, mountPath: /r, readOnly: true, mountPropagation: HostToContainer}]\n"
     "  containers:\n  - name: a\n"
     "    volumeMounts: [{name: v, mountPath: /w, subPath: lib/../log, mountPropagation: Bidirectional}]\n",
     "pod.host_paths[0].read_only=false@10:20\npod.host_paths[0].propagation=Bidirectional@10:66\n"
     "i.mounts[0].source=/var@4:34\ni.mounts[0].propagation=HostToContainer@7:61\n"
     "a.mounts[0].source=/var/log@4:34"},
    {"other mounts", "spec:\n  volumes: [{name: m, emptyDir: {medium: Memory}}, {name: s, secret: {}}]\n"
     "  containers:\n  - name: a\n    volumeMounts:\n    - {name: m, mountPath: /m}\n"
     "    - {name: s, mountPath: /s, subPath: x}\n    - {name: gone, mountPath: /g}\n    - {mountPath: /n}\n",
     "a.mounts[0].kind=tmpfs\na.mounts[0].source=m@8:8\na.mounts[1].kind=volume\na.mounts[1].source=s@9:8\n"
     "a.mounts[2].source=gone@10:8\na.mounts[3].target=/n@11:8\n!a.mounts[3].source"},
    {"the first of two volumes with one name counts", "spec:\n"
     "  volumes: [{name: v, hostPath: {path: /one}}, {name: v, hostPath: {path: /two}}]\n  containers:\n"
     "  - name: a\n    volumeMounts: [{name: v, mountPath: /m}]\n",
     "a.mounts[0].source=/one@4:34\npod.host_paths[1].source=/two@4:69\n!pod.host_paths[1].target"},
    {"hostPath of wrong type", "spec:\n  volumes: [{name: v, hostPath: /etc}, {name: w, hostPath: {}}, {name: "
     "x, hostPath: {path: [1]}}]\n  containers:\n  - name: a\n    volumeMounts: [{name: v, mountPath: /m}]\n",
     "pod.volumes[0].kind=hostPath@4:23\npod.host_paths[0].name=w@4:41\n!pod.host_paths[0].source\n"
     "pod.host_paths[1].name=x@4:66\na.mounts[0].kind=volume"},
};

static const struct row containers[] = {
    {"image", "spec:\n  containers:\n  - {name: a, image: 'registry:5000/app', imagePullPolicy: Always}\n"
     "  - {name: b, image: '{{ .Values.image }}'}\n",
     "a.image.reference=registry:5000/app@5:15\na.image.registry=registry:5000@5:15\n!a.image.tag\n"
     "a.pull_policy=Always@5:43\nb.image.reference={{ .Values.image }}@6:15"},
    {"ports", "spec:\n  containers:\n  - name: a\n    ports:\n"
     "    - {containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1, protocol: TCP}\n"
     "    - {containerPort: 81, hostPort: 0}\n    - 82\n",
     "a.ports[0].host=8080@7:27\na.ports[0].container=80@7:8\na.ports[0].address=127.0.0.1@7:43\n"
     "a.ports[0].protocol=TCP@7:62\na.ports[1].container=81@8:8\n!a.ports[1].host\n!a.ports[2]"},
    {"environment",
     "spec:\n  containers:\n  - name: a\n    env:\n    - {name: A, value: x}\n"
     "    - {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}\n    - {name: C, value: ''}\n"
     "    - {value: x}\n    - {name: D, value: 5}\n"
     "    envFrom:\n    - {prefix: P_, secretRef: {name: s}}\n    - {configMapRef: {name: c}}\n    - text\n",
     "a.environment[0].value=x@7:17\na.environment[1].name=B@8:8\n!a.environment[1].value\n"
     "a.environment[2].value=@9:17\na.environment[3].name=D@11:8\na.environment[3].value=5@11:17\n"
     "a.environment[4].name=P_*@13:7\na.environment[5].name=*@14:7\n!a.environment[6]"},
    {"commands",
     "spec:\n  containers:\n  - name: a\n    command: [sh, -c]\n    args: ['sleep 1', x]\n"
     "    startupProbe: {exec: {command: [one, two]}}\n    livenessProbe: {httpGet: {path: /}}\n"
     "    readinessProbe: {exec: {command: [three]}}\n    lifecycle:\n"
     "      postStart: {exec: {command: [four]}}\n      preStop: {exec: {command: five}}\n",
     "a.command=sh -c sleep 1 x@6:5\na.commands=one two,three,four@8:27\na.health_check=present"},
    {"arguments alone", "spec:\n  containers:\n  - {name: a, args: [--verbose]}\n", "a.command=--verbose@5:15\n"
     "!a.commands\n!a.health_check"},
    {"resources",
     "spec:\n  containers:\n  - name: a\n    resources:\n"
     "      requests: {cpu: 500m, memory: 64Mi, hugepages-2Mi: 2Mi, example.com/gpu: 1}\n"
     "      limits: {memory: 1e3, ephemeral-storage: 1G, hugepages-2Mi: 2Mi, hugepages-1Gi: 1Gi}\n",
     "a.cpu.request=500@7:18\n!a.cpu.limit\na.memory.request=67108864@7:29\na.memory.limit=1000@8:16\n"
     "a.ephemeral_storage.limit=1000000000@8:29\na.hugepages.request=2097152@7:43\n"
     "a.hugepages.limit=1075838976@8:52"},
    {"amounts that are none", "spec:\n  containers:\n  - name: a\n    resources:\n"
     "      limits: {cpu: lots, memory: -1, ephemeral-storage: [1]}\n", "!a.cpu\n!a.memory\n!a.ephemeral_storage"},
    {"an amount that is filled in later is there", "spec:\n  containers:\n  - name: a\n    resources:\n"
     "      limits: {memory: '${MEMORY}', cpu: '{{ .cpu }}'}\n", "a.memory.limit=${MEMORY}@7:16\n"
     "a.cpu.limit={{ .cpu }}@7:37"},
    {"parts of bytes count as one", "spec:\n  containers:\n  - name: a\n"
     "    resources: {limits: {memory: 1500m}}\n", "a.memory.limit=2@6:26"},
    {"anchors and merge keys",
     "x-base: &base {runAsUser: 0, privileged: true}\nspec:\n  containers:\n  - name: a\n"
     "    securityContext: *base\n  - name: b\n    securityContext:\n      <<: *base\n      privileged: false\n",
     "a.user.id=0@3:16\na.privileged=true@3:30\nb.user.id=0@3:16\nb.privileged=false@11:7"},
};

static void run(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct seen seen;
        seen_init(&seen);
        AUTO_FREE char *manifest = mem_printf("apiVersion: v1\nkind: Pod\n%s", rows[i].manifest);
        cr_expect_eq(seen_read(&seen, manifest), 1, "%s", rows[i].name);
        seen_holds(&seen, rows[i].name, rows[i].wanted);
        seen_done(&seen);
    }
}

Test(kubernetes_facts, roles)
{
    run(roles, ARRAY_COUNT(roles));
}

Test(kubernetes_facts, security)
{
    run(security, ARRAY_COUNT(security));
}

Test(kubernetes_facts, pods)
{
    run(pods, ARRAY_COUNT(pods));
}

Test(kubernetes_facts, volumes)
{
    run(volumes, ARRAY_COUNT(volumes));
}

Test(kubernetes_facts, containers)
{
    run(containers, ARRAY_COUNT(containers));
}

/* ---- how subjects hang together ------------------------------------------------------------------------------------ */

struct kept {
    struct collector collector;
    struct subject items[8];
    size_t count;
};

static void keep(struct collector *self, const struct subject *subject)
{
    struct kept *kept = (struct kept *)self;
    cr_assert_lt(kept->count, ARRAY_COUNT(kept->items));
    kept->items[kept->count++] = *subject;
}

Test(kubernetes_facts, a_pod_has_its_containers_and_they_have_it)
{
    static const char manifest[] = "apiVersion: apps/v1\nkind: Deployment\n"
     "metadata: {name: web, annotations: {a: object}}\nspec:\n  template:\n"
                                   "    metadata: {annotations: {a: template}}\n    spec:\n"
                                   "      hostPID: true\n      containers:\n      - name: one\n      - name: two\n";
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node_stream stream;
    cr_assert_eq(yaml_read("test", manifest, strlen(manifest), arena, &stream, NULL), 0);
    struct kept kept = {.collector = {.arena = arena, .add = keep}};
    document_kind_kubernetes.collect(&kept.collector, stream.documents[0]);
    cr_assert_eq(kept.count, 3);
    const struct subject *pod = &kept.items[0];
    cr_expect_eq(pod->kind, SUBJECT_POD);
    cr_expect_eq(pod->pod_spec, node_at(stream.documents[0], "spec.template.spec"));
    cr_expect_eq(pod->metadata, node_get(stream.documents[0], "metadata"));
    cr_expect_eq(pod->template_metadata, node_at(stream.documents[0], "spec.template.metadata"));
    cr_expect_eq(node_count(node_get(pod->facts, "containers")), 2);
    cr_expect_str_eq(node_text_at(node_first(node_get(pod->facts, "containers")), "pod.namespaces.pid"), "host");
    cr_expect_str_eq(node_text_at(pod->facts, "object.metadata.name"), "web");
    cr_expect_str_eq(node_text_at(kept.items[2].facts, "raw.name"), "two");
    cr_expect_str_eq(node_text_at(kept.items[2].facts, "pod.namespaces.pid"), "host");
    cr_expect_null(node_at(kept.items[2].facts, "pod.containers"));
    cr_expect_null(kept.items[2].pod_spec);
    cr_expect_eq(kept.items[2].template_metadata, pod->template_metadata);
}
