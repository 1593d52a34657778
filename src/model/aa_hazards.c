/*
 * profiles/apparmor-hazards.csv made into deny rules, each without what the recording needs.
 */
#include "model/aa_hazards.h"

#include <errno.h>
#include <string.h>

#include "data.h"
#include "model/aa_complement.h"
#include "model/aa_glob_impl.h"

/* More exceptions in one tree are written as whole directories. */
#define EXCEPTIONS_MAX 200

static aa_mask read_access(const char *letters)
{
    static const struct {
        char letter;
        aa_mask bit;
    } table[] = {{'r', AA_READ}, {'w', AA_WRITE},    {'l', AA_LINK},
                 {'k', AA_LOCK}, {'m', AA_MAP_EXEC}, {'x', AA_EXEC}};
    aa_mask access = 0;
    for (; *letters; letters++)
        for (size_t i = 0; i < ARRAY_COUNT(table); i++)
            access |= table[i].letter == *letters ? table[i].bit : 0;
    return access;
}

/* A denied w takes a with it. */
static bool wants(const struct aa_need *need, aa_mask permission)
{
    return need->wanted & (permission == AA_WRITE ? AA_WRITE | AA_APPEND : permission);
}

static int deny(struct apparmor_policy *policy, const char *pattern, aa_mask access, const char *why, struct err *err)
{
    return apparmor_policy_add_file(policy, true, pattern, access, NULL, why, err);
}

/* ---- rows about files --------------------------------------------------------------------- */

static int deny_pattern(struct apparmor_policy *policy, const struct aa_needs *needs, const char *pattern,
                        aa_mask access, const char *why, struct err *err)
{
    AUTO(aa_glob_free_cleanup) struct aa_glob *glob = NULL;
    int rc = aa_glob_new(pattern, &glob, err);
    if (rc < 0)
        return rc;
    access &= ~aa_needs_used(needs, glob, access);
    return access ? deny(policy, pattern, access, why, err) : 0;
}

static int deny_files(struct apparmor_policy *policy, const struct data_apparmor_hazards *row,
                      const struct aa_needs *needs, struct err *err)
{
    for (const char *at = row->where; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        AUTO_FREE char *pattern = mem_dup(at, length);
        int rc = deny_pattern(policy, needs, pattern, read_access(row->access), row->why, err);
        if (rc < 0)
            return rc;
        at += length;
    }
    return 0;
}

/* One rule for all the names of a row: who runs one shell has shells. */
static int deny_programs(struct apparmor_policy *policy, const struct data_apparmor_hazards *row,
                         const struct aa_needs *needs, struct err *err)
{
    AUTO_BUF struct buf pattern = BUF_INIT;
    bool several = strchr(row->where, ' ') != NULL;
    buf_printf(&pattern, "/{,usr/,usr/local/}{bin,sbin}/%s", several ? "{" : "");
    for (const char *c = row->where; *c; c++)
        buf_add_char(&pattern, *c == ' ' ? ',' : *c);
    if (several)
        buf_add_char(&pattern, '}');
    AUTO(aa_glob_free_cleanup) struct aa_glob *glob = NULL;
    int rc = aa_glob_new(buf_text(&pattern), &glob, err);
    if (rc < 0)
        return rc;
    aa_mask access = read_access(row->access);
    return aa_needs_used(needs, glob, access) ? 0 : deny(policy, buf_text(&pattern), access, row->why, err);
}

/* ---- rows about trees --------------------------------------------------------------------- */

/* The directory of the last path looked at, and what was found: the next path is often beside it. */
struct last_directory {
    const char *path;
    size_t length; /* with its slash */
    size_t below;
};

/* Where what stands below the root begins in path: at the slash behind it; 0 when path is not below. */
static size_t below_root(const struct aa_glob *root, const struct aa_need *need, struct last_directory *last)
{
    const char *slash = memrchr(need->path, '/', need->length);
    size_t length = slash ? (size_t)(slash - need->path) + 1 : 0;
    if (last->path && length == last->length && memcmp(last->path, need->path, length) == 0)
        return last->below;
    *last = (struct last_directory){.path = need->path, .length = length};
    for (size_t i = 1; i < length && last->below == 0; i++)
        if (need->path[i] == '/' && aa_glob_match(root, need->path, i))
            last->below = i;
    return last->below;
}

/* Cuts what cannot be complemented: a star with more of its name behind it becomes the end of the name. */
static void cut_inner_stars(struct buf *pattern)
{
    size_t out = 0;
    for (size_t in = 0; in < pattern->length; in++) {
        char c = pattern->data[in];
        pattern->data[out++] = c;
        if (c == '\\' && in + 1 < pattern->length)
            pattern->data[out++] = pattern->data[++in];
        else if (c == '*')
            while (in + 1 < pattern->length && pattern->data[in + 1] != '/')
                in++;
    }
    pattern->length = out;
    pattern->data[out] = '\0';
}

/* Keeps the first depth segments; "/a/b/c" at 1 becomes "/a" and all below it. */
static char *widen(const char *pattern, size_t depth)
{
    const char *at = pattern;
    while (depth-- > 0 && at)
        at = strchr(at + 1, '/');
    if (!at || at[1] == '\0')
        return mem_strdup(pattern);
    return mem_printf("%.*s{,/**}", (int)(at - pattern), pattern);
}

/* The exceptions for one permission; reasons says what was generalised. */
static void find_exceptions(const struct aa_needs *needs, const struct aa_glob *root, aa_mask permission,
                            const struct aa_generaliser *generaliser, struct aa_patterns *ret, struct buf *reasons)
{
    struct aa_need_range range = aa_needs_range(needs, root->prefix, root->prefix_length);
    struct last_directory last = {0};
    for (size_t i = range.first; i < range.end; i++) {
        const struct aa_need *need = &needs->items[i];
        if (!wants(need, permission))
            continue;
        size_t below = below_root(root, need, &last);
        if (below == 0)
            continue;
        AUTO_BUF struct buf whole = BUF_INIT;
        /* Generalised as a whole, because expressions look at what stands before; no glob of a segment holds
         * a slash, so that the root's own segments can be counted off. */
        (void)aa_generalise(generaliser, need->path, need->length, &whole, reasons);
        const char *rest = buf_text(&whole);
        for (size_t k = 0; k < below; k++)
            if (need->path[k] == '/')
                rest = strchr(rest + 1, '/');
        AUTO_BUF struct buf relative = BUF_INIT;
        buf_add_text(&relative, rest);
        cut_inner_stars(&relative);
        aa_patterns_add(ret, buf_text(&relative));
    }
    aa_patterns_sort(ret);
}

/* The complement with as much detail as fits: exceptions deeper than a level become whole directories. */
static int complement(const char *root, const struct aa_patterns *exceptions, struct aa_patterns *ret, bool *ret_widened,
                      struct err *err)
{
    for (size_t depth = 64; depth > 0; depth -= depth > 8 ? depth / 2 : 1) {
        struct aa_patterns wider = {0};
        for (size_t i = 0; i < exceptions->count; i++) {
            AUTO_FREE char *pattern = widen(exceptions->items[i], depth);
            aa_patterns_add(&wider, pattern);
        }
        aa_patterns_sort(&wider);
        int rc = wider.count > EXCEPTIONS_MAX ? -E2BIG : aa_complement(root, &wider, ret, err);
        *ret_widened = depth < 64 && wider.count != exceptions->count;
        aa_patterns_done(&wider);
        if (rc != -E2BIG)
            return rc;
    }
    return -E2BIG;
}

/* What is given up is said where the reader of the profile begins. */
static void note(struct apparmor_policy *policy, const struct data_apparmor_hazards *row)
{
    policy->header = mem_resize(policy->header, policy->header_count + 1, sizeof(*policy->header));
    policy->header[policy->header_count++] =
        mem_printf("not denied, because too much of it was used: %s (%s), %s", row->where, row->access, row->why);
}

static int deny_rest(struct apparmor_policy *policy, const struct data_apparmor_hazards *row, aa_mask access,
                     const struct aa_patterns *exceptions, const char *reasons, struct err *err)
{
    struct aa_patterns rest = {0};
    bool widened = false;
    int rc = complement(row->where, exceptions, &rest, &widened, err);
    if (rc == -E2BIG) {
        note(policy, row);
        return 0;
    }
    AUTO_BUF struct buf comment = BUF_INIT;
    buf_add_text(&comment, row->why);
    if (exceptions->count > 0)
        buf_printf(&comment, "; all but %zu used %s%s", exceptions->count, exceptions->count == 1 ? "path" : "paths",
                   widened ? ", widened to directories" : "");
    if (exceptions->count > 0 && reasons[0])
        buf_printf(&comment, ", generalised: %s", reasons);
    for (size_t i = 0; rc == 0 && i < rest.count; i++)
        rc = deny(policy, rest.items[i], access, i == 0 ? buf_text(&comment) : row->why, err);
    aa_patterns_done(&rest);
    return rc;
}

static bool same_patterns(const struct aa_patterns *a, const struct aa_patterns *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

#define BITS 7

/* Permissions with the same exceptions share their rules. */
static int deny_tree(struct apparmor_policy *policy, const struct data_apparmor_hazards *row,
                     const struct aa_needs *needs, const struct aa_generaliser *generaliser, struct err *err)
{
    struct aa_patterns exceptions[BITS] = {0};
    struct buf reasons[BITS] = {0};
    aa_mask access = read_access(row->access);
    AUTO(aa_glob_free_cleanup) struct aa_glob *root = NULL;
    int rc = aa_glob_new(row->where, &root, err);
    for (unsigned bit = 0; rc == 0 && bit < BITS; bit++)
        if (access >> bit & 1)
            find_exceptions(needs, root, 1u << bit, generaliser, &exceptions[bit], &reasons[bit]);
    for (unsigned bit = 0; rc == 0 && bit < BITS; bit++) {
        aa_mask together = 0;
        if (!(access >> bit & 1))
            continue;
        for (unsigned other = bit; other < BITS; other++)
            if ((access >> other & 1) && same_patterns(&exceptions[bit], &exceptions[other]))
                together |= 1u << other;
        rc = deny_rest(policy, row, together, &exceptions[bit], buf_text(&reasons[bit]), err);
        access &= ~together;
    }
    for (unsigned bit = 0; bit < BITS; bit++) {
        aa_patterns_done(&exceptions[bit]);
        buf_done(&reasons[bit]);
    }
    return rc;
}

int aa_deny_hazards(struct apparmor_policy *policy, const struct aa_needs *needs,
                    const struct aa_generaliser *generaliser, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < data_apparmor_hazards_count; i++) {
        const struct data_apparmor_hazards *row = &data_apparmor_hazards[i];
        if (strcmp(row->shape, "tree") == 0)
            rc = deny_tree(policy, row, needs, generaliser, err);
        else if (strcmp(row->shape, "files") == 0)
            rc = deny_files(policy, row, needs, err);
        else if (strcmp(row->shape, "programs") == 0)
            rc = deny_programs(policy, row, needs, err);
    }
    return rc;
}
