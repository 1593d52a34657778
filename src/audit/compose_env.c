/* Variables from .env and env_file: NAME=VALUE lines as Compose reads them. */
#include <ctype.h>
#include <string.h>

#include "audit/compose.h"

enum { BUCKETS = 256, VARIABLES_MAX = 5000 };

struct compose_env {
    struct compose_reader *reader;
    const char *path; /* of an env_file */
    struct compose_env *next_file;
    const struct compose_env *asked_first;
    struct compose_variable *first, *last;
    size_t count;
    struct compose_variable *buckets[BUCKETS];
};

static size_t bucket_of(const char *name)
{
    uint32_t hash = 2166136261; /* FNV-1a */
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619;
    return hash % BUCKETS;
}

static struct compose_variable *find_own(const struct compose_env *env, const char *name)
{
    struct compose_variable *at = env->buckets[bucket_of(name)];
    /* Whoever wrote the names may have made them collide. */
    while (at && strcmp(at->name, name) != 0)
        at = compose_spend(env->reader, 1) ? at->chain : NULL;
    return at;
}

struct compose_env *compose_env_new(struct compose_reader *reader, const struct compose_env *first)
{
    struct compose_env *env = arena_alloc(reader->arena, sizeof(*env));
    env->reader = reader;
    env->asked_first = first;
    return env;
}

const char *compose_env_get(const struct compose_env *env, const char *name)
{
    if (!env)
        return NULL;
    const char *before = compose_env_get(env->asked_first, name);
    if (before)
        return before;
    const struct compose_variable *own = find_own(env, name);
    return own ? own->value : NULL;
}

const struct compose_variable *compose_env_first(const struct compose_env *env)
{
    return env->first;
}

void compose_env_set(struct compose_env *env, const char *name, const char *value)
{
    struct compose_variable *there = find_own(env, name);
    if (there) {
        there->value = value;
        return;
    }
    if (env->count++ >= VARIABLES_MAX)
        return;
    struct compose_variable *variable = arena_alloc(env->reader->arena, sizeof(*variable));
    size_t bucket = bucket_of(name);
    *variable = (struct compose_variable){.name = name, .value = value, .chain = env->buckets[bucket]};
    env->buckets[bucket] = variable;
    *(env->last ? &env->last->next : &env->first) = variable;
    env->last = variable;
}

/* Up to the closing quote, or the end of the file; ret gets the value. */
static const char *read_quoted(const char *at, struct buf *ret)
{
    char quote = *at++;
    for (; *at && *at != quote; at++) {
        if (*at != '\\' || quote == '\'' || !at[1]) {
            buf_add_char(ret, *at);
            continue;
        }
        at++;
        if (*at == '$')
            buf_add_text(ret, "$$"); /* for the replacement of variables, which comes after */
        else
            buf_add_char(ret, *at == 'n' ? '\n' : *at == 't' ? '\t' : *at == 'r' ? '\r' : *at);
    }
    return *at ? at + 1 : at;
}

/* Up to the end of the line, or a comment behind a blank. */
static const char *read_plain(const char *at, struct buf *ret)
{
    const char *start = at;
    size_t length = strcspn(at, "\r\n");
    for (size_t i = 1; i < length; i++)
        if (start[i] == '#' && isblank((unsigned char)start[i - 1]))
            length = i;
    at = start + length;
    while (length > 0 && isblank((unsigned char)start[length - 1]))
        length--;
    buf_add(ret, start, length);
    return at;
}

static const char *read_value(struct compose_reader *reader, const struct compose_env *env, const char *at,
                              const char **ret)
{
    AUTO_BUF struct buf value = BUF_INIT;
    at += strspn(at, " \t");
    bool literal = *at == '\'';
    at = *at == '\'' || *at == '"' ? read_quoted(at, &value) : *at == '#' ? at : read_plain(at, &value);
    const char *text = arena_strdup(reader->arena, buf_text(&value));
    bool open = false;
    *ret = literal ? text : compose_expand(reader, env, text, &open);
    return at;
}

static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("_.-", text[i]))
            return false;
    return length > 0;
}

/* One line that is no comment; a name without a value would come from the shell. */
static const char *read_line(struct compose_reader *reader, struct compose_env *env, const char *at)
{
    if (strncmp(at, "export", 6) == 0 && isblank((unsigned char)at[6]))
        at += 7 + strspn(at + 7, " \t");
    size_t length = strcspn(at, "=:\r\n");
    const char *behind = at + length;
    size_t name_length = length;
    while (name_length > 0 && isblank((unsigned char)at[name_length - 1]))
        name_length--;
    if ((*behind != '=' && *behind != ':') || !is_name(at, name_length))
        return at + strcspn(at, "\n");
    const char *name = arena_dup(reader->arena, at, name_length);
    const char *value;
    at = read_value(reader, env, behind + 1, &value);
    compose_env_set(env, name, value);
    return at + strcspn(at, "\n");
}

void compose_env_read(struct compose_reader *reader, struct compose_env *env, const char *path, bool required,
                      const struct node *where)
{
    size_t length;
    const char *at = compose_bytes(reader, path, required, where, &length);
    if (!at)
        return;
    if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3;
    while (*at) {
        at += strspn(at, " \t\r\n");
        at = *at == '#' ? at + strcspn(at, "\n") : *at ? read_line(reader, env, at) : at;
    }
}

const struct compose_env *compose_env_file(struct compose_reader *reader, const char *path, bool required,
                                           const struct node *where)
{
    struct compose_env *env = reader->env_files;
    while (env && strcmp(env->path, path) != 0)
        env = env->next_file;
    if (env)
        return env;
    env = compose_env_new(reader, NULL);
    compose_env_read(reader, env, path, required, where);
    env->path = path;
    env->next_file = reader->env_files;
    reader->env_files = env;
    return env;
}
