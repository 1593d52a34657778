/*
 * One container of `docker inspect` or `podman inspect` as facts.
 */
#pragma once

#include "audit/collect.h"

/* The container's facts; strings and nodes live in the arena. */
struct node *docker_inspect_facts(struct arena *arena, const struct node *container);
/* Podman's output differs in details: it names the OCI runtime and the capabilities that result. */
bool docker_inspect_is_podman(const struct node *container);
/* Mounts, tmpfs, devices and ports. */
void docker_inspect_put_attached(struct arena *arena, struct node *facts, const struct node *container);
/* Memory, processors, processes and what else is counted. */
void docker_inspect_put_limits(struct arena *arena, struct node *facts, const struct node *host);
