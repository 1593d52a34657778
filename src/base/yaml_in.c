#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "base/mem.h"
#include "base/node_in.h"
#include "base/node_keys.h"
#include "base/yaml_anchors.h"
#include "base/yaml_scalar.h"
#include "base/yaml_text.h"

/* libyaml looks at most this many characters ahead for the ':' of a key (scanner.c, yaml_parser_stale_simple_keys). */
enum { KEY_LENGTH_MAX = 1024 };
#define STANDARD_TAG "tag:yaml.org,2002:"

/* The key of an entry that merges: known by its address, because "<<" in quotes is a key like others. */
static const char merge_key[] = "<<";

/* A list or map that has begun and not ended. */
struct frame {
    struct node *node;
    size_t total_before; /* nodes of the file up to this one */
    unsigned height;     /* of the highest of its children */
    uint32_t anchor;     /* its number, or YAML_NO_ANCHOR */
    bool merges;
    bool has_key; /* the key below waits for its value */
    const char *key;
    uint32_t key_length, key_line, key_column;
};

struct yaml_in {
    const char *name;
    struct arena *arena;
    struct err *err;
    struct yaml_text text;
    struct yaml_place place;
    yaml_parser_t parser;
    struct yaml_anchors *anchors;
    struct node_keys keys;
    struct frame frames[NODE_DEPTH_MAX];
    unsigned depth;
    struct node *root;
    size_t total; /* nodes of the file, aliases unfolded */
    const struct node **documents;
    size_t count, capacity, empty_count;
    bool ended; /* the last document by "..." */
    uint32_t error_line, error_column;
};

static int __attribute__((format(printf, 5, 6)))
fail_at(struct yaml_in *in, int code, uint32_t line, uint32_t column, const char *format, ...)
{
    char why[ERR_SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    in->error_line = line;
    in->error_column = column;
    return err_set(in->err, code, "%s:%u:%u: %s", in->name, line, column, why);
}

/* Events come in the order of the file, so that place only ever moves forward. At the end of a file whose last line
 * does not end, libyaml speaks of the line behind it. */
static void find_place(struct yaml_in *in, struct yaml_place *place, const yaml_mark_t *mark, uint32_t *ret_line,
                       uint32_t *ret_column)
{
    if (in->text.is_ascii && mark->index < in->text.length) {
        *ret_line = (uint32_t)mark->line + 1;
        *ret_column = (uint32_t)mark->column + 1;
        return;
    }
    yaml_text_advance(&in->text, place, mark->index);
    *ret_line = place->line + 1;
    *ret_column = (uint32_t)(place->byte - place->line_start) + 1;
}

#define fail(in, code, mark, ...)                                                                           \
    ({                                                                                                      \
        uint32_t line_, column_;                                                                            \
        find_place((in), &(in)->place, (mark), &line_, &column_);                                           \
        fail_at((in), (code), line_, column_, __VA_ARGS__);                                                 \
    })

/* ---- nodes --------------------------------------------------------------------------------------- */

static struct frame *top(struct yaml_in *in)
{
    return in->depth > 0 ? &in->frames[in->depth - 1] : NULL;
}

static int count_nodes(struct yaml_in *in, size_t count, const yaml_mark_t *mark)
{
    in->total += count;
    if (in->total <= NODE_COUNT_MAX)
        return 0;
    return fail(in, -E2BIG, mark, "more than %d values, counting each alias as what it stands for",
                NODE_COUNT_MAX);
}

/* Hangs a node with its value at mark where the next one belongs. */
static void attach(struct yaml_in *in, struct node *node, const yaml_mark_t *mark)
{
    find_place(in, &in->place, mark, &node->value_line, &node->value_column);
    node->line = node->value_line;
    node->column = node->value_column;
    struct frame *frame = top(in);
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
    struct frame *frame = top(in);
    if (node->key == merge_key && height > 0)
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
           memcmp(event->data.scalar.value, merge_key, 2) == 0;
}

static int take_scalar_key(struct yaml_in *in, struct frame *frame, const yaml_event_t *event)
{
    const char *anchor = (const char *)event->data.scalar.anchor;
    if (is_merge(event)) {
        frame->key = merge_key;
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

static int take_alias_key(struct yaml_in *in, struct frame *frame, const yaml_event_t *event)
{
    const struct yaml_anchor *anchor = yaml_anchors_find(in->anchors, (const char *)event->data.alias.anchor);
    const char *text = anchor ? node_text(anchor->node) : NULL;
    if (!text)
        return fail(in, -EINVAL, &event->start_mark, "the alias *%.60s as a key stands for no text",
                    (const char *)event->data.alias.anchor);
    frame->key = text;
    frame->key_length = (uint32_t)anchor->node->length;
    return 0;
}

static int take_key(struct yaml_in *in, struct frame *frame, const yaml_event_t *event)
{
    frame->has_key = true;
    find_place(in, &in->place, &event->start_mark, &frame->key_line, &frame->key_column);
    if (event->type == YAML_SCALAR_EVENT)
        return take_scalar_key(in, frame, event);
    if (event->type == YAML_ALIAS_EVENT)
        return take_alias_key(in, frame, event);
    return fail(in, -EINVAL, &event->start_mark,
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
    return fail(in, -E2BIG, mark, "nests deeper than %d levels", NODE_DEPTH_MAX);
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
    struct frame frame = {.node = node, .total_before = in->total, .anchor = YAML_NO_ANCHOR};
    if (anchor)
        frame.anchor = yaml_anchors_begin(in->anchors, (const char *)anchor, node);
    in->frames[in->depth++] = frame;
    return count_nodes(in, 1, mark);
}

static int merge_map(struct yaml_in *in, struct node *map, const struct node *source, const struct node *entry)
{
    if (source->kind != NODE_MAP)
        return fail_at(in, -EINVAL, entry->line, entry->column, "<< merges maps, and this is none");
    for (const struct node *from = source->first; from; from = from->next) {
        struct node *copy = arena_alloc(in->arena, sizeof(*copy));
        *copy = *from;
        copy->aliased = true;
        copy->next = NULL;
        copy->parent = NULL;
        node_append(map, copy);
    }
    return 0;
}

static int merge_entry(struct yaml_in *in, struct node *map, const struct node *entry)
{
    if (entry->kind != NODE_LIST)
        return merge_map(in, map, entry, entry);
    int rc = 0;
    for (const struct node *item = entry->first; item && rc == 0; item = item->next)
        rc = merge_map(in, map, item, entry);
    return rc;
}

/* Takes the entries that merge out of the map, and puts what they stand for behind those that stay. */
static int resolve_merges(struct yaml_in *in, struct node *map)
{
    struct node merges = {.kind = NODE_LIST};
    const struct node *entries = map->first;
    map->first = NULL;
    map->last = NULL;
    map->count = 0;
    for (struct node *entry = (struct node *)(uintptr_t)entries, *next; entry; entry = next) {
        next = (struct node *)(uintptr_t)entry->next;
        entry->next = NULL;
        entry->parent = NULL;
        node_append(entry->key == merge_key ? &merges : map, entry);
        entry->parent = map;
    }
    node_keys_last_wins(&in->keys, map);
    int rc = 0;
    for (const struct node *entry = merges.first; entry && rc == 0; entry = entry->next)
        rc = merge_entry(in, map, entry);
    node_keys_first_wins(&in->keys, map);
    return rc;
}

static int end(struct yaml_in *in)
{
    struct frame *frame = top(in);
    struct node *node = frame->node;
    int rc = 0;
    if (frame->merges)
        rc = resolve_merges(in, node);
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
        return fail(in, -EINVAL, mark, "the alias *%.60s has no anchor before it", name);
    if (!anchor->ended)
        return fail(in, -EINVAL, mark, "the alias *%.60s stands inside of what it names", name);
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

/* ---- documents ----------------------------------------------------------------------------------- */

static int begin_document(struct yaml_in *in, const yaml_event_t *event)
{
    if (in->count + in->empty_count == NODE_DOCUMENTS_MAX)
        return fail(in, -E2BIG, &event->start_mark, "more than %d documents", NODE_DOCUMENTS_MAX);
    in->root = NULL;
    yaml_anchors_forget(in->anchors);
    return 0;
}

static int end_document(struct yaml_in *in, const yaml_event_t *event)
{
    in->ended = !event->data.document_end.implicit;
    if (in->root->kind == NODE_NULL) {
        in->empty_count++;
        return 0;
    }
    MEM_GROW(in->documents, in->count, in->capacity);
    in->documents[in->count++] = in->root;
    return 0;
}

static int take_event(struct yaml_in *in, const yaml_event_t *event)
{
    struct frame *frame = top(in);
    bool is_key = frame && frame->node->kind == NODE_MAP && !frame->has_key;
    if (is_key && event->type != YAML_MAPPING_END_EVENT)
        return take_key(in, frame, event);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return begin_document(in, event);
    case YAML_DOCUMENT_END_EVENT:
        return end_document(in, event);
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
        return end(in);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
        break;
    }
    return 0;
}

static int parser_error(struct yaml_in *in)
{
    const yaml_parser_t *parser = &in->parser;
    if (parser->error == YAML_MEMORY_ERROR)
        abort();
    struct yaml_place place = {0};
    uint32_t line = 0;
    uint32_t column = 0;
    find_place(in, &place, &parser->problem_mark, &line, &column);
    const char *hint = parser->problem_mark.column > KEY_LENGTH_MAX ||
                               parser->problem_mark.index > parser->context_mark.index + KEY_LENGTH_MAX
                           ? "; a key may have at most 1,024 characters unless the file is JSON"
                           : "";
    return fail_at(in, -EINVAL, line, column, "not valid YAML: %s%s%s%s", parser->problem,
                   parser->context ? " " : "", parser->context ? parser->context : "", hint);
}

static int read_events(struct yaml_in *in)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&in->parser, &event))
            return parser_error(in);
        bool last = event.type == YAML_STREAM_END_EVENT;
        int rc = take_event(in, &event);
        yaml_event_delete(&event);
        if (rc < 0 || last)
            return rc;
    }
}

/* The file was read up to a byte that cannot be. The document before it is not whole unless it was ended, and an error
 * where reading stopped comes from stopping there. */
static int wrong_byte(struct yaml_in *in, int rc)
{
    struct yaml_place place = {0};
    yaml_text_advance(&in->text, &place, SIZE_MAX);
    uint32_t line = place.line + 1;
    uint32_t column = (uint32_t)(place.byte - place.line_start) + 1;
    if (rc < 0 && (in->error_line < line || (in->error_line == line && in->error_column < column)))
        return rc;
    if (rc == 0 && !in->ended && in->root && in->root->kind == NODE_NULL)
        in->empty_count--;
    else if (rc == 0 && !in->ended && in->root)
        in->count--;
    return fail_at(in, -EINVAL, line, column, "not valid YAML: here is %s", in->text.wrong);
}

static int read_text(struct yaml_in *in)
{
    if (!yaml_parser_initialize(&in->parser))
        abort();
    yaml_parser_set_encoding(&in->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&in->parser, (const unsigned char *)in->text.bytes, in->text.length);
    int rc = read_events(in);
    yaml_parser_delete(&in->parser);
    if (in->text.wrong)
        rc = wrong_byte(in, rc);
    return rc;
}

int yaml_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
              struct err *err)
{
    *ret = (struct node_stream){0};
    if (length > NODE_BYTES_MAX)
        return err_set(err, -E2BIG, "%s: larger than %d MiB", name, NODE_BYTES_MAX >> 20);
    struct yaml_in in = {.name = name, .arena = arena, .err = err, .keys = {.arena = arena}};
    yaml_text_init(&in.text, bytes, length);
    in.anchors = yaml_anchors_new();
    int rc = read_text(&in);
    ret->documents = arena_alloc(arena, in.count * sizeof(*ret->documents));
    if (in.count > 0)
        memcpy(ret->documents, in.documents, in.count * sizeof(*ret->documents));
    ret->count = in.count;
    /* A file of nothing but comments is one that holds nothing. */
    ret->empty_count = in.empty_count + (rc == 0 && in.count + in.empty_count == 0);
    ret->duplicates = in.keys.duplicates;
    ret->error_line = in.error_line;
    ret->error_column = in.error_column;
    free(in.documents);
    yaml_anchors_free(in.anchors);
    node_keys_done(&in.keys);
    yaml_text_done(&in.text);
    return rc;
}
