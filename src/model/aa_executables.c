#include "model/aa_executables.h"

#include <assert.h>
#include <string.h>

#include "data.h"
#include "model/aa_complement.h"

static const struct data_apparmor_hazards *directories_row(void)
{
    for (size_t i = 0; i < data_apparmor_hazards_count; i++)
        if (strcmp(data_apparmor_hazards[i].shape, "executables") == 0)
            return &data_apparmor_hazards[i];
    return NULL;
}

/* What was executed outside of the directories, generalised, each pattern once. */
static void find_elsewhere(const struct aa_needs *needs, const struct aa_glob *directories,
                           const struct aa_generaliser *generaliser, struct aa_patterns *ret)
{
    for (size_t i = 0; i < needs->count; i++) {
        const struct aa_need *need = &needs->items[i];
        if (!(need->wanted & AA_EXEC) || aa_glob_match(directories, need->path, need->length))
            continue;
        AUTO_BUF struct buf pattern = BUF_INIT;
        (void)aa_generalise(generaliser, need->path, need->length, &pattern, NULL);
        aa_patterns_add(ret, buf_text(&pattern));
    }
    aa_patterns_sort(ret);
}

/* What any path that the pattern matches was used for, of these. */
static aa_mask used_of(const struct aa_needs *needs, const char *pattern, aa_mask access, struct err *err, int *ret_failed)
{
    AUTO(aa_glob_free_cleanup) struct aa_glob *glob = NULL;
    *ret_failed = aa_glob_new(pattern, &glob, err);
    return *ret_failed < 0 ? 0 : aa_needs_used(needs, glob, access);
}

static int allow_elsewhere(struct apparmor_policy *policy, const struct aa_needs *needs, const char *pattern, struct err *err)
{
    const aa_mask change = AA_WRITE | AA_LINK;
    int failed = 0;
    aa_mask kept = change & ~used_of(needs, pattern, change, err, &failed);
    if (failed == 0)
        failed = apparmor_policy_add_file(policy, false, pattern, AA_EXEC, "ix", "executed when it was recorded", err);
    if (failed == 0 && kept)
        failed = apparmor_policy_add_file(policy, true, pattern, kept, NULL, "a program that it runs, and did not change", err);
    return failed;
}

int aa_allow_executables(struct apparmor_policy *policy, const struct aa_needs *needs,
                         const struct aa_generaliser *generaliser, struct err *err)
{
    const struct data_apparmor_hazards *row = directories_row();
    AUTO(aa_glob_free_cleanup) struct aa_glob *directories = NULL;
    struct aa_patterns elsewhere = {0};
    assert(row);
    int failed = aa_glob_new(row->where, &directories, err);
    if (failed == 0)
        failed = apparmor_policy_add_file(policy, false, row->where, AA_EXEC, "ix", row->why, err);
    if (failed == 0)
        find_elsewhere(needs, directories, generaliser, &elsewhere);
    for (size_t i = 0; failed == 0 && i < elsewhere.count; i++)
        failed = allow_elsewhere(policy, needs, elsewhere.items[i], err);
    aa_patterns_done(&elsewhere);
    return failed;
}
