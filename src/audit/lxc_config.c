#include "audit/lxc_config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/lines.h"
#include "audit/source.h"

static void add_entries(struct lxc_config *config, const struct node *root, const struct node *where, unsigned depth);

/* lxc.container.conf(5) of LXC 2.1 lists old and new names side by side. A name that ends in a dot stands for all that
 * begin with it. */
static const char *const renamed[][2] = {
    {"lxc.aa_allow_incomplete", "lxc.apparmor.allow_incomplete"},
    {"lxc.aa_profile", "lxc.apparmor.profile"},
    {"lxc.id_map", "lxc.idmap"},
    {"lxc.init_cmd", "lxc.init.cmd"},
    {"lxc.init_gid", "lxc.init.gid"},
    {"lxc.init_uid", "lxc.init.uid"},
    {"lxc.limit.", "lxc.prlimit."},
    {"lxc.mount", "lxc.mount.fstab"},
    {"lxc.network.", "lxc.net.0."},
    {"lxc.rootfs", "lxc.rootfs.path"},
    {"lxc.se_context", "lxc.selinux.context"},
    {"lxc.seccomp", "lxc.seccomp.profile"},
    {"lxc.utsname", "lxc.uts.name"},
};

static const char *new_name(struct arena *arena, const char *key)
{
    for (size_t i = 0; i < ARRAY_COUNT(renamed); i++) {
        size_t length = strlen(renamed[i][0]);
        bool group = renamed[i][0][length - 1] == '.';
        if (group && strncmp(key, renamed[i][0], length) == 0)
            return arena_printf(arena, "%s%s", renamed[i][1], key + length);
        if (!group && strcmp(key, renamed[i][0]) == 0)
            return renamed[i][1];
    }
    return key;
}

struct lxc_config lxc_config_new(struct collector *collector)
{
    return (struct lxc_config){
        .arena = collector->arena, .collector = collector, .entries = node_new_map(collector->arena, NULL)};
}

/* ---- includes ---------------------------------------------------------------------------------- */

char *lxc_config_beside(const struct lxc_config *config, const char *path)
{
    const char *file = config->collector->path;
    const char *slash = strrchr(file, '/');
    if (path[0] == '/' || !slash)
        return mem_strdup(path);
    return mem_printf("%.*s%s", (int)(slash - file) + 1, file, path);
}

bool lxc_config_load(struct lxc_config *config, struct source *source, const char *path, const struct node *where)
{
    struct err err = ERR_INIT;
    if (config->files++ >= LXC_INCLUDE_FILES_MAX) {
        config->collector->miss(config->collector, where, "more than %d files are included", LXC_INCLUDE_FILES_MAX);
        return false;
    }
    if (source_load_named(source, path, LXC_INCLUDE_BYTES_MAX, &err) == 0) {
        config->bytes += source->bytes.length;
        if (config->bytes <= LXC_INCLUDE_BYTES_MAX)
            return true;
        (void)err_set(&err, -EFBIG, "more than %d MiB are included", LXC_INCLUDE_BYTES_MAX >> 20);
    }
    config->collector->miss(config->collector, where, "%s", err.sentence);
    return false;
}

static void include_file(struct lxc_config *config, const char *path, const struct node *where, unsigned depth)
{
    AUTO_SOURCE struct source source = SOURCE_INIT;
    if (!lxc_config_load(config, &source, path, where))
        return;
    struct node_stream stream;
    struct err err = ERR_INIT;
    int rc = lxc_read(path, buf_text(&source.bytes), source.bytes.length, config->arena, &stream, &err);
    if (rc < 0)
        config->collector->miss(config->collector, where, "%s", err.sentence);
    if (stream.count)
        add_entries(config, stream.documents[0], where, depth + 1);
}

static int is_conf(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static void include_directory(struct lxc_config *config, const char *path, const struct node *where, unsigned depth)
{
    struct dirent **names = NULL;
    int count = scandir(path, &names, is_conf, alphasort);
    for (int i = 0; i < count; i++) {
        AUTO_FREE char *file = mem_printf("%s/%s", path, names[i]->d_name);
        if (i < LXC_INCLUDE_FILES_MAX)
            include_file(config, file, where, depth);
        free(names[i]);
    }
    free(names);
    if (count < 0 || count > LXC_INCLUDE_FILES_MAX)
        config->collector->miss(config->collector, where, "the directory %s cannot be included: %s", path,
                                count < 0 ? strerror(errno) : "it holds too many files");
}

static void include(struct lxc_config *config, const struct node *entry, const struct node *where, unsigned depth)
{
    AUTO_FREE char *path = lxc_config_beside(config, entry->text);
    struct stat st;
    if (depth >= LXC_INCLUDE_DEPTH_MAX)
        config->collector->miss(config->collector, where, "includes are nested more than %d deep", LXC_INCLUDE_DEPTH_MAX);
    else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        include_directory(config, path, where, depth);
    else
        include_file(config, path, where, depth);
}

/* ---- adding ------------------------------------------------------------------------------------ */

/* where: what brought the entries in; NULL when each stands for itself. */
static void add_entries(struct lxc_config *config, const struct node *root, const struct node *where, unsigned depth)
{
    for (const struct node *entry = node_first(root); entry; entry = entry->next) {
        const struct node *at = where ? where : entry;
        const char *text = node_text(entry);
        if (!text)
            continue;
        if (strcmp(entry->key, "lxc.include") == 0)
            include(config, entry, at, depth);
        else
            node_put(config->arena, config->entries, new_name(config->arena, entry->key),
                     node_new_text(config->arena, text, at));
    }
}

void lxc_config_add(struct lxc_config *config, const struct node *root)
{
    add_entries(config, root, NULL, 0);
}

void lxc_config_add_text(struct lxc_config *config, const struct node *node)
{
    const char *text = node_text(node);
    struct node_stream stream;
    struct err err = ERR_INIT;
    if (!text)
        return;
    if (lxc_read("raw.lxc", text, strlen(text), config->arena, &stream, &err) < 0)
        config->collector->miss(config->collector, node, "%s", err.sentence);
    if (stream.count)
        add_entries(config, stream.documents[0], node, 0);
}

/* ---- asking ------------------------------------------------------------------------------------ */

const struct node *lxc_config_get(const struct lxc_config *config, const char *key)
{
    const struct node *found = NULL;
    for (const struct node *entry = node_first(config->entries); entry; entry = entry->next)
        if (strcmp(entry->key, key) == 0)
            found = entry;
    return found && found->text[0] ? found : NULL;
}

const struct node *lxc_config_cgroup(const struct lxc_config *config, const char *two, const char *one)
{
    AUTO_FREE char *key_two = mem_printf("lxc.cgroup2.%s", two);
    AUTO_FREE char *key_one = mem_printf("lxc.cgroup.%s", one);
    const struct node *found = lxc_config_get(config, key_two);
    return found ? found : lxc_config_get(config, key_one);
}

const struct node *lxc_config_first(const struct lxc_config *config, const char *key)
{
    const struct node *first = NULL;
    for (const struct node *entry = node_first(config->entries); entry; entry = entry->next)
        if (strcmp(entry->key, key) == 0)
            first = entry->text[0] == '\0' ? NULL : first ? first : entry;
    return first;
}

const struct node *lxc_config_next(const struct node *value)
{
    const char *key = value->key;
    for (value = value->next; value; value = value->next)
        if (strcmp(value->key, key) == 0)
            return value;
    return NULL;
}

const char *lxc_config_tail(const struct node *entry, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(entry->key, prefix, length) == 0 && entry->key[length] ? entry->key + length : NULL;
}
