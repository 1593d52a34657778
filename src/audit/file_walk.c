#include "audit/file_walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/walk_copies.h"
#include "base/directory_names.h"
#include "base/file.h"
#include "base/ignore.h"

/* Every file is held against every pattern; the largest templates of .gitignore that are handed around have 10 KiB. One that
 * is larger leaves out nothing. */
enum { IGNORE_FILE_MAX = 64 << 10 };

/* The directories from the one the user named down to the current one; patterns are relative to each. */
struct level {
    struct level *above;
    struct directory_names names;
    struct ignore_list patterns;
    char *path;      /* of this directory */
    char *directory; /* what its entries' paths begin with: the same with a slash, or "" */
    unsigned depth;
};

struct file_walk {
    char *const *paths;
    size_t path_count, next_path;
    struct ignore_list excludes;
    struct walk_copies copies;
    struct level *level; /* the innermost; NULL between the named paths */
    size_t root_prefix;  /* how much of a path leads to the named directory, with the slash */
    size_t count;        /* given out */
    size_t count_before; /* the named directory */
    size_t ignored;
    bool took_input;
};

void walked_file_done(struct walked_file *file)
{
    free(file->path);
    free(file->left_out);
    *file = (struct walked_file){0};
}

/* True: there is a file to give out. */
static bool give(struct file_walk *walk, const char *path, bool named, struct walked_file *ret)
{
    walk->count++;
    *ret = (struct walked_file){.path = mem_strdup(path), .named = named,
                                .copies = walk_copies_add(&walk->copies, path)};
    return true;
}

static bool give_left_out(struct file_walk *walk, const char *path, bool failed, const char *why, struct walked_file *ret)
{
    (void)give(walk, path, false, ret);
    ret->left_out = mem_strdup(why);
    ret->failed = failed;
    return true;
}

static bool left_out(const struct file_walk *walk, const char *path, bool is_directory)
{
    enum ignore_verdict verdict = ignore_list_judge(&walk->excludes, path + walk->root_prefix, is_directory);
    for (const struct level *level = walk->level; level && verdict == IGNORE_SILENT; level = level->above)
        verdict = ignore_list_judge(&level->patterns, path + strlen(level->directory), is_directory);
    return verdict == IGNORE_LEAVE_OUT;
}

static void read_patterns(struct level *level, const char *name)
{
    AUTO_FREE char *path = mem_printf("%s%s", level->directory, name);
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
static int look_at(const char *path, unsigned char type, struct stat *ret)
{
    if (type != DT_REG)
        return lstat(path, ret);
    *ret = (struct stat){.st_mode = S_IFREG};
    return 0;
}

/* A file called "-" below "." must not be taken for standard input. */
static char *path_of(const char *directory, const char *name)
{
    return mem_printf("%s%s", directory[0] == '\0' && strcmp(name, "-") == 0 ? "./" : directory, name);
}

/* ---- directories ----------------------------------------------------------------------------------- */

static void leave_directory(struct file_walk *walk)
{
    struct level *level = walk->level;
    walk->level = level->above;
    directory_names_done(&level->names);
    ignore_list_done(&level->patterns);
    free(level->path);
    free(level->directory);
    free(level);
}

static bool give_unopened(struct file_walk *walk, const char *path, int code, struct walked_file *ret)
{
    AUTO_FREE char *why = mem_printf("cannot open the directory: %s", strerror(-code));
    return give_left_out(walk, path, true, why, ret);
}

/* True when there is something to say of the directory itself, which then is not entered. */
static bool enter_directory(struct file_walk *walk, const char *path, struct walked_file *ret)
{
    size_t length = strlen(path);
    /* What is found below "." is named as people name it, without "./". */
    bool here = strcmp(path, ".") == 0 || strcmp(path, "./") == 0;
    unsigned depth = walk->level ? walk->level->depth + 1 : 0;
    if (depth > FILE_WALK_DEPTH_MAX)
        return give_left_out(walk, path, true, "directories are nested too deep (64)", ret);
    struct level *level = mem_zero(1, sizeof(*level));
    level->path = mem_strdup(path);
    level->directory =
        here ? mem_strdup("") : mem_printf("%s%s", path, length > 0 && path[length - 1] == '/' ? "" : "/");
    level->depth = depth;
    level->above = walk->level;
    walk->level = level;
    int failed = directory_names_init(&level->names, here ? "." : level->directory);
    if (failed < 0) {
        leave_directory(walk);
        return give_unopened(walk, path, failed, ret);
    }
    if (depth == 0)
        walk->root_prefix = strlen(level->directory);
    read_patterns(level, ".gitignore");
    read_patterns(level, ".profgenignore");
    return false;
}

/* path is that of an entry of a walked directory. True when it is given out. */
static bool walk_entry(struct file_walk *walk, const char *path, unsigned char type, struct walked_file *ret)
{
    struct stat status;
    if (look_at(path, type, &status) < 0)
        return give_left_out(walk, path, true, strerror(errno), ret);
    bool is_link = S_ISLNK(status.st_mode);
    if (is_link && stat(path, &status) < 0)
        return give_left_out(walk, path, errno != ENOENT && errno != ELOOP,
                             errno == ELOOP ? "a symbolic link without end" : "a symbolic link that leads nowhere", ret);
    if (left_out(walk, path, S_ISDIR(status.st_mode))) {
        walk->ignored++;
        return false;
    }
    if (S_ISDIR(status.st_mode))
        return is_link ? give_left_out(walk, path, false, "a symbolic link to a directory", ret)
                       : enter_directory(walk, path, ret);
    return S_ISREG(status.st_mode) ? give(walk, path, false, ret)
                                   : give_left_out(walk, path, false, what_it_is(status.st_mode), ret);
}

/* The next entry of the innermost directory. True when there is something to give out. */
static bool walk_on(struct file_walk *walk, struct walked_file *ret)
{
    struct level *level = walk->level;
    const char *name = NULL;
    unsigned char type = DT_UNKNOWN;
    int got = directory_names_next(&level->names, &name, &type);
    if (got > 0) {
        AUTO_FREE char *path = path_of(level->directory, name);
        if (strcmp(name, ".git") == 0)
            return false;
        if (walk->count < FILE_WALK_COUNT_MAX)
            return walk_entry(walk, path, type, ret);
        while (walk->level)
            leave_directory(walk);
        return walk->count == FILE_WALK_COUNT_MAX &&
               give_left_out(walk, path, true, "more files than one audit takes (1000000): this one and all behind it", ret);
    }
    AUTO_FREE char *path = TAKE(level->path);
    leave_directory(walk);
    if (got < 0)
        return give_unopened(walk, path, got, ret);
    return !walk->level && walk->count == walk->count_before &&
           give_left_out(walk, path, false, "a directory without files", ret);
}

/* ---- what the user named ------------------------------------------------------------------------------ */

/* The patterns of a project hold below the directory that is audited, also when that is "." or "./". */
static bool walk_named(struct file_walk *walk, const char *path, struct walked_file *ret)
{
    struct stat status;
    bool is_input = strcmp(path, "-") == 0;
    if (is_input && walk->took_input)
        return give_left_out(walk, path, false, "given before, and standard input is read only once", ret);
    walk->took_input = walk->took_input || is_input;
    if (is_input || stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
        return give(walk, path, true, ret);
    walk->count_before = walk->count;
    if (!enter_directory(walk, path, ret))
        return false;
    ret->named = true;
    return true;
}

struct file_walk *file_walk_new(char *const *paths, size_t path_count, char *const *excludes, size_t exclude_count)
{
    struct file_walk *walk = mem_zero(1, sizeof(*walk));
    walk->paths = paths;
    walk->path_count = path_count;
    walk_copies_init(&walk->copies, paths, path_count);
    for (size_t i = 0; i < exclude_count; i++)
        ignore_list_add(&walk->excludes, excludes[i], strlen(excludes[i]));
    return walk;
}

void file_walk_free(struct file_walk *walk)
{
    if (!walk)
        return;
    while (walk->level)
        leave_directory(walk);
    ignore_list_done(&walk->excludes);
    walk_copies_done(&walk->copies);
    free(walk);
}

bool file_walk_next(struct file_walk *walk, struct walked_file *ret)
{
    while (walk->level || walk->next_path < walk->path_count)
        if (walk->level ? walk_on(walk, ret) : walk_named(walk, walk->paths[walk->next_path++], ret))
            return true;
    return false;
}

size_t file_walk_ignored(const struct file_walk *walk)
{
    return walk->ignored;
}
