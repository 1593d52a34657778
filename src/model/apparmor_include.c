/* Where includes are found: below the roots. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "model/apparmor_rule.h"

enum { DIRECTORY_FILES_MAX = 1000 };

/* No absolute path and no way up. */
static bool stays_below(const char *name)
{
    if (name[0] == '/')
        return false;
    for (const char *at = name; at; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            return false;
    }
    return true;
}

static int take_file(const char *path, apparmor_include_take *take, void *taker, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    int rc = file_read(path, APPARMOR_FILE_INCLUDE_BYTES_MAX, &bytes, err);
    return rc < 0 ? rc : take(taker, path, buf_text(&bytes), bytes.length);
}

/* What packages and editors leave behind is not read, as apparmor_parser has it. */
static int is_part(const struct dirent *entry)
{
    static const char *const endings[] = {".dpkg-new", ".dpkg-old",    ".dpkg-dist", ".dpkg-bak", ".dpkg-remove", ".pacsave",
                                          ".pacnew",   ".rpmnew", ".rpmsave",   ".orig",     ".rej",         "~"};
    size_t length = strlen(entry->d_name);
    for (size_t i = 0; i < ARRAY_COUNT(endings); i++)
        if (length >= strlen(endings[i]) && strcmp(entry->d_name + length - strlen(endings[i]), endings[i]) == 0)
            return 0;
    return entry->d_name[0] != '.';
}

static int take_directory(const char *path, apparmor_include_take *take, void *taker, struct err *err)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_part, alphasort);
    int rc = count < 0 ? err_set(err, -errno, "cannot read the directory %.300s that is included: %m", path) : 0;
    if (count > DIRECTORY_FILES_MAX)
        rc = err_set(err, -E2BIG, "the directory %.300s that is included has more than %d files", path, DIRECTORY_FILES_MAX);
    for (int i = 0; i < count; i++) {
        AUTO_FREE char *file = mem_printf("%s/%s", path, entries[i]->d_name);
        struct stat st;
        if (rc == 0 && stat(file, &st) == 0 && S_ISREG(st.st_mode))
            rc = take_file(file, take, taker, err);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

/* -ENOENT when nothing is there; only regular files and directories are something. */
static int take_path(const char *path, apparmor_include_take *take, void *taker, struct err *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return errno == ENOENT || errno == ENOTDIR ? -ENOENT : err_set(err, -errno, "cannot read %.300s, which is included: %m", path);
    if (S_ISDIR(st.st_mode))
        return take_directory(path, take, taker, err);
    if (!S_ISREG(st.st_mode))
        return err_set(err, -EINVAL, "%.300s, which is included, is no file", path);
    return take_file(path, take, taker, err);
}

int apparmor_include_find(void *context, const char *name, bool angled, const char *from, apparmor_include_take *take,
                          void *taker, struct err *err)
{
    const struct apparmor_file_options *options = context;
    (void)from;
    if (!angled && options->open_paths)
        return take_path(name, take, taker, err);
    if (!options->open_paths && !stays_below(name))
        return -ENOENT;
    for (size_t i = 0; i < options->root_count; i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", options->roots[i], name);
        int rc = take_path(path, take, taker, err);
        if (rc != -ENOENT)
            return rc;
    }
    return -ENOENT;
}

void apparmor_roots_init(struct apparmor_roots *roots, const char *path)
{
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *directory = !slash ? mem_strdup(".") : slash == path ? mem_strdup("/") : mem_dup(path, (size_t)(slash - path));
    *roots = (struct apparmor_roots){0};
    if (strcmp(path, "-") != 0) {
        roots->items[roots->count++] = mem_strdup(directory);
        roots->items[roots->count++] = mem_printf("%s/..", directory);
        roots->items[roots->count++] = mem_printf("%s/../..", directory);
    }
    roots->items[roots->count++] = mem_strdup("/etc/apparmor.d");
}

void apparmor_roots_done(struct apparmor_roots *roots)
{
    for (size_t i = 0; i < roots->count; i++)
        free(roots->items[i]);
    *roots = (struct apparmor_roots){0};
}
