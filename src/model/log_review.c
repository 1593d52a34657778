#include "model/log_review.h"

#include <string.h>

#include "base/strings.h"
#include "model/denials_add.h"
#include "model/log_judge.h"

static const char *const standing_names[LOG_STANDING_COUNT] = {
    [LOG_NOT_ASKED] = "not-asked", [LOG_EXPLAINED] = "explained", [LOG_DIFFERENT] = "refused-differently",
    [LOG_PERHAPS] = "unknown",     [LOG_BEYOND] = "beyond-rules", [LOG_OLDER] = "allowed",
    [LOG_OTHER_PROFILE] = "other-profile",
};

const char *log_standing_name(enum log_standing standing)
{
    return standing_names[standing];
}

/* ---- groups ------------------------------------------------------------------------------------- */

static char *group_name(const struct audit_log *log, const struct audit_thing *thing, bool all)
{
    const char *profile = audit_log_text(log, thing->profile);
    const char *program = audit_log_text(log, thing->program != STRING_NONE ? thing->program : thing->comm);
    if (thing->kind != DENIAL_CALL)
        return mem_dup(profile ? profile : "", profile ? audit_profile_length(profile) : 0);
    return mem_strdup(all ? "" : program ? program : "unknown");
}

static struct log_group *find_group(struct log_review *review, struct intern *names, bool seccomp, char *name)
{
    AUTO_FREE char *key = mem_printf("%c%s", seccomp ? 's' : 'a', name);
    uint32_t number = intern_find(names, key, strlen(key));
    if (number != INTERN_NONE) {
        free(name);
        return &review->groups[number];
    }
    (void)intern_add(names, key, strlen(key));
    MEM_GROW(review->groups, review->group_count, review->group_capacity);
    struct log_group *group = &review->groups[review->group_count++];
    *group = (struct log_group){.is_seccomp = seccomp, .name = name};
    return group;
}

static int compare_entries(const void *left, const void *right, void *context)
{
    const struct audit_entry *entries = context;
    size_t a = *(const size_t *)left;
    size_t b = *(const size_t *)right;
    if (entries[a].count != entries[b].count)
        return entries[a].count > entries[b].count ? -1 : 1;
    return (a > b) - (a < b);
}

static int compare_groups(const void *left, const void *right)
{
    const struct log_group *a = left;
    const struct log_group *b = right;
    if (a->is_asked != b->is_asked)
        return a->is_asked ? -1 : 1;
    if (a->times != b->times)
        return a->times > b->times ? -1 : 1;
    return a->is_seccomp != b->is_seccomp ? a->is_seccomp - b->is_seccomp : strcmp(a->name, b->name);
}

static void make_groups(struct log_review *review, bool seccomp_asked)
{
    const struct audit_log *log = review->log;
    AUTO(intern_free_cleanup) struct intern *names = intern_new();
    for (size_t i = 0; i < log->entry_count; i++) {
        const struct audit_thing *thing = &log->entries[i].thing;
        if (!audit_entry_is_denial(&log->entries[i]))
            continue;
        bool seccomp = thing->kind == DENIAL_CALL;
        struct log_group *group = find_group(review, names, seccomp, group_name(log, thing, seccomp_asked));
        enum log_standing standing = review->judgements[i].standing;
        MEM_GROW(group->entries, group->entry_count, group->entry_capacity);
        group->entries[group->entry_count++] = i;
        group->times += log->entries[i].count;
        group->is_asked |= standing != LOG_NOT_ASKED && standing != LOG_OTHER_PROFILE;
    }
    for (size_t i = 0; i < review->group_count; i++)
        qsort_r(review->groups[i].entries, review->groups[i].entry_count, sizeof(size_t), compare_entries, log->entries);
    if (review->group_count > 0)
        qsort(review->groups, review->group_count, sizeof(*review->groups), compare_groups);
}

/* ---- what would have to be added ------------------------------------------------------------------ */

static bool needs_change(const struct log_review *review, size_t entry)
{
    enum log_standing standing = review->judgements[entry].standing;
    bool word = review->log->entries[entry].thing.kind == DENIAL_OTHER;
    return !review->has_profiles || standing == LOG_EXPLAINED || standing == LOG_DIFFERENT ||
           (standing == LOG_PERHAPS && word);
}

static void add_denial(const struct log_review *review, size_t entry, struct denials *denials)
{
    const struct audit_log *log = review->log;
    const struct audit_thing *thing = &log->entries[entry].thing;
    const struct log_judgement *judgement = &review->judgements[entry];
    struct denial *denial = denials_add(denials, thing->kind);
    denial->abi = thing->abi;
    denial->number = thing->number;
    denial->verdict.action = thing->action;
    denial->refused = judgement->standing == LOG_NOT_ASKED ? thing->denied : judgement->refused;
    if (denial->refused & AA_EXEC) /* the kernel reads and maps what it executes, once it may */
        denial->refused |= AA_READ | AA_MAP_EXEC;
    denial->rule = judgement->rule;
    if (thing->kind == DENIAL_FILE) {
        const char *path = intern_get(log->strings, thing->path, &denial->path_length);
        denial->path = mem_dup(path, denial->path_length);
    } else if (thing->kind != DENIAL_CALL) {
        denial->words = mem_strdup(audit_log_text(log, thing->words));
        denial->detail = audit_log_text(log, thing->detail);
    }
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_denials(const void *left, const void *right)
{
    const struct denial *a = left;
    const struct denial *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->abi != b->abi || a->number != b->number)
        return a->abi != b->abi ? (a->abi < b->abi ? -1 : 1) : a->number < b->number ? -1 : 1;
    int order = compare_texts(a->path, b->path);
    order = order ? order : compare_texts(a->words, b->words);
    return order ? order : compare_texts(a->detail, b->detail);
}

static bool is_same_file(const struct denial *a, const struct denial *b)
{
    return a->kind == DENIAL_FILE && b->kind == DENIAL_FILE && a->rule == b->rule && strcmp(a->path, b->path) == 0;
}

/* What was done to one file becomes one rule: each of its denials gets the access of all. */
static void unite_files(struct denials *denials)
{
    struct denial *items = denials->items;
    if (denials->count > 0)
        qsort(items, denials->count, sizeof(*items), compare_denials);
    for (size_t i = 1; i < denials->count; i++)
        if (is_same_file(&items[i - 1], &items[i]))
            items[i].refused |= items[i - 1].refused;
    for (size_t i = denials->count; i-- > 1;)
        if (is_same_file(&items[i - 1], &items[i]))
            items[i - 1].refused |= items[i].refused;
}

static void add_change(struct denials_remedy *remedy, const char *sentence)
{
    if (!strings_contain(remedy->changes, remedy->change_count, sentence))
        strings_add(&remedy->changes, &remedy->change_count, sentence);
}

/* True when no rule that could be added is about it, which is said then. */
static bool is_no_rule(const struct log_review *review, size_t entry, struct denials_remedy *remedy)
{
    const struct audit_thing *thing = &review->log->entries[entry].thing;
    const char *words = audit_log_text(review->log, thing->words);
    const char *profile = audit_log_text(review->log, thing->profile);
    if (thing->kind != DENIAL_CALL && profile && strcmp(profile, "unconfined") == 0) {
        add_change(remedy, "unconfined is no profile that could be changed");
        return true;
    }
    if (thing->kind == DENIAL_FILE) {
        if (audit_log_text(review->log, thing->path)[0] == '/')
            return false;
        add_change(remedy, "give the profile the flag attach_disconnected: paths outside of its root are used");
        return true;
    }
    if (thing->kind != DENIAL_OTHER ||
        (log_judge_has_keyword(words) && (strcmp(words, "rlimit") != 0 || thing->detail != STRING_NONE)))
        return false;
    AUTO_FREE char *sentence = mem_printf("the operation %s is denied, and no rule for it is proposed", words);
    add_change(remedy, sentence);
    return true;
}

static void make_remedy(const struct log_review *review, struct log_group *group, const struct log_judges *judges)
{
    AUTO_DENIALS struct denials denials = {0};
    struct denials_remedy said = {0};
    for (size_t i = 0; i < group->entry_count; i++) {
        size_t entry = group->entries[i];
        bool by_policy = group->is_seccomp && judges->seccomp;
        if (!needs_change(review, entry) || is_no_rule(review, entry, &said))
            continue;
        if (!by_policy || review->judgements[entry].verdict.action == SECCOMP_LOG)
            add_denial(review, entry, &denials);
        else
            log_judge_take_calls(judges, entry, &denials);
    }
    unite_files(&denials);
    denials_remedy(&denials, group->is_seccomp ? judges->seccomp : NULL,
                   group->is_seccomp ? NULL : log_judges_profile(judges, group->name), &group->remedy);
    for (size_t i = 0; i < said.change_count; i++)
        add_change(&group->remedy, said.changes[i]);
    strings_free(&said.changes, &said.change_count);
}

/* ---- the review --------------------------------------------------------------------------------- */

int log_review_new(const struct audit_log *log, const struct seccomp_policy *seccomp,
                   const struct seccomp_context *context, const struct apparmor_file *apparmor,
                   struct log_review **ret, struct err *err)
{
    AUTO(log_review_free_cleanup) struct log_review *review = mem_zero(1, sizeof(*review));
    AUTO(log_judges_done) struct log_judges judges = {.log = log, .seccomp = seccomp, .apparmor = apparmor};
    review->log = log;
    review->has_profiles = seccomp || apparmor;
    review->judgements = mem_zero(log->entry_count, sizeof(*review->judgements));
    int result = log_judges_prepare(&judges, context, err);
    if (result < 0)
        return result;
    for (size_t i = 0; i < log->entry_count; i++)
        if (audit_entry_is_denial(&log->entries[i]))
            log_judge(&judges, i, &review->judgements[i]);
    make_groups(review, seccomp != NULL);
    for (size_t i = 0; i < review->group_count; i++)
        make_remedy(review, &review->groups[i], &judges);
    *ret = TAKE(review);
    return 0;
}

void log_review_free(struct log_review *review)
{
    if (!review)
        return;
    for (size_t i = 0; i < review->log->entry_count; i++)
        free(review->judgements[i].reason);
    for (size_t i = 0; i < review->group_count; i++) {
        denials_remedy_done(&review->groups[i].remedy);
        free(review->groups[i].entries);
        free(review->groups[i].name);
    }
    free(review->judgements);
    free(review->groups);
    free(review);
}

size_t log_review_count(const struct log_review *review, enum log_standing standing)
{
    size_t count = 0;
    for (size_t i = 0; i < review->log->entry_count; i++)
        count += audit_entry_is_denial(&review->log->entries[i]) && review->judgements[i].standing == standing;
    return count;
}

bool log_review_found(const struct log_review *review)
{
    if (!review->has_profiles)
        return review->group_count > 0;
    return log_review_count(review, LOG_EXPLAINED) + log_review_count(review, LOG_DIFFERENT) +
               log_review_count(review, LOG_PERHAPS) + log_review_count(review, LOG_BEYOND) > 0;
}
