#include "audit/collect.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "model/capability.h"

struct node *facts_capability(struct arena *arena, const struct node *name)
{
    const char *text = node_text(name);
    if (!text)
        return NULL;
    if (strncasecmp(text, "CAP_", 4) == 0)
        text += 4;
    char *upper = arena_strdup(arena, text);
    for (char *at = upper; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    return node_new_text(arena, upper, name);
}

/* Sets of capabilities by number; "ALL" and names nobody knows are told apart from them. */
struct named {
    uint64_t set;
    bool all;
};

static uint64_t bit_of(const char *name)
{
    const struct data_capabilities *known = capability_by_name(name);
    return known ? UINT64_C(1) << known->number : 0;
}

static struct named named_in(const struct node *list)
{
    struct named named = {0};
    for (const struct node *item = node_first(list); item; item = item->next) {
        const char *name = node_text(item);
        if (!name)
            continue;
        named.all |= strcasecmp(name, "ALL") == 0;
        named.set |= bit_of(name);
    }
    return named;
}

static uint64_t default_set(const char *engine, uint64_t everything)
{
    uint64_t set = 0;
    for (size_t i = 0; i < data_default_capabilities_count; i++) {
        const struct data_default_capabilities *row = &data_default_capabilities[i];
        if (strcmp(row->engine, engine) == 0)
            set |= strcmp(row->capability, "ALL") == 0 ? everything : bit_of(row->capability);
    }
    return set;
}

/*
 * The engines differ where add and drop name the same capability, or both ALL: Docker and Podman
 * (caps.TweakCapabilities) let add win, and with add ALL only single names are dropped; containerd and CRI-O
 * (their CRI's WithCapabilities) let drop win, and ALL is taken before single names.
 */
static uint64_t effective_set(const char *engine, struct named add, struct named drop, uint64_t everything)
{
    bool cri = strcmp(engine, "containerd") == 0 || strcmp(engine, "cri-o") == 0;
    if (cri) {
        uint64_t set = drop.all ? 0 : add.all ? everything : default_set(engine, everything);
        return (set | add.set) & ~drop.set;
    }
    if (add.all)
        return everything & ~drop.set;
    return (drop.all ? 0 : default_set(engine, everything) & ~drop.set) | add.set;
}

void facts_effective_capabilities(struct arena *arena, struct node *capabilities, const char *engine, bool privileged)
{
    uint64_t everything = (UINT64_C(1) << capability_count()) - 1;
    struct named add = named_in(node_get(capabilities, "add"));
    struct named drop = named_in(node_get(capabilities, "drop"));
    uint64_t set = privileged ? everything : effective_set(engine, add, drop, everything);
    struct node *effective = node_new_list(arena, capabilities->origin);
    for (size_t i = 0; i < capability_count(); i++)
        if (set >> i & 1)
            node_append(effective, node_new_text(arena, capability_get((int)i)->capability + strlen("CAP_"),
                                                 capabilities->origin));
    node_put(arena, capabilities, "effective", effective);
}
