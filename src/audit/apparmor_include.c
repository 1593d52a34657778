#include "audit/apparmor_include.h"

#include <string.h>

#include "audit/apparmor_text.h"
#include "model/apparmor_file.h"

static const char *past(const char *at, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(at, word, length) != 0)
        return NULL;
    return at + length + strspn(at + length, " \t");
}

bool apparmor_include_read(struct arena *arena, const char *statement, struct apparmor_include *ret)
{
    const char *at = past(statement, "include");
    at = at ? at : past(statement, "#include");
    if (!at)
        return false;
    const char *behind = past(at, "if ");
    behind = behind ? past(behind, "exists") : NULL;
    at = behind ? behind : at;
    bool wrapped = *at == '<' || *at == '"';
    at += wrapped;
    *ret = (struct apparmor_include){.name = arena_dup(arena, at, strcspn(at, wrapped ? ">\"" : " \t,")), .optional = behind};
    return ret->name[0] != '\0';
}

struct taker {
    struct arena *arena;
    struct node *list;
};

static int take(void *context, const char *path, const char *bytes, size_t length)
{
    struct taker *taker = context;
    struct err err = ERR_INIT;
    return apparmor_statements(taker->arena, path, bytes, length, taker->list, NULL, &err);
}

bool apparmor_include_statements(struct arena *arena, const char *beside, const struct apparmor_include *include, struct node *list)
{
    const char *slash = strrchr(beside, '/');
    struct taker taker = {.arena = arena, .list = list};
    struct err err = ERR_INIT;
    if (strcmp(beside, "-") == 0)
        return false;
    AUTO_FREE char *directory = slash ? mem_dup(beside, (size_t)(slash - beside) + (slash == beside)) : mem_strdup(".");
    AUTO_FREE char *parent = mem_printf("%s/..", directory);
    AUTO_FREE char *grandparent = mem_printf("%s/../..", directory);
    const char *roots[] = {directory, parent, grandparent};
    struct apparmor_file_options options = {.roots = roots, .root_count = ARRAY_COUNT(roots)};
    return apparmor_include_find(&options, include->name, true, beside, take, &taker, &err) == 0;
}
