#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "audit/facts_rows.h"
#include "audit/incus.h"
#include "audit/lxc_facts.h"
#include "base/intern.h"

/* Grouped by number of the key, so that a hostile file with a million keys costs no million searches. */
void lxc_put_settings(const struct lxc_config *config, struct node *facts)
{
    AUTO(intern_free_cleanup) struct intern *keys = intern_new();
    AUTO_FREE struct node **lists = NULL;
    size_t count = 0, capacity = 0;
    struct node *settings = node_new_map(config->arena, NULL);
    for (const struct node *entry = node_first(config->entries); entry; entry = entry->next) {
        uint32_t number = intern_add(keys, entry->key, entry->key_length);
        if (number == count) {
            MEM_GROW(lists, count, capacity);
            lists[count++] = node_new_list(config->arena, entry);
            node_put(config->arena, settings, entry->key, lists[number]);
        }
        assert(number < count && lists);
        node_append(lists[number], node_new_text(config->arena, entry->text, entry));
    }
    node_put(config->arena, facts, "lxc", settings);
}

static struct node *new_facts(const struct lxc_config *config, const struct node *root, const char *name,
                              const struct node *where)
{
    struct arena *arena = config->arena;
    struct node *facts = node_new_map(arena, root);
    node_put(arena, facts, "format", node_new_text(arena, "lxc", NULL));
    node_put(arena, facts, "role", node_new_text(arena, "container", NULL));
    if (name)
        node_put(arena, facts, "name", node_new_text(arena, name, where));
    return facts;
}

static void hand_on(const struct lxc_config *config, struct node *facts, const struct node *root,
                    const struct finding_subject *names)
{
    lxc_put_settings(config, facts);
    node_put(config->arena, facts, "raw", node_copy(config->arena, root));
    node_put(config->arena, facts, "object", node_copy(config->arena, root));
    struct subject subject = {
        .kind = SUBJECT_CONTAINER, .names = *names, .format = "lxc", .facts = facts, .where = root};
    config->collector->add(config->collector, &subject);
}

static void collect_settings(struct collector *collector, const struct node *root)
{
    struct lxc_config config = lxc_config_new(collector);
    lxc_config_add(&config, root);
    const struct node *name = lxc_config_get(&config, "lxc.uts.name");
    struct node *facts = new_facts(&config, root, node_text(name), name);
    lxc_put_confinement(&config, facts);
    lxc_put_mounts(&config, facts);
    lxc_put_resources(&config, facts);
    struct finding_subject names = {.kind = "LXC container", .name = node_text(name)};
    hand_on(&config, facts, root, &names);
}

static void collect_instance(struct collector *collector, const struct node *root)
{
    struct lxc_config config = lxc_config_new(collector);
    const struct node *name = node_get(root, "name");
    if (node_is_text(node_get(root, "type"), "virtual-machine")) {
        if (collector->skip)
            collector->skip(collector, "a virtual machine, not a container");
        return;
    }
    incus_add_settings(&config, root);
    struct node *facts = new_facts(&config, root, node_text(name), name);
    lxc_put_confinement(&config, facts);
    lxc_put_mounts(&config, facts);
    lxc_put_resources(&config, facts);
    incus_put_facts(&config, facts, root);
    struct finding_subject names = {.kind = "Incus instance", .name = node_text(name)};
    hand_on(&config, facts, root, &names);
}

/* Every key of LXC begins so, and no other format's does. */
static bool is_settings(const struct node *root)
{
    const struct node *first = node_is(root, NODE_MAP) ? node_first(root) : NULL;
    return first && node_text(first) && strncmp(first->key, "lxc.", 4) == 0;
}

static bool recognises(const struct node *root)
{
    return is_settings(root) || incus_recognises(root);
}

static void collect(struct collector *collector, const struct node *root)
{
    if (!rows_bounded(collector, root))
        return;
    if (is_settings(root))
        collect_settings(collector, root);
    else
        collect_instance(collector, root);
}

const struct document_kind document_kind_lxc = {.name = "lxc", .recognises = recognises, .collect = collect};
