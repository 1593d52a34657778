#include <string.h>

#include "audit/rule_impl.h"
#include "base/text.h"

/* So much of one value is shown, of the file or made from it, and of one message. */
enum { VALUE_MAX = 120, DERIVED_MAX = 600, FILLED_MAX = 1000 };

const struct node *rule_fact(const struct fact_path *path, const struct node *facts, const struct node *item)
{
    bool of_item = path->count > 0 && path->keys[0].length == 4 && memcmp(path->keys[0].text, "item", 4) == 0;
    if (!of_item)
        return fact_path_find(path, facts);
    struct fact_path rest = {.count = path->count - 1, .keys = path->keys + 1};
    return fact_path_find(&rest, item);
}

struct filling {
    const struct node *facts;
    const struct node *item;
    struct arena *arena;
    bool raw;
};

/* Whole characters, as many as fit. */
static size_t shown_length(const char *text, size_t length, size_t most)
{
    if (length <= most)
        return length;
    for (length = most; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
        length--;
    return length;
}

static size_t most_of(const struct node *node)
{
    return node_origin(node)->line > 0 ? VALUE_MAX : DERIVED_MAX;
}

static void add_text(const struct filling *filling, struct buf *out, const struct node *node)
{
    const char *text = node_text(node);
    size_t shown = filling->raw ? node->length : shown_length(text, node->length, most_of(node));
    if (filling->raw)
        buf_add(out, text, shown);
    else
        text_escape(out, text, shown);
    if (shown < node->length)
        buf_add_text(out, "…");
}

static void add_value(const struct filling *filling, struct buf *out, const struct node *node)
{
    size_t before = out->length;
    if (node_text(node)) {
        add_text(filling, out, node);
    } else if (node_is(node, NODE_LIST)) {
        for (const struct node *item = node->first; item; item = item->next) {
            if (!node_text(item))
                continue;
            buf_add_text(out, out->length > before ? ", " : "");
            if (out->length >= before + most_of(item)) {
                buf_add_text(out, "…");
                break;
            }
            add_text(filling, out, item);
        }
    }
    if (out->length == before)
        buf_add_char(out, '-');
}

/* The placeholder that begins at the brace at `at`: its length with both braces; 0 when it is none, and stays as it is. */
static size_t placeholder_length(const char *at)
{
    const char *end = strpbrk(at + 1, "{} \n");
    return end && *end == '}' && end > at + 1 ? (size_t)(end + 1 - at) : 0;
}

static void fill(const struct filling *filling, const char *template_, struct buf *out)
{
    while (*template_ && out->length < FILLED_MAX) {
        size_t plain = strcspn(template_, "{");
        buf_add(out, template_, plain);
        template_ += plain;
        if (*template_ == '\0')
            return;
        struct fact_path path;
        size_t length = placeholder_length(template_);
        if (length && fact_path_compile(template_ + 1, length - 2, filling->arena, &path)) {
            add_value(filling, out, rule_fact(&path, filling->facts, filling->item));
        } else {
            length = 1;
            buf_add_char(out, '{');
        }
        template_ += length;
    }
}

const char *rule_fill(const char *template_, const struct node *facts, const struct node *item, struct arena *arena)
{
    AUTO_BUF struct buf out = BUF_INIT;
    fill(&(struct filling){facts, item, arena, false}, template_, &out);
    return arena_strdup(arena, buf_text(&out));
}

const char *rule_fill_raw(const char *template_, const struct node *facts, const struct node *item, struct arena *arena)
{
    AUTO_BUF struct buf out = BUF_INIT;
    fill(&(struct filling){facts, item, arena, true}, template_, &out);
    return arena_strdup(arena, buf_text(&out));
}
