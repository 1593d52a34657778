/*
 * Parts of an OCI runtime configuration as facts (private to oci*.c). root is the whole document.
 */
#pragma once

#include "audit/facts_rows.h"

/* user, groups, capabilities, no_new_privileges, apparmor, selinux, ulimits, environment, command, oom_score_adj. */
void oci_put_process(struct arena *arena, struct node *facts, const struct node *root);
/* mounts, host_paths, namespaces, seccomp, proc_mount, devices, sysctls. */
void oci_put_linux(struct arena *arena, struct node *facts, const struct node *root);
/* memory, cpu, pids, device_rules and what belongs to them, of linux.resources. */
void oci_put_resources(struct arena *arena, struct node *facts, const struct node *resources);
