#include "model/apparmor_file.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"

void apparmor_file_free(struct apparmor_file *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->profile_count; i++)
        apparmor_policy_free(file->profiles[i]);
    for (size_t i = 0; i < file->include_count; i++) {
        free(file->includes[i].name);
        free(file->includes[i].profile);
    }
    for (size_t i = 0; i < file->note_count; i++) {
        free(file->notes[i].profile);
        free(file->notes[i].text);
    }
    free(file->profiles);
    free(file->includes);
    free(file->notes);
    free(file->name);
    free(file);
}

int apparmor_file_read(const char *path, const struct apparmor_file_options *options, struct apparmor_file **ret,
                       struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    int rc = file_read(path, APPARMOR_POLICY_BYTES_MAX, &bytes, err);
    if (rc < 0)
        return rc;
    return apparmor_file_parse(strcmp(path, "-") == 0 ? "standard input" : path, buf_text(&bytes), bytes.length, options, ret,
                               err);
}

struct apparmor_policy *apparmor_file_find(const struct apparmor_file *file, const char *name)
{
    for (size_t i = 0; i < file->profile_count; i++)
        if (strcmp(file->profiles[i]->name, name) == 0)
            return file->profiles[i];
    return NULL;
}

/* ---- one of several ------------------------------------------------------------------------------ */

static void list_names(const struct apparmor_file *file, struct buf *out)
{
    for (size_t i = 0; i < file->profile_count && out->length < 200; i++)
        buf_printf(out, "%s%s", i ? ", " : "", file->profiles[i]->name);
}

static int refuse_choice(const struct apparmor_file *file, const char *name, size_t count, struct err *err)
{
    AUTO_BUF struct buf names = BUF_INIT;
    list_names(file, &names);
    if (file->profile_count == 0)
        return err_set(err, -EINVAL, "%.200s: there is no profile", file->name);
    if (name)
        return err_set(err, -ENOENT, "%.200s has no profile %.100s; it has %.150s", file->name, name, buf_text(&names));
    return err_set(err, -EINVAL, "%.200s has %zu profiles: say which one; there are %.150s", file->name, count,
                   buf_text(&names));
}

int apparmor_file_choose(const struct apparmor_file *file, const char *name, struct apparmor_policy **ret, struct err *err)
{
    struct apparmor_policy *found = name ? apparmor_file_find(file, name) : NULL;
    size_t count = 0;
    for (size_t i = 0; i < file->profile_count && !name; i++)
        if (!file->profiles[i]->parent && count++ == 0)
            found = file->profiles[i];
    if (!found || count > 1)
        return refuse_choice(file, name, count, err);
    *ret = found;
    return 0;
}

/* The file is left without it. */
static struct apparmor_policy *take(struct apparmor_file *file, const struct apparmor_policy *wanted)
{
    size_t at = 0;
    while (file->profiles[at] != wanted)
        at++;
    struct apparmor_policy *policy = file->profiles[at];
    file->profiles[at] = file->profiles[--file->profile_count];
    return policy;
}

int apparmor_file_take(struct apparmor_file *file, const char *name, struct apparmor_policy **ret, struct err *err)
{
    struct apparmor_policy *policy = NULL;
    int rc = apparmor_file_choose(file, name, &policy, err);
    if (rc == 0)
        *ret = take(file, policy);
    return rc;
}

int apparmor_policy_parse_one(const char *name, const char *bytes, size_t length, const char *profile,
                              struct apparmor_policy **ret, struct err *err)
{
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = NULL;
    struct err local = ERR_INIT;
    err = err ? err : &local;
    int rc = apparmor_file_parse(name, bytes, length, NULL, &file, err);
    return rc < 0 ? rc : apparmor_file_take(file, profile, ret, err);
}

int apparmor_policy_parse(const char *name, const char *bytes, size_t length, struct apparmor_policy **ret,
                          struct err *err)
{
    return apparmor_policy_parse_one(name, bytes, length, NULL, ret, err);
}

int apparmor_policy_read(const char *path, const char *profile, struct apparmor_policy **ret, struct err *err)
{
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = NULL;
    AUTO(apparmor_roots_done) struct apparmor_roots roots;
    apparmor_roots_init(&roots, path);
    const struct apparmor_file_options options = {
        .roots = (const char *const *)roots.items, .root_count = roots.count, .open_paths = true};
    int rc = apparmor_file_read(path, &options, &file, err);
    return rc < 0 ? rc : apparmor_file_take(file, profile, ret, err);
}
