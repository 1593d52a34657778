/*
 * Facts of an LXC container from its settings (private to lxc*.c and incus.c).
 */
#pragma once

#include "audit/lxc_config.h"

/* Users, capabilities, AppArmor, seccomp, SELinux, namespaces, no_new_privs. */
void lxc_put_confinement(const struct lxc_config *config, struct node *facts);
/* mounts, host_paths, read_only_root, proc_mount. */
void lxc_put_mounts(const struct lxc_config *config, struct node *facts);
/* memory, cpu, pids, ulimits, device_rules, sysctls, environment, command, oom_score_adj. */
void lxc_put_resources(const struct lxc_config *config, struct node *facts);
/* lxc: every setting with its values. */
void lxc_put_settings(const struct lxc_config *config, struct node *facts);
