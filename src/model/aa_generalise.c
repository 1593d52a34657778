#define PCRE2_CODE_UNIT_WIDTH 8
#include "model/aa_generalise.h"

#include <ctype.h>
#include <errno.h>
#include <pcre2.h>
#include <stdint.h>
#include <string.h>

#include "data.h"
#include "model/apparmor_policy.h"

/* An expression may try this much on one path and this deep; more counts as no match. */
#define MATCH_LIMIT 20000
#define DEPTH_LIMIT 500
#define ROWS_MAX 64
#define PARTS_MAX 32

struct aa_generaliser {
    pcre2_code *codes[ROWS_MAX]; /* NULL where the row is off */
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

void aa_generaliser_free(struct aa_generaliser *generaliser)
{
    if (!generaliser)
        return;
    for (size_t i = 0; i < ROWS_MAX; i++)
        pcre2_code_free(generaliser->codes[i]);
    pcre2_match_data_free(generaliser->match);
    pcre2_match_context_free(generaliser->limits);
    free(generaliser);
}

static bool listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; *at; at += strspn(at, ",")) {
        size_t here = strcspn(at, ",");
        if ((here == length && strncmp(at, name, here) == 0) || (here == 3 && strncmp(at, "all", 3) == 0))
            return true;
        at += here;
    }
    return false;
}

static int check_names(const char *list, struct err *err)
{
    for (const char *at = list; *at; at += strspn(at, ",")) {
        size_t here = strcspn(at, ",");
        AUTO_FREE char *name = mem_dup(at, here);
        AUTO_BUF struct buf known = BUF_INIT;
        bool good = strcmp(name, "all") == 0 || strcmp(name, "none") == 0;
        for (size_t i = 0; i < data_generalise_count; i++) {
            good |= strcmp(data_generalise[i].name, name) == 0;
            buf_printf(&known, ", %s", data_generalise[i].name);
        }
        if (!good)
            return err_set(err, -EINVAL, "there is no generalisation called %.60s; there are all, none%s", name,
                           buf_text(&known));
        at += here;
    }
    return 0;
}

static int compile_row(const struct data_generalise *row, pcre2_code **ret, struct err *err)
{
    int code;
    size_t offset;
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)row->regex, PCRE2_ZERO_TERMINATED, 0, &code, &offset, NULL);
    if (!compiled) {
        char message[128] = "";
        (void)pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof(message));
        return err_set(err, -EINVAL, "the expression of the generalisation %s is malformed at %zu: %s", row->name,
                       offset, message);
    }
    (void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* without it the same, only slower */
    *ret = compiled;
    return 0;
}

int aa_generaliser_new(const char *only, struct aa_generaliser **ret, struct err *err)
{
    int rc = check_names(only, err);
    if (rc < 0)
        return rc;
    AUTO(aa_generaliser_free_cleanup) struct aa_generaliser *generaliser = mem_zero(1, sizeof(*generaliser));
    generaliser->match = pcre2_match_data_create(1, NULL);
    generaliser->limits = pcre2_match_context_create(NULL);
    (void)pcre2_set_match_limit(generaliser->limits, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(generaliser->limits, DEPTH_LIMIT);
    if (data_generalise_count > ROWS_MAX)
        return err_set(err, -E2BIG, "profiles/generalise.csv has more than %d rows", ROWS_MAX);
    for (size_t i = 0; rc == 0 && i < data_generalise_count; i++)
        if (listed(only, data_generalise[i].name))
            rc = compile_row(&data_generalise[i], &generaliser->codes[i], err);
    if (rc == 0)
        *ret = TAKE(generaliser);
    return rc;
}

/* A variable part of a path. */
struct part {
    size_t start;
    size_t end;
    size_t row;
};

struct parts {
    struct part items[PARTS_MAX]; /* ascending */
    size_t count;
};

/* Keeps the parts in order; one that touches another is dropped. */
static void add_part(struct parts *parts, struct part part)
{
    size_t at = 0;
    while (at < parts->count && parts->items[at].end <= part.start)
        at++;
    if (part.start >= part.end || parts->count == PARTS_MAX || (at < parts->count && parts->items[at].start < part.end))
        return;
    memmove(&parts->items[at + 1], &parts->items[at], (parts->count - at) * sizeof(part));
    parts->items[at] = part;
    parts->count++;
}

static void find_parts(const struct aa_generaliser *generaliser, size_t row, const char *path, size_t length,
                       struct parts *parts)
{
    const pcre2_code *code = generaliser->codes[row];
    for (size_t from = 0; code && from < length;) {
        int rc = pcre2_match(code, (PCRE2_SPTR)path, length, from, 0, generaliser->match, generaliser->limits);
        if (rc < 0)
            return;
        const size_t *ends = pcre2_get_ovector_pointer(generaliser->match);
        add_part(parts, (struct part){.start = ends[0], .end = ends[1], .row = row});
        from = ends[1] > from ? ends[1] : from + 1;
    }
}

static void write_part(const struct data_generalise *row, const char *bytes, size_t length, struct buf *out)
{
    if (row->glob[0]) {
        buf_add_text(out, row->glob);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (isalnum((unsigned char)bytes[i]) || bytes[i] == '_')
            buf_add_text(out, row->each);
        else
            aa_glob_quote(out, bytes + i, 1);
    }
}

static void add_reason(struct buf *reasons, const char *why)
{
    if (strstr(buf_text(reasons), why))
        return;
    if (reasons->length > 0)
        buf_add_text(reasons, ", ");
    buf_add_text(reasons, why);
}

bool aa_generalise(const struct aa_generaliser *generaliser, const char *path, size_t length, struct buf *out,
                   struct buf *reasons)
{
    struct parts parts = {.count = 0};
    for (size_t row = 0; row < data_generalise_count; row++)
        find_parts(generaliser, row, path, length, &parts);
    size_t done = 0;
    for (size_t i = 0; i < parts.count; i++) {
        const struct part *part = &parts.items[i];
        const struct data_generalise *row = &data_generalise[part->row];
        aa_glob_quote(out, path + done, part->start - done);
        write_part(row, path + part->start, part->end - part->start, out);
        if (reasons)
            add_reason(reasons, row->why);
        done = part->end;
    }
    aa_glob_quote(out, path + done, length - done);
    return parts.count > 0;
}
