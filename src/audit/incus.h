/*
 * Instances and profiles of Incus and LXD (`incus config show`): LXC containers in other words (private to lxc*.c).
 */
#pragma once

#include "audit/lxc_config.h"

bool incus_recognises(const struct node *root);
/* The settings of LXC that the instance's amount to, and those of raw.lxc; its own as well, under their names. */
void incus_add_settings(struct lxc_config *config, const struct node *root);
/* What LXC's settings cannot say: devices, limits. */
void incus_put_facts(const struct lxc_config *config, struct node *facts, const struct node *root);
