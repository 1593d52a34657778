/*
 * What rules judge: a container, a pod, a daemon … with every inherited setting resolved.
 *
 * A subject's facts are a map of nodes derived from the document (node.h: each fact's origin is the node of the file it
 * was taken from), in one vocabulary for all formats, so that one rule serves Kubernetes, Compose, `docker inspect`, OCI
 * and LXC alike. The vocabulary is below; it is the contract between the files that make subjects and the rules, and
 * documented for users in man/profgen-rules.5. A fact that the file does not state is absent, unless a default is
 * said to be filled in. What a missing fact points at is `where`.
 *
 * ---- facts of a container (and, where marked P, of a pod: Kubernetes sets them there) ------------------------------
 *
 *   format            "kubernetes" "compose" "inspect" "oci" "lxc"                                   P, all subjects
 *   role              "container" "init" "sidecar" (init with restartPolicy Always) "ephemeral"
 *   name              the container's or service's name                                                  P
 *   image             { reference: as written, registry, repository, tag, digest }  (registry:5000/app has no tag)
 *   pull_policy       as written
 *   privileged        bool
 *   no_new_privileges bool. Kubernetes: the opposite of allowPrivilegeEscalation, absent when that is absent
 *   user              { id: int, name, group, run_as_non_root: bool }   after pod → container inheritance;
 *                     "root" and "0" give id 0
 *   read_only_root    bool
 *   capabilities      { add: [NAME…], drop: [NAME…], effective: [NAME…] }  upper case without CAP_, "ALL" stays;
 *                     effective: default set of the runtime, minus drop, plus add (privileged or ALL: all of them)
 *   seccomp           { type: "unconfined" | "default" | "localhost", profile }     after inheritance
 *                     and breadth, of a profile that could be opened (profile_source.h): the facts of a seccomp profile, judged with
 *                     these capabilities; passing has usable: bool (situation.h says when); beyond_default: [ calls ]; source: text
 *   apparmor          { type: "unconfined" | "default" | "localhost", profile }     fields and annotations
 *                     and breadth, of a profile that could be opened: source, mode, partial as those of an AppArmor profile;
 *                     capabilities: [ NAME… ] that it allows and a process of the container can come to have; kinds: [ "mount"
 *                     "remount" "umount" "pivot_root" "ptrace" "userns" ] that it has rules for and that the container can do; passing:
 *                     [ { probe, path, access, severity, why, needs, host: bool, usable: bool } ]: path is the place in the container,
 *                     of the host's files and devices where they are mounted (host; the severity is then high unless it
 *                     is low); usable: what it is about is there, and neither the runtime's masks nor a missing capability nor the
 *                     user keep a process from it. In the modes "complain", "unconfined" and "default_allow" all passes that is not denied
 *   selinux           { disabled: bool, type, user, role, level }                                        P
 *   proc_mount        "Default" "Unmasked" (also: systempaths=unconfined, an empty MaskedPaths)
 *   namespaces        { network, pid, ipc, uts, user, cgroup }: "host", "private", "container:NAME", "shareable";
 *                     absent when the file says nothing                                                  P
 *   share_process_namespace  bool                                                                        P only
 *   host_paths        [ { source: /normalised/path, target, read_only: bool, propagation, name: of the volume } ]
 *                     host directories that are mounted. Kubernetes: on the pod (hostPath volumes)       P
 *   mounts            [ { source, target, read_only, propagation, kind: "bind" "volume" "tmpfs" …, options } ]
 *   volumes           [ { name, kind: "hostPath" "emptyDir" "configMap" …, medium, size_limit: bytes } ] P only
 *   devices           [ { source, target, permissions } ]
 *   device_rules      [ "c 1:3 rwm" … ]   device_cgroup_rules, OCI allow rules
 *   sysctls           [ { name, value } ]                                                                P
 *   ports             [ { host: int, container: int, address, protocol } ]    host absent when not published, 0 when any
 *                     free one is taken; of a range of more than 64 the first 63 and the last
 *   environment       [ { name, value } ]   value absent when it comes from a secret or the shell
 *                     Kubernetes: all variables of a ConfigMap or a Secret are one, named "PREFIX*"
 *   command           one string: entrypoint and arguments, joined with blanks
 *   commands          [ one string each ]: probes, life-cycle hooks, RUN lines, shell scripts in args
 *   memory, cpu, ephemeral_storage, hugepages
 *                     { request, limit }: bytes; CPU in thousandths of a processor. Absent = not set. Compose and
 *                     inspect: the limit is mem_limit / deploy.resources / HostConfig.Memory.            P (pod-level resources)
 *   pids              { limit: int }   -1 is unlimited
 *   ulimits           [ { name, soft, hard } ]
 *   memory_swap       bytes, -1 unlimited;  swappiness;  shm_size: bytes
 *   oom_kill_disable  bool;  oom_score_adj: int
 *   service_account_token  bool: is it mounted, after pod → ServiceAccount default (true when nothing says)  P only
 *   service_account   its name                                                                           P only
 *   runtime           Docker `runtime:`, HostConfig.Runtime; Kubernetes runtimeClassName ("" is absent)  P
 *   restart           { policy, max_attempts: int }                                                      P
 *   health_check      "present" "disabled"
 *   groups            [ supplementary groups, as text ]                                                  P
 *   extra_hosts       [ "host:ip" … ];  host_gateway: bool
 *   use_api_socket    bool (Compose);  volumes_from: [ … ];  links: [ … ]
 *   security_opt      [ as written ]
 *   labels, annotations  maps of text                                                                    P
 *   lxc               { key: [value…] }  of an LXC configuration, as written (last dots as part of the key)
 *   from              Compose: "base.yaml:12, …": where in other files (extends, include, an override file) parts of it stand;
 *                     facts taken from there point at what brought them in
 *   pod               the facts of its pod (Kubernetes)
 *   raw               the container's own node in the file                                               P, all subjects
 *   object            the whole object's node                                                            P, all subjects
 *
 * ---- facts of the other subjects ------------------------------------------------------------------------------------
 *
 *   pod               as marked P, and containers: [ the facts of each ]; host_users: bool; os: "windows" "linux";
 *                     windows_host_process: bool; controller: the kind of the object the template stands in
 *   daemon            the keys of daemon.json as they are, but runtimes: [ { name, path: or its type } ]; unknown_keys: [ … ]
 *   image build       Dockerfile: stages: [ { name, base: { as image }, user, last: bool } ]; base_images: [ { as image } ]
 *                     that are no earlier stage; user: { id, name } of the last stage (absent when never set);
 *                     health_check; exposed_ports: [ { container, protocol } ]; instructions: [ { name: "RUN", text, stage: int } ];
 *                     environment; commands: [ the RUN lines ]; adds: [ { source, target, remote: bool } ]
 *   runtime class     name, handler, overhead: bool, scheduling: bool
 *   runtime table     containerd or CRI-O: engine: "containerd" "cri-o"; default_handler; handlers: [ { name, type, binary,
 *                     privileged_without_host_devices: bool, sandboxed: bool } ]
 *   namespace         name, pod_security: { enforce, enforce_version, audit, audit_version, warn, warn_version }
 *   object            any other Kubernetes object, so that a user's rules can judge it: api_version, kind, raw
 *   seccomp profile   default_action; allowed_calls: int, of x86-64, without arguments; abis: [ "i386", "x32" ] let in beside it;
 *                     passing: [ { probe, call, abi, severity, why, needs } ] of profiles/seccomp-probes.csv; undone:
 *                     [ { denied, passes, why } ]; unknown_names: [ … ]; idle: [ { call, kind: "open" (no argument is refused), "no-match"
 *                     (no argument is met), "no-context" (includes and excludes contradict), why } ]; score: int, grade: text (model/breadth.h)
 *   AppArmor profile  name (of a child or a hat "PARENT//NAME"), attachment, flags: [ … ]; mode: "enforce" "complain" "kill"
 *                     "unconfined" "prompt" "default_allow"; rules: int; bare: [ "file" "capability" … ]: kinds that are allowed
 *                     as a whole; capabilities: [ NAME… ]; passing: [ { probe, path, access, severity, why } ] of
 *                     profiles/apparmor-probes.csv; write_exec: [ { pattern, path } ]; exec: [ { pattern, mode, target, unconfined:
 *                     bool, wide: bool } ]; change_profile: [ { target, unconfined: bool } ]; leaks: [ { pattern, path, access, why } ]
 *                     (denials that leave open what they seem to close); includes: [ { name, found: bool,
 *                     optional: bool } ]; unresolved: [ names of includes ], absent when all are there; unread: [ { text, why } ]; partial: bool;
 *                     score: int, grade: text (model/breadth.h), absent when partial
 *   recorded container  the facts of a container, and used: {
 *                     recording: text; complete, served, doubtful: bool; seccomp: text; refused_calls: [ { call, abi, answer, evidence } ];
 *                     spare_calls: { count, risky_count: int, risky: [ … ], riskiest, why }; refused_accesses: [ { what, evidence } ];
 *                     sandbox; sandbox_lacks: [ { what, why } ]; writes: [ { path, kind, evidence, paths: int, obstacle } ];
 *                     directories: [ … ]; root_may_be_read_only: bool; root: text; mounts: [ { target, source, kind, volume,
 *                     read_only, noexec, touched, opened, written, executed, device_opened: bool, opened_by, written_by, executed_by } ];
 *                     devices: [ { target, touched } ]; token_touched: bool; capabilities, spare_capabilities: [ NAME… ];
 *                     spare_capability_count: int; missing_capabilities: [ { name, evidence } ]; capability_fix: text; user: { known,
 *                     root, root_needed, becomes_another, declared_other: bool, id: int, needed_for }; gains_privilege,
 *                     sets_kernel, needs_privilege, needs_host_network, needs_host_processes: text, absent when nothing does; ports: [ { port: int,
 *                     protocol, loopback, declared: bool, needs, evidence } ]; unused_ports: [ { port, protocol, published } ];
 *                     memory, cpu, pids: { peak, limit, request: { advised, declared, below_peak, far_above: bool } }; margin: int;
 *                     remedies: { capabilities, read_only_root, user, memory: text }, and remedy: text of an item of writes }
 *   document          every document, whatever it is: kind (of the document), syntax, duplicates: [ { key, first_line } ],
 *                     suppressions: [ { text, problem } ] that suppress nothing (for want of a reason)
 *
 * The judge (file_judge.c) adds to every subject's facts what they all have: kind (of the object), namespace, name, where absent.
 */
#pragma once

#include "base/node.h"
#include "model/finding.h"

enum subject_kind {
    SUBJECT_POD,
    SUBJECT_CONTAINER,
    SUBJECT_DAEMON,
    SUBJECT_IMAGE_BUILD,
    SUBJECT_RUNTIME_CLASS,
    SUBJECT_RUNTIME_TABLE,
    SUBJECT_NAMESPACE,
    SUBJECT_OBJECT,
    SUBJECT_DOCUMENT,
    SUBJECT_SECCOMP_PROFILE,
    SUBJECT_APPARMOR_PROFILE,
    SUBJECT_RECORDED_CONTAINER, /* a container beside a recording of it (usage.h) */
    SUBJECT_KIND_COUNT
};
/* As rule files write it: "pod", "container", "daemon", "image-build", "runtime-class", "runtime-table", "namespace",
 * "object", "document", "seccomp-profile", "apparmor-profile", "recorded-container". */
const char *subject_kind_name(enum subject_kind kind);
bool subject_kind_parse(const char *name, enum subject_kind *ret);

struct subject {
    enum subject_kind kind;
    struct finding_subject names; /* strings of the arena or of the document */
    const char *format;           /* the same as the fact */
    const struct node *facts;
    const struct node *where;    /* the container, the pod's spec, the root: what a missing setting points at */
    const struct node *metadata; /* whose annotations may suppress findings: the object's and the pod template's */
    const struct node *template_metadata; /* NULL when there is none */
    /* SUBJECT_POD of Kubernetes, for pss_check: of the pod itself or of the template it is made from, never of the workload. */
    const struct node *pod_metadata; /* NULL when there is none */
    const struct node *pod_spec;
};
