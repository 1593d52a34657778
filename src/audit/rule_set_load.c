/*
 * Where rules come from: the tables compiled in, and directories of users.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/rule_impl.h"
#include "audit/strict.h"
#include "base/file.h"
#include "base/node_in.h"
#include "base/strings.h"
#include "rule_files.h"

static const char lists_name[] = "lists.yaml";

/* Of one rule file; of one directory, and how deep it may be. */
enum { FILE_BYTES_MAX = 1 << 20, FILES_MAX = 10000, DIRECTORY_DEPTH_MAX = 16 };

/* ---- compiled in -------------------------------------------------------------------------------------------------- */

int rule_set_add_built_in(struct rule_set *set, struct err *err)
{
    for (size_t i = 0; i < rule_files_count; i++)
        if (strcmp(rule_files[i].path, lists_name) == 0)
            rule_set_add_lists(set, rule_files[i].root);
    for (size_t i = 0; i < rule_files_count; i++) {
        if (strcmp(rule_files[i].path, lists_name) == 0)
            continue;
        const char *path = arena_printf(set->arena, "rules/%s", rule_files[i].path);
        int rc = rule_set_add(set, path, rule_files[i].root, true, err);
        if (rc < 0)
            return rc;
    }
    rule_set_index(set);
    return 0;
}

/* ---- of a directory ------------------------------------------------------------------------------------------------ */

struct paths {
    char **items;
    size_t count;
};

static void paths_done(struct paths *paths)
{
    strings_free(&paths->items, &paths->count);
}

static bool is_yaml(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".yaml") == 0;
}

static void closedir_cleanup(DIR **directory)
{
    if (*directory)
        (void)closedir(*directory);
}

static int find_files(const char *directory, unsigned depth, struct paths *paths, struct err *err);

/* Symbolic links are followed to files and not to directories, which might lead in a circle. */
static int take_entry(const char *path, const char *name, unsigned depth, struct paths *paths, struct err *err)
{
    struct stat own, target;
    if (name[0] == '.' || lstat(path, &own) < 0)
        return 0;
    if (S_ISDIR(own.st_mode))
        return find_files(path, depth + 1, paths, err);
    if (!is_yaml(name) || stat(path, &target) < 0 || !S_ISREG(target.st_mode))
        return 0;
    if (paths->count == FILES_MAX)
        return err_set(err, -E2BIG, "the directory of rules holds more than %d files", FILES_MAX);
    strings_add(&paths->items, &paths->count, path);
    return 0;
}

static int find_files(const char *directory, unsigned depth, struct paths *paths, struct err *err)
{
    if (depth > DIRECTORY_DEPTH_MAX)
        return err_set(err, -E2BIG, "cannot read the rules in %s: directories are nested too deep", directory);
    AUTO(closedir_cleanup) DIR *open = opendir(directory);
    if (!open)
        return err_set(err, -errno, "cannot read the rules in %s: %s", directory, strerror(errno));
    int rc = 0;
    for (struct dirent *entry; rc == 0 && (entry = readdir(open));) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, entry->d_name);
        rc = take_entry(path, entry->d_name, depth, paths, err);
    }
    return rc;
}

static int read_file(struct rule_set *set, const char *path, const struct node **ret, struct err *err)
{
    struct node_stream stream = {0};
    int rc = strict_read(path, FILE_BYTES_MAX, set->arena, &stream, err);
    if (rc < 0)
        return rc;
    if (stream.count != 1)
        return err_set(err, -EINVAL, "%s: a rule file holds one rule, this one %s", path,
                       stream.count ? "several documents" : "nothing");
    *ret = stream.documents[0];
    return 0;
}

static int add_lists_of(struct rule_set *set, const char *path, struct err *err)
{
    const struct node *lists;
    int rc = read_file(set, path, &lists, err);
    rc = rc < 0 ? rc : strict_map(path, lists, "a file of lists", err);
    for (const struct node *list = rc < 0 ? NULL : node_first(lists); list && rc == 0; list = list->next)
        rc = node_is(list, NODE_LIST) ? 0 : strict_error(path, list, err, "%s must be a list", list->key);
    if (rc < 0)
        return rc;
    if (set->lists.count == ARRAY_COUNT(set->lists.maps))
        return err_set(err, -E2BIG, "%s: there are too many files of lists", path);
    /* In front: what the rules of the directory name is first looked for here. */
    memmove(set->lists.maps + 1, set->lists.maps, set->lists.count++ * sizeof(set->lists.maps[0]));
    set->lists.maps[0] = lists;
    return 0;
}

static int compare_paths(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static int add_files(struct rule_set *set, const struct paths *paths, const char *lists, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < paths->count && rc == 0; i++)
        if (strcmp(paths->items[i], lists) == 0)
            rc = add_lists_of(set, arena_strdup(set->arena, paths->items[i]), err);
    for (size_t i = 0; i < paths->count && rc == 0; i++) {
        if (strcmp(paths->items[i], lists) == 0)
            continue;
        const struct node *root = NULL;
        const char *path = arena_strdup(set->arena, paths->items[i]);
        rc = read_file(set, path, &root, err);
        rc = rc < 0 ? rc : rule_set_add(set, path, root, false, err);
    }
    return rc;
}

int rule_set_add_directory(struct rule_set *set, const char *directory, struct err *err)
{
    AUTO(paths_done) struct paths paths = {0};
    AUTO_FREE char *lists = mem_printf("%s/%s", directory, lists_name);
    int rc = find_files(directory, 0, &paths, err);
    if (rc < 0)
        return rc;
    if (paths.count == 0)
        return err_set(err, -ENOENT, "there are no rules in %s: no file there is called *.yaml", directory);
    qsort(paths.items, paths.count, sizeof(*paths.items), compare_paths);
    rc = add_files(set, &paths, lists, err);
    rule_set_index(set);
    return rc;
}
