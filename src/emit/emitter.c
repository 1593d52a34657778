#include "emit/emitter.h"

#include <string.h>

#include "emit/formats.h"
#include "emit/proof.h"
#include "emit/seccomp_filter.h"

const struct emitter emitters[] = {
    {"seccomp", "seccomp.json", "seccomp profile as Docker, Podman, containerd and CRI-O read it",
     EMIT_NEEDS_SECCOMP, emit_seccomp_json, NULL},
    {"oci", "seccomp-oci.json", "the linux.seccomp object of an OCI runtime's config.json", EMIT_NEEDS_SECCOMP,
     emit_seccomp_oci, NULL},
    {"bpf", "seccomp.bpf", "the compiled filter, as seccomp(2) and bubblewrap's --seccomp take it",
     EMIT_NEEDS_SECCOMP, emit_seccomp_bpf, NULL},
    {"pfc", "seccomp.pfc", "the compiled filter as libseccomp's readable listing", EMIT_NEEDS_SECCOMP,
     emit_seccomp_pfc, NULL},
    {"systemd", "seccomp.conf", "SystemCallFilter= lines for a systemd unit", EMIT_NEEDS_SECCOMP,
     emit_seccomp_systemd, NULL},
    {"apparmor", "apparmor.profile", "AppArmor profile for apparmor_parser 3.0 and later", EMIT_NEEDS_APPARMOR,
     emit_apparmor, NULL},
    {"pod-patch", "pod-patch.yaml", "strategic-merge patch that makes a pod of Kubernetes fit the recording", EMIT_NEEDS_FITTING,
     emit_pod_patch, proof_pod_patch},
    {"spo", "profiles.yaml", "SeccompProfile and AppArmorProfile of the Security Profiles Operator",
     EMIT_NEEDS_SECCOMP | EMIT_NEEDS_APPARMOR, emit_spo, proof_spo},
    {"compose", "compose.profgen.yaml", "override file that makes a service of Docker Compose fit the recording",
     EMIT_NEEDS_FITTING, emit_compose, proof_compose},
};
const size_t emitter_count = ARRAY_COUNT(emitters);
const char *const emitter_names[] = {"seccomp", "oci", "bpf", "pfc", "systemd", "apparmor",
                                     "pod-patch", "spo", "compose", NULL};

const struct emitter *emitter_by_name(const char *name)
{
    for (size_t i = 0; i < emitter_count; i++)
        if (strcmp(emitters[i].name, name) == 0)
            return &emitters[i];
    return NULL;
}

struct seccomp_context emit_context(const struct emit_input *input)
{
    return input->context ? *input->context : seccomp_context_here();
}
