#include <errno.h>
#include <string.h>

#include "base/yaml_part.h"
#include "base/yaml_scalar.h"

#define STANDARD_TAG "tag:yaml.org,2002:"

static struct yaml_frame *top(struct yaml_in *in)
{
    return in->depth > 0 ? &in->frames[in->depth - 1] : NULL;
}

static int count_nodes(struct yaml_in *in, size_t count, const yaml_mark_t *mark)
{
    in->total += count;
    if (in->total <= NODE_COUNT_MAX)
        return 0;
    return yaml_fail(in, -E2BIG, mark, "more than %d values, counting each alias as what it stands for",
                NODE_COUNT_MAX);
}

/* Hangs a node with its value at mark where the next one belongs. */
static void attach(struct yaml_in *in, struct node *node, const yaml_mark_t *mark)
{
    yaml_find_place(in, &in->place, mark, &node->value_line, &node->value_column);
    node->line = node->value_line;
    node->column = node->value_column;
    struct yaml_frame *frame = top(in);
    if (!frame) {
        in->root = node;
        return;
    }
    if (frame->has_key) {
        node->key = frame->key;
        node->key_length = frame->key_length;
        node->line = frame->key_line;
        node->column = frame->key_column;
        frame->has_key = false;
    }
    node_append(frame->node, node);
}

/* What a node adds to the height of the one it hangs in. Merging takes away the level of the map that is merged in,
 * and that of a list of them. */
static void raise_top(struct yaml_in *in, const struct node *node, unsigned height)
{
    struct yaml_frame *frame = top(in);
    if (node->key == yaml_merge_key && height > 0)
        height -= node->kind == NODE_LIST && height > 1 ? 2 : 1;
    if (frame && height > frame->height)
        frame->height = height;
}

static uint8_t tag_of(const yaml_char_t *tag)
{
    if (!tag || tag[0] != '!')
        return NODE_TAG_NONE;
    return strcmp((const char *)tag, "!reset") == 0      ? NODE_TAG_RESET
           : strcmp((const char *)tag, "!override") == 0 ? NODE_TAG_OVERRIDE
                                                         : NODE_TAG_NONE;
}

/* ---- scalars and keys ---------------------------------------------------------------------------- */

static bool is_text_tag(const char *tag)
{
    return strcmp(tag, "!") == 0 || strcmp(tag, STANDARD_TAG "str") == 0 ||
           strcmp(tag, STANDARD_TAG "binary") == 0;
}

static struct node *make_scalar(struct yaml_in *in, const yaml_event_t *event)
{
    const char *tag = (const char *)event->data.scalar.tag;
    struct node *node = arena_alloc(in->arena, sizeof(*node));
    node->length = event->data.scalar.length;
    node->text = arena_dup(in->arena, event->data.scalar.value, node->length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->tag = tag_of(event->data.scalar.tag);
    bool is_typed = tag && strncmp(tag, STANDARD_TAG, sizeof(STANDARD_TAG) - 1) == 0;
    if ((tag && is_text_tag(tag)) || (node->quoted && !is_typed))
        node->kind = NODE_STRING;
    else
        yaml_scalar_resolve(node);
    return node;
}

static bool is_merge(const yaml_event_t *event)
{
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && event->data.scalar.length == 2 &&
           memcmp(event->data.scalar.value, yaml_merge_key, 2) == 0;
}

static int take_scalar_key(struct yaml_in *in, struct yaml_frame *frame, const yaml_event_t *event)
{
    const char *anchor = (const char *)event->data.scalar.anchor;
    if (is_merge(event)) {
        frame->key = yaml_merge_key;
        frame->key_length = 2;
        frame->merges = true;
        return 0;
    }
    if (!anchor) {
        frame->key_length = (uint32_t)event->data.scalar.length;
        frame->key = arena_dup(in->arena, event->data.scalar.value, frame->key_length);
        return 0;
    }
    struct node *node = make_scalar(in, event);
    frame->key = node->text;
    frame->key_length = (uint32_t)node->length;
    yaml_anchors_set(in->anchors, anchor, node);
    return count_nodes(in, 1, &event->start_mark);
}

static int take_alias_key(struct yaml_in *in, struct yaml_frame *frame, const yaml_event_t *event)
{
    const struct yaml_anchor *anchor = yaml_anchors_find(in->anchors, (const char *)event->data.alias.anchor);
    const char *text = anchor ? node_text(anchor->node) : NULL;
    if (!text)
        return yaml_fail(in, -EINVAL, &event->start_mark, "the alias *%.60s as a key stands for no text",
                    (const char *)event->data.alias.anchor);
    frame->key = text;
    frame->key_length = (uint32_t)anchor->node->length;
    return 0;
}

static int take_key(struct yaml_in *in, struct yaml_frame *frame, const yaml_event_t *event)
{
    frame->has_key = true;
    yaml_find_place(in, &in->place, &event->start_mark, &frame->key_line, &frame->key_column);
    if (event->type == YAML_SCALAR_EVENT)
        return take_scalar_key(in, frame, event);
    if (event->type == YAML_ALIAS_EVENT)
        return take_alias_key(in, frame, event);
    return yaml_fail(in, -EINVAL, &event->start_mark,
                "a list or a map cannot be a key here (a template that was not rendered?)");
}

static int take_scalar(struct yaml_in *in, const yaml_event_t *event)
{
    struct node *node = make_scalar(in, event);
    attach(in, node, &event->start_mark);
    if (event->data.scalar.anchor)
        yaml_anchors_set(in->anchors, (const char *)event->data.scalar.anchor, node);
    return count_nodes(in, 1, &event->start_mark);
}

/* ---- lists, maps and aliases --------------------------------------------------------------------- */

static int too_deep(struct yaml_in *in, const yaml_mark_t *mark)
{
    return yaml_fail(in, -E2BIG, mark, "nests deeper than %d levels", NODE_DEPTH_MAX);
}

static int begin(struct yaml_in *in, enum node_kind kind, const yaml_char_t *anchor, const yaml_char_t *tag,
                 const yaml_mark_t *mark)
{
    if (in->depth == NODE_DEPTH_MAX)
        return too_deep(in, mark);
    struct node *node = arena_alloc(in->arena, sizeof(*node));
    node->kind = (uint8_t)kind;
    node->tag = tag_of(tag);
    attach(in, node, mark);
    struct yaml_frame frame = {.node = node, .total_before = in->total, .anchor = YAML_NO_ANCHOR};
    if (anchor)
        frame.anchor = yaml_anchors_begin(in->anchors, (const char *)anchor, node);
    in->frames[in->depth++] = frame;
    return count_nodes(in, 1, mark);
}

static int end(struct yaml_in *in, const struct yaml_frame *frame)
{
    struct node *node = frame->node;
    int rc = 0;
    if (frame->merges)
        rc = yaml_merge_resolve(in, node);
    else if (node->kind == NODE_MAP)
        node_keys_last_wins(&in->keys, node);
    in->depth--;
    yaml_anchors_end(in->anchors, frame->anchor, node, in->total - frame->total_before, frame->height + 1);
    raise_top(in, node, frame->height + 1);
    return rc;
}

static int take_alias(struct yaml_in *in, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const yaml_mark_t *mark = &event->start_mark;
    const struct yaml_anchor *anchor = yaml_anchors_find(in->anchors, name);
    if (!anchor)
        return yaml_fail(in, -EINVAL, mark, "the alias *%.60s has no anchor before it", name);
    if (!anchor->ended)
        return yaml_fail(in, -EINVAL, mark, "the alias *%.60s stands inside of what it names", name);
    if (in->depth + anchor->height > NODE_DEPTH_MAX)
        return too_deep(in, mark);
    int rc = count_nodes(in, anchor->unfolded, mark);
    if (rc < 0)
        return rc;
    struct node *node = arena_alloc(in->arena, sizeof(*node));
    *node = *anchor->node;
    node->aliased = true;
    node->key = NULL;
    node->key_length = 0;
    node->next = NULL;
    node->parent = NULL;
    attach(in, node, mark);
    raise_top(in, node, anchor->height);
    return 0;
}

/* ---- events --------------------------------------------------------------------------------------- */

int yaml_tree_take(struct yaml_in *in, const yaml_event_t *event)
{
    struct yaml_frame *frame = top(in);
    bool is_key = frame && frame->node->kind == NODE_MAP && !frame->has_key;
    if (is_key && event->type != YAML_MAPPING_END_EVENT)
        return take_key(in, frame, event);
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return take_alias(in, event);
    case YAML_SCALAR_EVENT:
        return take_scalar(in, event);
    case YAML_SEQUENCE_START_EVENT:
        return begin(in, NODE_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag,
                     &event->start_mark);
    case YAML_MAPPING_START_EVENT:
        return begin(in, NODE_MAP, event->data.mapping_start.anchor, event->data.mapping_start.tag,
                     &event->start_mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return frame ? end(in, frame) : 0;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return 0;
}
