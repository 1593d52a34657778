#include <string.h>

#include "audit/collect.h"
#include "audit/dockerfile_stage.h"
#include "audit/facts_rows.h"

static bool recognises(const struct node *root)
{
    const struct node *list = node_get(root, "dockerfile");
    return node_is(list, NODE_LIST) && node_text_at(node_first(list), "rest");
}

static struct build new_build(struct collector *collector, const struct node *root)
{
    const char *escape = node_text_at(root, "directives.escape");
    struct arena *arena = collector->arena;
    return (struct build){
        .collector = collector,
        .arena = arena,
        .expander = {.arena = arena, .escape = escape && *escape == '`' ? '`' : '\\'},
        .base_images = node_new_list(arena, root),
        .instructions = node_new_list(arena, root),
        .environment = node_new_list(arena, root),
        .commands = node_new_list(arena, root),
        .adds = node_new_list(arena, root),
    };
}

static struct node *stages_of(struct build *build, const struct node *root)
{
    struct arena *arena = build->arena;
    struct node *list = node_new_list(arena, root);
    for (size_t i = 0; i < build->count; i++) {
        const struct stage *stage = &build->stages[i];
        struct node *row = node_new_map(arena, stage->from);
        if (stage->name)
            node_put(arena, row, "name", node_new_text(arena, stage->name, stage->from));
        node_put(arena, row, "base", node_copy(arena, stage->base));
        if (stage->user)
            node_put(arena, row, "user", node_copy(arena, stage->user));
        node_put(arena, row, "last", node_new_bool(arena, i + 1 == build->count, stage->from));
        node_append(list, row);
    }
    return list;
}

static void put_last_stage(struct build *build, struct node *facts)
{
    struct arena *arena = build->arena;
    const struct stage *last = &build->stages[build->count - 1];
    if (last->user)
        node_put(arena, facts, "user", node_copy(arena, last->user));
    if (last->health)
        node_put(arena, facts, "health_check", node_new_text(arena, last->health, last->health_at));
    node_put(arena, facts, "exposed_ports", last->ports);
}

static struct node *facts_of(struct build *build, const struct node *root)
{
    struct arena *arena = build->arena;
    struct node *facts = node_new_map(arena, root);
    node_put(arena, facts, "format", node_new_text(arena, "dockerfile", NULL));
    node_put(arena, facts, "stages", stages_of(build, root));
    node_put(arena, facts, "base_images", build->base_images);
    put_last_stage(build, facts);
    node_put(arena, facts, "instructions", build->instructions);
    node_put(arena, facts, "environment", build->environment);
    node_put(arena, facts, "commands", build->commands);
    node_put(arena, facts, "adds", build->adds);
    node_put(arena, facts, "raw", node_copy(arena, root));
    node_put(arena, facts, "object", node_copy(arena, root));
    return facts;
}

static void collect(struct collector *collector, const struct node *root)
{
    if (!rows_bounded(collector, root))
        return;
    struct build build = new_build(collector, root);
    for (const struct node *one = node_first(node_get(root, "dockerfile")); one; one = one->next)
        build_take(&build, one);
    if (!build.count) {
        collector->miss(collector, root, "there is no FROM, so nothing is built");
        return;
    }
    /* What the image lacks is missing from its last stage. */
    const struct stage *last = &build.stages[build.count - 1];
    struct subject subject = {
        .kind = SUBJECT_IMAGE_BUILD,
        .names = {.kind = "Dockerfile", .name = last->name},
        .format = "dockerfile",
        .facts = facts_of(&build, root),
        .where = last->from,
    };
    collector->add(collector, &subject);
}

const struct document_kind document_kind_dockerfile = {
    .name = "dockerfile", .recognises = recognises, .collect = collect};
