#include "model/apparmor_policy.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "model/aa_glob_impl.h"
#include "model/apparmor_reader.h"
#include "model/apparmor_rule.h"

struct apparmor_policy *apparmor_policy_new(const char *name)
{
    struct apparmor_policy *policy = mem_zero(1, sizeof(*policy));
    policy->name = mem_strdup(name);
    policy->index = apparmor_index_new();
    return policy;
}

void aa_file_rule_done(struct aa_file_rule *rule)
{
    free(rule->exec_mode);
    free(rule->pattern);
    free(rule->comment);
    aa_glob_free(rule->glob);
    *rule = (struct aa_file_rule){0};
}

static void free_pair(struct aa_link_pair *pair)
{
    if (!pair)
        return;
    free(pair->link);
    free(pair->target);
    aa_glob_free(pair->link_glob);
    aa_glob_free(pair->target_glob);
    free(pair);
}

void aa_other_rule_done(struct aa_other_rule *rule)
{
    free(rule->kind);
    free(rule->text);
    free(rule->comment);
    free_pair(rule->pair);
    *rule = (struct aa_other_rule){0};
}

static void free_words(struct aa_word_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(rules[i].words);
        free(rules[i].comment);
    }
    free(rules);
}

void apparmor_policy_free(struct apparmor_policy *policy)
{
    if (!policy)
        return;
    for (size_t i = 0; i < policy->file_count; i++)
        aa_file_rule_done(&policy->files[i]);
    for (size_t i = 0; i < policy->other_count; i++)
        aa_other_rule_done(&policy->others[i]);
    for (size_t i = 0; i < policy->header_count; i++)
        free(policy->header[i]);
    free_words(policy->capabilities, policy->capability_count);
    free_words(policy->networks, policy->network_count);
    free(policy->files);
    free(policy->others);
    free(policy->header);
    free(policy->name);
    free(policy->parent);
    free(policy->xattrs);
    free(policy->attachment);
    free(policy->abi);
    free(policy->flags);
    apparmor_index_free(policy->index);
    free(policy);
}

/* ---- flags -------------------------------------------------------------------------------- */

bool apparmor_policy_has_flag(const struct apparmor_policy *policy, const char *flag)
{
    size_t length = strlen(flag);
    for (const char *at = policy->flags; at && *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
        if (strcspn(at, ",") == length && strncmp(at, flag, length) == 0)
            return true;
    return false;
}

/* ---- adding ------------------------------------------------------------------------------- */

static const char *const OTHER_KINDS[] = {"mount",  "remount", "umount",         "pivot_root", "ptrace",
                                          "signal", "unix",    "dbus",           "link",       "change_profile",
                                          "rlimit", "userns",  "io_uring",       "mqueue"};

const char *aa_other_kind(const char *word)
{
    for (size_t i = 0; i < ARRAY_COUNT(OTHER_KINDS); i++)
        if (strcmp(OTHER_KINDS[i], word) == 0)
            return OTHER_KINDS[i];
    return NULL;
}

/* apparmor.d(5), "Access Modes". */
static const char *const EXEC_MODES[] = {"ix",  "ux",  "Ux",  "px",  "Px",  "cx",  "Cx",
                                         "pix", "Pix", "cix", "Cix", "pux", "PUx", "cux", "CUx"};

bool aa_exec_mode_known(const char *mode)
{
    size_t length = strcspn(mode, " ");
    for (size_t i = 0; i < ARRAY_COUNT(EXEC_MODES); i++)
        if (strlen(EXEC_MODES[i]) == length && strncmp(EXEC_MODES[i], mode, length) == 0)
            return true;
    return false;
}

aa_mask aa_file_rule_covers(const struct aa_file_rule *rule)
{
    aa_mask covers = rule->permissions;
    if (rule->implied)
        return covers;
    if (covers & AA_WRITE)
        covers |= AA_APPEND;
    bool inherits = rule->exec_mode && memchr(rule->exec_mode, 'i', strcspn(rule->exec_mode, " "));
    if (!rule->deny && (covers & AA_EXEC) && inherits)
        covers |= AA_MAP_EXEC;
    return covers;
}

struct conflict {
    const struct apparmor_policy *policy;
    const struct aa_file_rule *rule;
    const struct aa_file_rule *other;
};

/* A pattern can have only one way to execute; the literal prefix is the same when the pattern is. The rules that are there
 * agree, so that the first one tells. */
static bool conflicts(void *context, uint32_t number)
{
    struct conflict *conflict = context;
    const struct aa_file_rule *rule = conflict->rule;
    const struct aa_file_rule *other = &conflict->policy->files[number];
    if (other->deny || !(other->permissions & AA_EXEC) || other->owner != rule->owner ||
        strcmp(other->pattern, rule->pattern) != 0)
        return true;
    if (strcmp(other->exec_mode, rule->exec_mode) != 0)
        conflict->other = other;
    return false;
}

static int check_file(const struct apparmor_policy *policy, const struct aa_file_rule *rule, struct err *err)
{
    const char *pattern = rule->pattern;
    if (pattern[0] != '/')
        return err_set(err, -EINVAL, "the pattern %.200s does not begin with a slash", pattern);
    if (rule->permissions == 0)
        return err_set(err, -EINVAL, "the rule for %.200s has no permission", pattern);
    if ((rule->permissions & AA_WRITE) && (rule->permissions & AA_APPEND))
        return err_set(err, -EINVAL, "the rule for %.200s has w and a, which exclude each other", pattern);
    bool executes = !rule->deny && (rule->permissions & AA_EXEC);
    if (executes && (!rule->exec_mode || !aa_exec_mode_known(rule->exec_mode)))
        return err_set(err, -EINVAL, "the rule for %.200s allows x without saying how (ix, px, cx or ux)", pattern);
    if (!executes && rule->exec_mode)
        return err_set(err, -EINVAL, "the rule for %.200s has an exec mode but does not allow x", pattern);
    struct conflict conflict = {.policy = policy, .rule = rule};
    /* Rules of the same pattern begin and end alike. */
    AUTO_BUF struct buf ends = BUF_INIT;
    buf_add(&ends, rule->glob->prefix, rule->glob->prefix_length);
    buf_add(&ends, rule->glob->suffix, rule->glob->suffix_length);
    if (executes)
        apparmor_index_visit(policy->index, buf_text(&ends), ends.length, conflicts, &conflict);
    if (conflict.other)
        return err_set(err, -EINVAL, "the rules for %.200s allow both %s and %s, which exclude each other", pattern,
                       conflict.other->exec_mode, rule->exec_mode);
    return 0;
}

int apparmor_policy_push_file(struct apparmor_policy *policy, struct aa_file_rule *rule, struct err *err)
{
    int rc = aa_glob_new(rule->pattern, &rule->glob, err);
    if (rc == 0)
        rc = check_file(policy, rule, err);
    if (rc < 0) {
        aa_file_rule_done(rule);
        return rc;
    }
    MEM_GROW(policy->files, policy->file_count, policy->file_capacity);
    apparmor_index_add(policy->index, rule->glob, (uint32_t)policy->file_count);
    policy->has_priorities |= rule->priority != 0;
    policy->files[policy->file_count++] = *rule;
    *rule = (struct aa_file_rule){0};
    return 0;
}

static char *copy(const char *text)
{
    return text ? mem_strdup(text) : NULL;
}

int apparmor_policy_add_file(struct apparmor_policy *policy, bool deny, const char *pattern, aa_mask permissions,
                             const char *exec_mode, const char *comment, struct err *err)
{
    struct aa_file_rule rule = {.deny = deny,
                                .permissions = permissions,
                                .exec_mode = copy(exec_mode),
                                .pattern = mem_strdup(pattern),
                                .comment = copy(comment)};
    return apparmor_policy_push_file(policy, &rule, err);
}

void apparmor_policy_push_capability(struct apparmor_policy *policy, const struct aa_word_rule *rule)
{
    MEM_GROW(policy->capabilities, policy->capability_count, policy->capability_capacity);
    policy->capabilities[policy->capability_count++] = *rule;
}

void apparmor_policy_push_network(struct apparmor_policy *policy, const struct aa_word_rule *rule)
{
    MEM_GROW(policy->networks, policy->network_count, policy->network_capacity);
    policy->networks[policy->network_count++] = *rule;
}

/* "[subset] LINK -> TARGET" */
static int read_pair(const char *text, struct aa_link_pair *pair, struct err *err)
{
    AUTO_BUF struct buf word = BUF_INIT;
    AUTO_FREE char *whole = mem_printf("%s,", text);
    struct aa_reader in = {.name = "link", .at = whole, .end = whole + strlen(whole), .line = 1, .err = err};
    bool quoted;
    int rc = aa_reader_word(&in, &word, &quoted);
    pair->subset = rc == 0 && !quoted && strcmp(buf_text(&word), "subset") == 0;
    if (pair->subset)
        rc = aa_reader_word(&in, &word, NULL);
    if (rc < 0)
        return rc;
    pair->link = buf_take(&word);
    aa_reader_skip(&in, NULL);
    if (!aa_reader_take(&in, '-') || !aa_reader_take(&in, '>') || aa_reader_word(&in, &word, NULL) < 0)
        return err_set(err, -EINVAL, "a link rule has the form link /new -> /old");
    pair->target = buf_take(&word);
    aa_reader_skip(&in, NULL);
    if (in.end - in.at != 1)
        return err_set(err, -EINVAL, "a link rule has the form link /new -> /old");
    if (pair->link[0] != '/' || pair->target[0] != '/')
        return err_set(err, -EINVAL, "a name of a link rule does not begin with a slash");
    rc = aa_glob_new(pair->link, &pair->link_glob, err);
    return rc < 0 ? rc : aa_glob_new(pair->target, &pair->target_glob, err);
}

int apparmor_policy_push_other(struct apparmor_policy *policy, struct aa_other_rule *rule, struct err *err)
{
    if (strcmp(rule->kind, "link") == 0) {
        rule->pair = mem_zero(1, sizeof(*rule->pair));
        int rc = read_pair(rule->text, rule->pair, err);
        if (rc < 0) {
            aa_other_rule_done(rule);
            return rc;
        }
        policy->pair_count++;
    }
    MEM_GROW(policy->others, policy->other_count, policy->other_capacity);
    policy->others[policy->other_count++] = *rule;
    *rule = (struct aa_other_rule){0};
    return 0;
}

void apparmor_policy_add_capability(struct apparmor_policy *policy, bool deny, const char *name,
                                    const char *comment)
{
    struct aa_word_rule rule = {.deny = deny, .words = mem_strdup(name), .comment = copy(comment)};
    apparmor_policy_push_capability(policy, &rule);
}

void apparmor_policy_add_network(struct apparmor_policy *policy, bool deny, const char *words, const char *comment)
{
    struct aa_word_rule rule = {.deny = deny, .words = mem_strdup(words), .comment = copy(comment)};
    apparmor_policy_push_network(policy, &rule);
}

void apparmor_policy_add_other(struct apparmor_policy *policy, bool deny, const char *kind, const char *text,
                               const char *comment)
{
    struct aa_other_rule rule = {
        .deny = deny, .kind = mem_strdup(kind), .text = mem_strdup(text), .comment = copy(comment)};
    int rc = apparmor_policy_push_other(policy, &rule, NULL);
    assert(rc == 0); /* only a link rule can be refused */
    (void)rc;
}
