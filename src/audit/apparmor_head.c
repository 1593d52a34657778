/* Heads of profiles: [profile] NAME [ATTACHMENT] [xattrs=(…)] [flags=(…)], hat NAME, ^NAME. */
#include <ctype.h>
#include <string.h>

#include "audit/apparmor_text.h"

static const char *skip(const char *at)
{
    while (isspace((unsigned char)*at))
        at++;
    return at;
}

/* A word, in quotes or up to a blank; NULL when there is none. */
static const char *take_word(struct arena *arena, const char **at)
{
    const char *start = skip(*at);
    bool quoted = *start == '"';
    start += quoted;
    const char *end = start;
    while (*end && (quoted ? *end != '"' : !isspace((unsigned char)*end)))
        end++;
    *at = end + (quoted && *end == '"');
    return end > start ? arena_dup(arena, start, (size_t)(end - start)) : NULL;
}

/* "NAME=(…)" or, without a name, "(…)"; false when at is at none. What stands in the parentheses is given. */
static bool take_list(const char **at, const char *name, const char **ret, size_t *ret_length)
{
    const char *here = *at + strlen(name);
    if (strncmp(*at, name, strlen(name)) != 0)
        return false;
    here = skip(here);
    here = *name && *here == '=' ? skip(here + 1) : here;
    if (*here != '(')
        return false;
    *ret = here + 1;
    *ret_length = strcspn(*ret, ")");
    *at = *ret + *ret_length + ((*ret)[*ret_length] == ')');
    return true;
}

static void add_flags(struct arena *arena, struct node *flags, const char *text, size_t length, const struct node *where)
{
    for (size_t i = 0; i < length;) {
        size_t start = i;
        while (i < length && text[i] != ',' && !isspace((unsigned char)text[i]))
            i++;
        if (i > start)
            node_append(flags, node_new_text(arena, arena_dup(arena, text + start, i - start), where));
        i += i == start;
    }
}

static void read_rest(struct arena *arena, const char *at, const struct node *where, struct apparmor_head *head)
{
    struct node *flags = node_new_list(arena, where);
    const char *text;
    size_t length;
    head->flags = flags;
    while (*(at = skip(at))) {
        if (take_list(&at, "xattrs", &text, &length))
            continue;
        if (take_list(&at, "flags", &text, &length) || take_list(&at, "", &text, &length)) {
            add_flags(arena, flags, text, length, where);
            continue;
        }
        const char *word = take_word(arena, &at);
        if (!word)
            return;
        head->attachment = word;
    }
}

bool apparmor_head_read(struct arena *arena, const struct node *statement, struct apparmor_head *ret)
{
    const struct node *node = node_get(statement, "head");
    const char *at = node_text(node);
    const char *word = at ? take_word(arena, &at) : NULL;
    if (!word)
        return false;
    bool keyword = (strcmp(word, "profile") == 0 || strcmp(word, "hat") == 0) && *skip(at);
    bool path = word[0] == '/' || strncmp(word, "@{", 2) == 0;
    *ret = (struct apparmor_head){.name = word[0] == '^' ? word + 1 : word};
    if (keyword)
        ret->name = take_word(arena, &at);
    else if (path)
        ret->attachment = word;
    else if (word[0] != '^')
        return false;
    if (!ret->name || !*ret->name)
        return false;
    read_rest(arena, at, node, ret);
    return true;
}
