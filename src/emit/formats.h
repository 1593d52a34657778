/*
 * The functions behind the rows of the emitter table, each in a file of its own.
 */
#pragma once

#include "emit/emitter.h"

emit_function emit_seccomp_json;    /* Docker, Podman, containerd, CRI-O */
emit_function emit_seccomp_oci;     /* the linux.seccomp object of a runtime's config.json */
emit_function emit_seccomp_bpf;     /* struct sock_filter after struct sock_filter */
emit_function emit_seccomp_pfc;     /* libseccomp's readable listing */
emit_function emit_seccomp_systemd; /* a drop-in for a unit */
emit_function emit_apparmor;        /* AppArmor 3.0 and later */
emit_function emit_pod_patch;       /* a strategic-merge patch for Kubernetes */
emit_function emit_spo;             /* the Security Profiles Operator's objects */
emit_function emit_compose;         /* an override file for Docker Compose */

/* Appends where the profile comes from, with its mark, as lines that begin with #; nothing without a profile. */
void emit_origin(const struct emit_input *input, struct buf *out);
/* The context of the input, or this machine's. */
struct seccomp_context emit_context(const struct emit_input *input);
