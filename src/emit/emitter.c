#include "emit/emitter.h"

#include <string.h>

#include "emit/formats.h"
#include "emit/seccomp_filter.h"

const struct emitter emitters[] = {
    {"seccomp", "seccomp.json", "seccomp profile as Docker, Podman, containerd and CRI-O read it",
     EMIT_NEEDS_SECCOMP, emit_seccomp_json},
    {"oci", "seccomp-oci.json", "the linux.seccomp object of an OCI runtime's config.json", EMIT_NEEDS_SECCOMP,
     emit_seccomp_oci},
    {"bpf", "seccomp.bpf", "the compiled filter, as seccomp(2) and bubblewrap's --seccomp take it",
     EMIT_NEEDS_SECCOMP, emit_seccomp_bpf},
    {"pfc", "seccomp.pfc", "the compiled filter as libseccomp's readable listing", EMIT_NEEDS_SECCOMP,
     emit_seccomp_pfc},
    {"systemd", "seccomp.conf", "SystemCallFilter= lines for a systemd unit", EMIT_NEEDS_SECCOMP,
     emit_seccomp_systemd},
    {"apparmor", "apparmor.profile", "AppArmor profile for apparmor_parser 3.0 and later", EMIT_NEEDS_APPARMOR,
     emit_apparmor},
};
const size_t emitter_count = ARRAY_COUNT(emitters);
const char *const emitter_names[] = {"seccomp", "oci", "bpf", "pfc", "systemd", "apparmor", NULL};

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
