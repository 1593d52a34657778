#include <string.h>

#include "audit/lines.h"
#include "audit/facts_rows.h"
#include "audit/lxc_facts.h"
#include "audit/source.h"

/* The next field of a line of fstab(5), where \040 and the like stand for blanks. */
static const char *take_field(struct arena *arena, const char **at)
{
    *at += strspn(*at, " \t");
    size_t length = strcspn(*at, " \t"), kept = 0;
    char *field = arena_dup(arena, *at, length);
    for (size_t i = 0; i < length; i++) {
        const char *c = *at + i;
        bool octal = *c == '\\' && i + 3 < length && strspn(c + 1, "01234567") >= 3 && c[1] < '2';
        field[kept++] = octal ? (char)((c[1] - '0') * 64 + (c[2] - '0') * 8 + (c[3] - '0')) : *c;
        i += octal ? 3 : 0;
    }
    field[kept] = '\0';
    *at += length;
    return field;
}

/* A relative target is one in the container's root. */
static void add_entry(const struct lxc_config *config, struct node *facts, const char *line, const struct node *where)
{
    struct arena *arena = config->arena;
    const char *source = take_field(arena, &line), *target = take_field(arena, &line);
    const char *type = take_field(arena, &line), *options = take_field(arena, &line);
    if (!target[0])
        return;
    bool bind = options_have(options, "bind") || options_have(options, "rbind");
    struct mount_row mount = {
        .source = facts_path(arena, source),
        .target = facts_path(arena, target[0] == '/' ? target : arena_printf(arena, "/%s", target)),
        .kind = bind || !type[0] ? "bind" : type,
        .options = options[0] ? options : NULL,
        .propagation = options_propagation(options),
        .read_only = options_have(options, "ro"),
    };
    rows_add_mount(arena, facts, &mount, where);
}

/* lxc.mount.fstab: a file with one such line for each mount. */
static void add_table(struct lxc_config *config, struct node *facts)
{
    const struct node *path = lxc_config_get(config, "lxc.mount.fstab");
    AUTO_FREE char *file = path ? lxc_config_beside(config, path->text) : NULL;
    AUTO_SOURCE struct source source = SOURCE_INIT;
    if (!file || !lxc_config_load(config, &source, file, path))
        return;
    struct lines line = lines_of(buf_text(&source.bytes), source.bytes.length);
    while (lines_next(&line)) {
        const char *text = arena_dup(config->arena, line.text, line.length);
        text += strspn(text, " \t");
        if (*text && *text != '#')
            add_entry(config, facts, text, path);
    }
}

/* ---- lxc.mount.auto ---------------------------------------------------------------------------------------- */

static void add_automatic(const struct lxc_config *config, struct node *facts, const char *word, const struct node *where)
{
    struct mount_row sys = {.source = "sysfs", .target = "/sys", .kind = "sysfs", .options = "rw"};
    struct mount_row cgroup = {.source = "cgroup", .target = "/sys/fs/cgroup", .kind = "cgroup", .options = "rw"};
    if (strcmp(word, "proc:rw") == 0)
        node_put(config->arena, facts, "proc_mount", node_new_text(config->arena, "Unmasked", where));
    else if (strcmp(word, "sys:rw") == 0)
        rows_add_mount(config->arena, facts, &sys, where);
    else if (strncmp(word, "cgroup:rw", 9) == 0 || strncmp(word, "cgroup-full:rw", 14) == 0)
        rows_add_mount(config->arena, facts, &cgroup, where);
}

void lxc_put_mounts(const struct lxc_config *config, struct node *facts)
{
    struct lxc_config copy = *config; /* reading the table counts files */
    const struct node *value = lxc_config_first(config, "lxc.mount.entry");
    for (; value; value = lxc_config_next(value))
        add_entry(config, facts, value->text, value);
    add_table(&copy, facts);
    for (value = lxc_config_first(config, "lxc.mount.auto"); value; value = lxc_config_next(value)) {
        const char *at = value->text, *word;
        while (*(word = take_field(config->arena, &at)))
            add_automatic(config, facts, word, value);
    }
    const struct node *options = lxc_config_get(config, "lxc.rootfs.options");
    if (options)
        node_put(config->arena, facts, "read_only_root",
                 node_new_bool(config->arena, options_have(options->text, "ro"), options));
}
