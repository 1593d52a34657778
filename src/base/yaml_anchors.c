#include "base/yaml_anchors.h"

#include <string.h>

struct yaml_anchors {
    struct intern *names; /* NULL until there is one: most files have none */
    struct yaml_anchor *items;
    size_t count, capacity;
    size_t document;
};

struct yaml_anchors *yaml_anchors_new(void)
{
    return mem_zero(1, sizeof(struct yaml_anchors));
}

void yaml_anchors_free(struct yaml_anchors *anchors)
{
    if (!anchors)
        return;
    intern_free(anchors->names);
    free(anchors->items);
    free(anchors);
}

void yaml_anchors_forget(struct yaml_anchors *anchors)
{
    anchors->document++;
}

static uint32_t put(struct yaml_anchors *anchors, const char *name, struct yaml_anchor anchor)
{
    if (!anchors->names)
        anchors->names = intern_new();
    anchor.document = anchors->document;
    uint32_t number = intern_add(anchors->names, name, strlen(name));
    if (number == anchors->count) {
        MEM_GROW(anchors->items, anchors->count, anchors->capacity);
        anchors->count++;
    }
    anchors->items[number] = anchor;
    return number;
}

void yaml_anchors_set(struct yaml_anchors *anchors, const char *name, const struct node *scalar)
{
    (void)put(anchors, name, (struct yaml_anchor){.node = scalar, .unfolded = 1, .ended = true});
}

uint32_t yaml_anchors_begin(struct yaml_anchors *anchors, const char *name, const struct node *node)
{
    return put(anchors, name, (struct yaml_anchor){.node = node});
}

void yaml_anchors_end(struct yaml_anchors *anchors, uint32_t number, const struct node *node, size_t unfolded,
                      unsigned height)
{
    if (number == YAML_NO_ANCHOR || anchors->items[number].node != node)
        return;
    anchors->items[number].unfolded = unfolded;
    anchors->items[number].height = height;
    anchors->items[number].ended = true;
}

const struct yaml_anchor *yaml_anchors_find(const struct yaml_anchors *anchors, const char *name)
{
    uint32_t number = anchors->names ? intern_find(anchors->names, name, strlen(name)) : INTERN_NONE;
    if (number == INTERN_NONE || anchors->items[number].document != anchors->document)
        return NULL;
    return &anchors->items[number];
}
