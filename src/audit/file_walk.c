#include "audit/file_walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/ignore.h"
#include "base/mem.h"

/* Every file is held against every pattern; the largest templates of .gitignore that are handed around have 10 KiB. One that
 * is larger leaves out nothing. */
enum { IGNORE_FILE_MAX = 64 << 10 };

/* The directories from the one the user named down to the current one; patterns are relative to each. */
struct level {
    const struct level *above;
    struct ignore_list patterns;
    size_t prefix; /* how much of a path leads to this directory, with the slash */
};

struct walk {
    struct file_list *list;
    const struct ignore_list *excludes;
    size_t root_prefix;
};

static void walk_directory(struct walk *walk, const char *path, const struct level *above, unsigned depth);

static struct walked_file *add(struct file_list *list, const char *path, bool named)
{
    MEM_GROW(list->items, list->count, list->capacity);
    struct walked_file *file = &list->items[list->count++];
    *file = (struct walked_file){.path = mem_strdup(path), .named = named};
    return file;
}

static void add_left_out(struct file_list *list, const char *path, bool failed, const char *why)
{
    struct walked_file *file = add(list, path, false);
    file->left_out = mem_strdup(why);
    file->failed = failed;
}

static bool left_out(const struct walk *walk, const struct level *level, const char *path, bool is_directory)
{
    enum ignore_verdict verdict = ignore_list_judge(walk->excludes, path + walk->root_prefix, is_directory);
    for (; level && verdict == IGNORE_SILENT; level = level->above)
        verdict = ignore_list_judge(&level->patterns, path + level->prefix, is_directory);
    return verdict == IGNORE_LEAVE_OUT;
}

static void read_patterns(struct level *level, const char *directory, const char *name)
{
    AUTO_FREE char *path = mem_printf("%s%s", directory, name);
    AUTO_BUF struct buf bytes = BUF_INIT;
    struct stat status;
    struct err err = ERR_INIT;
    if (lstat(path, &status) == 0 && S_ISREG(status.st_mode) && file_read(path, IGNORE_FILE_MAX, &bytes, &err) == 0)
        ignore_list_add_lines(&level->patterns, bytes.data, bytes.length);
}

static const char *what_it_is(mode_t mode)
{
    if (S_ISFIFO(mode))
        return "a named pipe";
    if (S_ISSOCK(mode))
        return "a socket";
    return "a device";
}

/* What most file systems tell with the name spares a call for each regular file. */
static int look_at(const char *path, const struct dirent *entry, struct stat *ret)
{
    if (entry->d_type != DT_REG)
        return lstat(path, ret);
    *ret = (struct stat){.st_mode = S_IFREG};
    return 0;
}

/* A file called "-" below "." must not be taken for standard input. */
static char *path_of(const char *directory, const char *name)
{
    return mem_printf("%s%s", directory[0] == '\0' && strcmp(name, "-") == 0 ? "./" : directory, name);
}

/* path is that of an entry of a walked directory. */
static void walk_entry(struct walk *walk, const char *path, const struct dirent *entry, const struct level *level,
                       unsigned depth)
{
    struct stat status;
    if (look_at(path, entry, &status) < 0) {
        add_left_out(walk->list, path, true, strerror(errno));
        return;
    }
    bool is_link = S_ISLNK(status.st_mode);
    if (is_link && stat(path, &status) < 0) {
        add_left_out(walk->list, path, errno != ENOENT && errno != ELOOP,
                     errno == ELOOP ? "a symbolic link without end" : "a symbolic link that leads nowhere");
    } else if (left_out(walk, level, path, S_ISDIR(status.st_mode))) {
        walk->list->ignored++;
    } else if (S_ISDIR(status.st_mode) && is_link) {
        add_left_out(walk->list, path, false, "a symbolic link to a directory");
    } else if (S_ISDIR(status.st_mode)) {
        walk_directory(walk, path, level, depth + 1);
    } else if (S_ISREG(status.st_mode)) {
        (void)add(walk->list, path, false);
    } else {
        add_left_out(walk->list, path, false, what_it_is(status.st_mode));
    }
}

static int is_wanted(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && strcmp(entry->d_name, ".git") != 0;
}

static int by_bytes(const struct dirent **one, const struct dirent **two)
{
    return strcmp((*one)->d_name, (*two)->d_name);
}

static void walk_entries(struct walk *walk, const char *directory, struct dirent **entries, int count,
                         const struct level *above, unsigned depth)
{
    struct level level = {.above = above, .prefix = strlen(directory)};
    read_patterns(&level, directory, ".gitignore");
    read_patterns(&level, directory, ".profgenignore");
    for (int i = 0; i < count; i++) {
        AUTO_FREE char *path = path_of(directory, entries[i]->d_name);
        if (walk->list->count < FILE_WALK_COUNT_MAX)
            walk_entry(walk, path, entries[i], &level, depth);
        else if (walk->list->count == FILE_WALK_COUNT_MAX)
            add_left_out(walk->list, path, true, "more files than one audit takes (1000000): this one and all behind it");
        free(entries[i]);
    }
    ignore_list_done(&level.patterns);
}

static void walk_directory(struct walk *walk, const char *path, const struct level *above, unsigned depth)
{
    struct dirent **entries = NULL;
    size_t length = strlen(path);
    /* What is found below "." is named as people name it, without "./". */
    bool here = strcmp(path, ".") == 0 || strcmp(path, "./") == 0;
    AUTO_FREE char *directory =
        here ? mem_strdup("") : mem_printf("%s%s", path, length > 0 && path[length - 1] == '/' ? "" : "/");
    if (depth > FILE_WALK_DEPTH_MAX) {
        add_left_out(walk->list, path, true, "directories are nested too deep (64)");
        return;
    }
    int count = scandir(here ? "." : directory, &entries, is_wanted, by_bytes);
    if (count < 0) {
        AUTO_FREE char *why = mem_printf("cannot open the directory: %s", strerror(errno));
        add_left_out(walk->list, path, true, why);
        return;
    }
    if (!above)
        walk->root_prefix = strlen(directory);
    walk_entries(walk, directory, entries, count, above, depth);
    free(entries);
}

static bool was_given(const struct file_list *list, const char *path)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].named && strcmp(list->items[i].path, path) == 0)
            return true;
    return false;
}

/* The patterns of a project hold below the directory that is audited, also when that is "." or "./". */
static void walk_named(struct walk *walk, const char *path)
{
    struct stat status;
    size_t before = walk->list->count;
    if (strcmp(path, "-") == 0 && was_given(walk->list, path)) {
        add_left_out(walk->list, path, false, "given before, and standard input is read only once");
    } else if (strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        walk_directory(walk, path, NULL, 0);
        if (walk->list->count == before)
            add_left_out(walk->list, path, false, "a directory without files");
        else if (strcmp(walk->list->items[before].path, path) == 0)
            walk->list->items[before].named = true; /* the directory itself could not be opened */
    } else {
        (void)add(walk->list, path, true);
    }
}

void file_walk(char *const *paths, size_t path_count, char *const *excludes, size_t exclude_count, struct file_list *ret)
{
    AUTO_IGNORE struct ignore_list patterns = IGNORE_LIST_INIT;
    struct walk walk = {.list = ret, .excludes = &patterns};
    for (size_t i = 0; i < exclude_count; i++)
        ignore_list_add(&patterns, excludes[i], strlen(excludes[i]));
    *ret = (struct file_list){0};
    for (size_t i = 0; i < path_count; i++)
        walk_named(&walk, paths[i]);
}

void file_list_done(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].left_out);
    }
    free(list->items);
    *list = (struct file_list){0};
}
