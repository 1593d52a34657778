#include "model/apparmor_file_diff.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/intern.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/aa_product.h"
#include "model/apparmor_rule.h"
#include "model/apparmor_words.h"

/* ---- patterns ---------------------------------------------------------------------------------------- */

enum { OTHERS, OWNER, WHOM_COUNT }; /* who asks: anybody else, or the file's owner */

/* What the rules of one profile with one pattern say. */
struct says {
    aa_mask allow[WHOM_COUNT];
    aa_mask deny[WHOM_COUNT];
    const char *exec[WHOM_COUNT]; /* the way to run; NULL where x is not allowed */
};

struct pattern {
    const struct aa_file_rule *rule; /* one that has it */
    struct says says[2];             /* of A and B */
};

/* What one rule opens on the wider side. */
struct opened {
    const struct pattern *cause;
    unsigned wide; /* 0 or 1: A or B */
    unsigned whom;
    aa_mask more;
    aa_mask denied;  /* of more: refused by a rule of the other side */
    aa_mask unnamed; /* of more: allowed by none */
    bool loose;      /* runs programs without confinement */
    char *example;   /* escaped */
};

struct file_diff {
    struct diff *diff;
    const struct apparmor_policy *policies[2];
    struct intern *texts; /* numbered like patterns */
    struct opened *opened;
    size_t opened_count;
    size_t opened_capacity;
    struct intern *keys;  /* numbered like opened */
    struct intern *modes; /* differences in how programs run that were told */
    struct pattern *patterns;
    size_t count;
    size_t capacity;
};

static void add_rules(struct file_diff *files, unsigned side)
{
    const struct apparmor_policy *policy = files->policies[side];
    for (size_t i = 0; i < policy->file_count; i++) {
        const struct aa_file_rule *rule = &policy->files[i];
        uint32_t number = intern_add(files->texts, rule->pattern, strlen(rule->pattern));
        if (number == files->count) {
            MEM_GROW(files->patterns, files->count, files->capacity);
            files->patterns[files->count++] = (struct pattern){.rule = rule};
        }
        assert(files->patterns);
        struct says *says = &files->patterns[number].says[side];
        for (unsigned whom = rule->owner ? OWNER : OTHERS; whom < WHOM_COUNT; whom++) {
            if (rule->deny) {
                says->deny[whom] |= aa_file_rule_covers(rule);
                continue;
            }
            says->allow[whom] |= aa_file_rule_covers(rule);
            if (rule->exec_mode)
                says->exec[whom] = rule->exec_mode;
        }
    }
}

/* "ux", "PUx": the program runs without confinement, or does when there is no profile for it. */
static bool is_loose(const char *mode)
{
    size_t length = strcspn(mode, " ");
    return memchr(mode, 'u', length) || memchr(mode, 'U', length);
}

static bool same_mode(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool says_same(const struct pattern *pattern)
{
    const struct says *a = &pattern->says[0];
    const struct says *b = &pattern->says[1];
    for (unsigned whom = 0; whom < WHOM_COUNT; whom++)
        if (a->allow[whom] != b->allow[whom] || a->deny[whom] != b->deny[whom] || !same_mode(a->exec[whom], b->exec[whom]))
            return false;
    return true;
}

/* ---- a set of paths ---------------------------------------------------------------------------------- */

struct judged {
    aa_mask allow; /* and not denied */
    aa_mask deny;
    const char *exec;
};

static struct judged judge(const struct file_diff *files, unsigned side, unsigned whom, const uint32_t *patterns, size_t count)
{
    struct judged judged = {0};
    for (size_t i = 0; i < count; i++) {
        const struct says *says = &files->patterns[patterns[i]].says[side];
        judged.allow |= says->allow[whom];
        judged.deny |= says->deny[whom];
        /* Of several ways the one to less confinement is told; they only meet where patterns overlap. */
        if (says->exec[whom] && (!judged.exec || is_loose(says->exec[whom])))
            judged.exec = says->exec[whom];
    }
    judged.allow &= ~judged.deny;
    if (!(judged.allow & AA_EXEC))
        judged.exec = NULL;
    return judged;
}

/* The rule that makes the difference: it allows on the wider side and not on the other, or the other way with deny. */
static const struct pattern *cause_of(const struct file_diff *files, unsigned wide, unsigned whom, aa_mask more,
                                      const uint32_t *patterns, size_t count)
{
    for (unsigned pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++) {
            const struct pattern *pattern = &files->patterns[patterns[i]];
            aa_mask only = pass == 0 ? pattern->says[wide].allow[whom] & ~pattern->says[!wide].allow[whom]
                                     : pattern->says[!wide].deny[whom] & ~pattern->says[wide].deny[whom];
            if (only & more)
                return pattern;
        }
    return &files->patterns[patterns[0]];
}

static char *escaped(const char *bytes, size_t length)
{
    AUTO_BUF struct buf out = BUF_INIT;
    text_escape(&out, bytes, length);
    return buf_take(&out);
}

struct place {
    const uint32_t *patterns;
    size_t count;
    const char *path;
    size_t length;
};

/* All that one rule brings about for one asker is one difference. The shortest example came first. */
static struct opened *opened_by(struct file_diff *files, const struct pattern *cause, unsigned wide, unsigned whom,
                                const struct place *place)
{
    AUTO_FREE char *key = mem_printf("%zu %u %u", (size_t)(cause - files->patterns), wide, whom);
    uint32_t number = intern_add(files->keys, key, strlen(key));
    if (number == files->opened_count) {
        MEM_GROW(files->opened, files->opened_count, files->opened_capacity);
        files->opened[files->opened_count++] = (struct opened){
            .cause = cause, .wide = wide, .whom = whom, .example = escaped(place->path, place->length)};
    }
    return &files->opened[number];
}

static void compare_access(struct file_diff *files, const struct place *place, const struct judged sides[2], unsigned wide,
                           unsigned whom, aa_mask more)
{
    const struct pattern *cause = cause_of(files, wide, whom, more, place->patterns, place->count);
    struct opened *opened = opened_by(files, cause, wide, whom, place);
    opened->more |= more;
    opened->denied |= sides[!wide].deny & more;
    opened->unnamed |= more & ~sides[!wide].deny;
    opened->loose |= (more & AA_EXEC) && sides[wide].exec && is_loose(sides[wide].exec);
}

/* Takes over the example. */
static void add_opened(struct diff *diff, const struct opened *opened)
{
    AUTO_FREE char *more = aa_mask_words(opened->more);
    AUTO_FREE char *denied = aa_mask_words(opened->denied);
    char *wide = mem_printf("allow %s", more);
    char *narrow = !opened->denied   ? mem_strdup("no rule")
                   : opened->unnamed ? mem_printf("deny %s or no rule", denied)
                                     : mem_printf("deny %s", denied);
    struct diff_row row = {
        .side = opened->wide == 1 ? DIFF_WIDER : DIFF_NARROWER,
        .kind = DIFF_FILE,
        .subject = escaped(opened->cause->rule->pattern, strlen(opened->cause->rule->pattern)),
        .when = opened->whom == OWNER ? mem_strdup("the file belongs to who asks") : NULL,
        .a = opened->wide == 1 ? narrow : wide,
        .b = opened->wide == 1 ? wide : narrow,
        .example = opened->example,
    };
    diff_row_judge_file(&row, opened->more);
    if (opened->loose) {
        row.risk = RISK_HIGH;
        row.why = "runs without confinement";
    }
    diff_add(diff, &row);
}

/* "ux" and the like leave confinement, where "ix" and "px" stay in it. */
static void compare_modes(struct file_diff *files, const struct place *place, const struct judged sides[2])
{
    if (!sides[0].exec || !sides[1].exec || strcmp(sides[0].exec, sides[1].exec) == 0)
        return;
    bool before = is_loose(sides[0].exec);
    bool after = is_loose(sides[1].exec);
    const struct pattern *cause = &files->patterns[place->patterns[0]];
    for (size_t i = 0; i < place->count; i++)
        if (files->patterns[place->patterns[i]].says[1].exec[OTHERS] == sides[1].exec)
            cause = &files->patterns[place->patterns[i]];
    struct diff_row row = {
        .side = before == after ? DIFF_CHANGED : after ? DIFF_WIDER : DIFF_NARROWER,
        .kind = DIFF_FILE,
        .subject = escaped(cause->rule->pattern, strlen(cause->rule->pattern)),
        .a = escaped(sides[0].exec, strlen(sides[0].exec)),
        .b = escaped(sides[1].exec, strlen(sides[1].exec)),
        .example = escaped(place->path, place->length),
        .risk = before == after ? RISK_NONE : RISK_HIGH,
        .why = before == after ? NULL : "runs without confinement",
    };
    AUTO_FREE char *key = mem_printf("%s\n%s\n%s", row.subject, row.a, row.b);
    uint32_t known = intern_count(files->modes);
    if (intern_add(files->modes, key, strlen(key)) == known)
        diff_add(files->diff, &row);
    else
        diff_row_done(&row);
}

/* What owners may do beyond others is only told where it is not told of all. */
static void compare_place(void *context, const uint32_t *patterns, size_t count, const char *path, size_t length)
{
    struct file_diff *files = context;
    struct place place = {patterns, count, path, length};
    aa_mask told[2] = {0, 0};
    for (unsigned whom = 0; whom < WHOM_COUNT; whom++) {
        struct judged sides[2] = {judge(files, 0, whom, patterns, count), judge(files, 1, whom, patterns, count)};
        for (unsigned wide = 0; wide < 2; wide++) {
            aa_mask more = sides[wide].allow & ~sides[!wide].allow & ~told[wide];
            if (more)
                compare_access(files, &place, sides, wide, whom, more);
            told[wide] |= more;
        }
        if (whom == OTHERS)
            compare_modes(files, &place, sides);
    }
}

/* ---- examples ---------------------------------------------------------------------------------------- */

static void compare_example(struct file_diff *files, const char *path, size_t length)
{
    AUTO_FREE uint32_t *matched = mem_resize(NULL, files->count + 1, sizeof(*matched));
    size_t count = 0;
    bool of_interest = false;
    for (uint32_t i = 0; i < files->count; i++) {
        if (!aa_glob_match(files->patterns[i].rule->glob, path, length))
            continue;
        matched[count++] = i;
        of_interest |= !says_same(&files->patterns[i]);
    }
    if (of_interest)
        compare_place(files, matched, count, path, length);
}

/* Too many patterns to try each on each. */
enum { EXAMPLES_MAX = 5000 };

static void compare_examples(struct file_diff *files, const struct aa_hazard_paths *hazards)
{
    size_t tried = 0;
    for (size_t i = 0; i < files->count && tried < EXAMPLES_MAX; i++) {
        if (says_same(&files->patterns[i]))
            continue;
        AUTO_BUF struct buf path = BUF_INIT;
        aa_glob_example(files->patterns[i].rule->glob, &path);
        compare_example(files, buf_text(&path), path.length);
        tried++;
    }
    for (size_t i = 0; i < hazards->count; i++)
        compare_example(files, hazards->items[i].path, hazards->items[i].length);
    AUTO_FREE char *note = mem_printf("the patterns overlap in too many ways to compare them all; compared were %zu paths, "
                                      "so a difference may be missing", tried + hazards->count);
    strings_add(&files->diff->notes, &files->diff->note_count, note);
}

/* ---- what it exposes --------------------------------------------------------------------------------- */

static void expose(struct file_diff *files, const struct aa_hazard_path *hazard, unsigned wide, aa_mask more)
{
    AUTO_FREE uint32_t *matched = mem_resize(NULL, files->count + 1, sizeof(*matched));
    size_t count = 0;
    for (uint32_t i = 0; i < files->count; i++)
        if (aa_glob_match(files->patterns[i].rule->glob, hazard->path, hazard->length))
            matched[count++] = i;
    if (count == 0)
        return;
    const struct pattern *cause = cause_of(files, wide, OTHERS, more, matched, count);
    AUTO_FREE char *subject = escaped(cause->rule->pattern, strlen(cause->rule->pattern));
    for (size_t i = 0; i < files->diff->count; i++) {
        struct diff_row *row = &files->diff->rows[i];
        if (row->kind != DIFF_FILE || row->side != (wide == 1 ? DIFF_WIDER : DIFF_NARROWER) || row->risk >= hazard->risk ||
            strcmp(row->subject, subject) != 0)
            continue;
        row->risk = hazard->risk;
        row->why = hazard->why;
        free(row->example);
        row->example = escaped(hazard->path, hazard->length);
    }
}

/* A rule is as risky as the worst path it opens, which then is its example. */
static void judge_exposure(struct file_diff *files, const struct aa_hazard_paths *hazards)
{
    const struct apparmor_policy *const *policies = files->policies;
    for (size_t i = 0; i < hazards->count; i++) {
        const struct aa_hazard_path *hazard = &hazards->items[i];
        aa_mask refused[2];
        for (unsigned side = 0; side < 2; side++)
            refused[side] = apparmor_policy_evaluate(policies[side], hazard->path, hazard->length, hazard->access, false, NULL);
        for (unsigned wide = 0; wide < 2; wide++) {
            aa_mask more = refused[!wide] & ~refused[wide];
            if (more)
                expose(files, hazard, wide, more);
        }
    }
}

void apparmor_file_diff(const struct apparmor_policy *a, const struct apparmor_policy *b, struct diff *diff)
{
    AUTO(intern_free_cleanup) struct intern *texts = intern_new();
    AUTO(aa_hazard_paths_done) struct aa_hazard_paths hazards;
    AUTO(intern_free_cleanup) struct intern *keys = intern_new();
    AUTO(intern_free_cleanup) struct intern *modes = intern_new();
    struct file_diff files = {.diff = diff, .policies = {a, b}, .texts = texts, .keys = keys, .modes = modes};
    add_rules(&files, 0);
    add_rules(&files, 1);
    aa_hazard_paths_make(&hazards);
    AUTO_FREE struct aa_product_pattern *patterns = mem_zero(files.count + 1, sizeof(*patterns));
    bool differs = false;
    for (size_t i = 0; i < files.count; i++) {
        patterns[i] = (struct aa_product_pattern){files.patterns[i].rule->pattern, !says_same(&files.patterns[i])};
        differs |= patterns[i].of_interest;
    }
    if (differs && aa_product_walk(patterns, files.count, compare_place, &files, NULL) < 0)
        compare_examples(&files, &hazards);
    for (size_t i = 0; i < files.opened_count; i++)
        add_opened(diff, &files.opened[i]);
    judge_exposure(&files, &hazards);
    free(files.opened);
    free(files.patterns);
}
