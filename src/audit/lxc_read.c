/* The syntax of lxc.container.conf(5): a map with the keys as written, and as often. */
#include <errno.h>
#include <string.h>

#include "audit/lines.h"
#include "audit/source.h"

enum { LXC_BYTES_MAX = 1 << 20 }; /* far above any real one */

static bool is_key(const char *text, size_t length)
{
    return length > 4 && memcmp(text, "lxc.", 4) == 0 && !memchr(text, ' ', length) && !memchr(text, '\t', length);
}

/* The place of "=" on a line that is an entry; NULL on another. */
static const char *entry_equals(const struct lines *line)
{
    const char *equals = memchr(line->text, '=', line->length);
    return equals && is_key(line->text, lines_trimmed(line->text, (size_t)(equals - line->text))) ? equals : NULL;
}

/* The next line that is no comment and not blank, without the blanks in front; ret_blanks is their number. */
static bool next_entry(struct lines *line, size_t *ret_blanks)
{
    while (lines_next(line)) {
        *ret_blanks = lines_blanks(line->text, line->length);
        line->text += *ret_blanks;
        line->length = lines_trimmed(line->text, line->length - *ret_blanks);
        if (line->length > 0 && line->text[0] != '#')
            return true;
    }
    return false;
}

bool lxc_recognises(const char *bytes, size_t length)
{
    struct lines line = lines_of(bytes, length);
    size_t blanks;
    return next_entry(&line, &blanks) && entry_equals(&line);
}

/* A value within quotes stands without them. */
static struct node *new_value(struct arena *arena, const char *text, size_t length)
{
    bool quoted = length >= 2 && (text[0] == '"' || text[0] == '\'') && text[length - 1] == text[0];
    struct node *node = node_new_text(arena, quoted ? arena_dup(arena, text + 1, length - 2) : arena_dup(arena, text, length), NULL);
    node->quoted = quoted;
    return node;
}

static void add_entry(struct arena *arena, struct node *root, const struct lines *line, size_t blanks, const char *equals)
{
    const char *end = line->text + line->length, *value = equals + 1;
    value += lines_blanks(value, (size_t)(end - value));
    struct node *node = new_value(arena, value, (size_t)(end - value));
    node->line = node->value_line = line->number;
    node->column = (uint32_t)blanks + 1;
    node->value_column = (uint32_t)(blanks + (size_t)(value - line->text)) + 1;
    const char *key = arena_dup(arena, line->text, lines_trimmed(line->text, (size_t)(equals - line->text)));
    node_put(arena, root, key, node);
}

static int fail(const char *name, struct node_stream *stream, int code, const struct lines *line, size_t blanks,
                const char *why, struct err *err)
{
    stream->error_line = line->number;
    stream->error_column = (uint32_t)blanks + 1;
    return err_set(err, code, "%s:%u:%u: not a valid LXC configuration: %s", name, line->number, stream->error_column, why);
}

static int read_entries(const char *name, struct lines *line, struct arena *arena, struct node *root,
                        struct node_stream *stream, struct err *err)
{
    size_t blanks;
    while (next_entry(line, &blanks)) {
        const char *equals = entry_equals(line);
        if (!equals)
            return fail(name, stream, -EINVAL, line, blanks, "an LXC setting is \"lxc.KEY = VALUE\"", err);
        if (memchr(line->text, '\0', line->length))
            return fail(name, stream, -EINVAL, line, blanks, "it contains a NUL byte", err);
        add_entry(arena, root, line, blanks, equals);
    }
    return 0;
}

int lxc_read(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
             struct err *err)
{
    *ret = (struct node_stream){0};
    if (length > LXC_BYTES_MAX)
        return err_set(err, -E2BIG, "cannot read %s: an LXC configuration of more than %d MiB is none", name,
                       LXC_BYTES_MAX >> 20);
    struct lines line = lines_of(bytes, length);
    struct node *root = node_new_map(arena, NULL);
    int rc = read_entries(name, &line, arena, root, ret, err);
    root->line = root->value_line = root->first ? root->first->line : 1;
    root->column = root->value_column = root->first ? root->first->column : 1;
    ret->documents = arena_alloc(arena, sizeof(*ret->documents));
    ret->documents[0] = root;
    ret->count = root->count > 0;
    ret->empty_count = root->count == 0;
    return rc;
}
