#include "model/apparmor_diff.h"

#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/text.h"
#include "model/aa_needs.h"
#include "model/apparmor_file_diff.h"
#include "model/capability.h"

/* ---- by name ----------------------------------------------------------------------------------------- */

static void compare_capabilities(struct diff *diff, const struct apparmor_policy *a, const struct apparmor_policy *b)
{
    for (size_t i = 0; i < capability_count(); i++) {
        const struct data_capabilities *capability = capability_get((int)i);
        if (!capability)
            continue;
        bool before = apparmor_policy_allows_capability(a, capability->capability);
        bool after = apparmor_policy_allows_capability(b, capability->capability);
        if (before == after)
            continue;
        struct diff_row row = {.side = after ? DIFF_WIDER : DIFF_NARROWER, .kind = DIFF_CAPABILITY,
                               .subject = mem_strdup(capability->capability),
                               .a = mem_strdup(before ? "allow" : "deny"), .b = mem_strdup(after ? "allow" : "deny")};
        diff_row_judge_capability(&row, capability->capability);
        diff_add(diff, &row);
    }
}

/* The types of a family that one allows and the other does not are one difference. */
static void compare_family(struct diff *diff, const struct apparmor_policy *a, const struct apparmor_policy *b,
                           const char *family, enum diff_side side)
{
    const struct apparmor_policy *more = side == DIFF_WIDER ? b : a;
    const struct apparmor_policy *less = side == DIFF_WIDER ? a : b;
    AUTO_BUF struct buf types = BUF_INIT;
    for (unsigned type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++) {
        const char *name = aa_socket_type_name(type);
        if (apparmor_policy_allows_network(more, family, name) && !apparmor_policy_allows_network(less, family, name))
            buf_printf(&types, "%s%s", types.length ? " " : "", name);
    }
    if (types.length == 0)
        return;
    char *allow = mem_printf("allow %s", buf_text(&types));
    char *deny = mem_strdup("deny");
    diff_add(diff, &(struct diff_row){.side = side, .kind = DIFF_NETWORK, .subject = mem_strdup(family),
                                      .a = side == DIFF_WIDER ? deny : allow, .b = side == DIFF_WIDER ? allow : deny});
}

static void compare_networks(struct diff *diff, const struct apparmor_policy *a, const struct apparmor_policy *b)
{
    const char *family;
    for (size_t i = 0; (family = aa_family_at(i)); i++) {
        compare_family(diff, a, b, family, DIFF_WIDER);
        compare_family(diff, a, b, family, DIFF_NARROWER);
    }
}

/* ---- by text ----------------------------------------------------------------------------------------- */

static bool same_text(const struct aa_other_rule *a, const struct aa_other_rule *b)
{
    return a->deny == b->deny && strcmp(a->kind, b->kind) == 0 && strcmp(a->text, b->text) == 0;
}

/* A rule without conditions is about everything of its kind. */
static bool has_rule(const struct apparmor_policy *policy, const struct aa_other_rule *rule)
{
    for (size_t i = 0; i < policy->other_count; i++) {
        const struct aa_other_rule *other = &policy->others[i];
        bool covers = other->deny == rule->deny && strcmp(other->kind, rule->kind) == 0 && other->text[0] == '\0';
        if (covers || same_text(other, rule))
            return true;
    }
    return false;
}

static bool allows_some(const struct apparmor_policy *policy, const char *kind)
{
    for (size_t i = 0; i < policy->other_count; i++)
        if (!policy->others[i].deny && strcmp(policy->others[i].kind, kind) == 0)
            return true;
    return false;
}

/* A rule that allows makes no difference where all of its kind is denied, nor does one that denies where nothing of
 * its kind is allowed. */
static bool is_idle(const struct apparmor_policy *has, const struct apparmor_policy *lacks, const struct aa_other_rule *rule)
{
    struct aa_other_rule whole = {.deny = true, .kind = rule->kind, .text = rule->text};
    if (rule->deny)
        return !allows_some(has, rule->kind) || !allows_some(lacks, rule->kind);
    return has_rule(has, &whole);
}

static void compare_others(struct diff *diff, const struct apparmor_policy *has, const struct apparmor_policy *lacks, bool in_b)
{
    for (size_t i = 0; i < has->other_count; i++) {
        const struct aa_other_rule *rule = &has->others[i];
        bool repeated = false;
        for (size_t k = 0; k < i && !repeated; k++)
            repeated = same_text(&has->others[k], rule);
        if (repeated || has_rule(lacks, rule) || is_idle(has, lacks, rule))
            continue;
        AUTO_BUF struct buf subject = BUF_INIT;
        buf_printf(&subject, "%s%s", rule->kind, rule->text[0] ? " " : "");
        text_escape(&subject, rule->text, strlen(rule->text));
        char *says = mem_strdup(rule->deny ? "deny" : "allow");
        char *nothing = mem_strdup("no such rule");
        diff_add(diff, &(struct diff_row){
                           .side = rule->deny == in_b ? DIFF_NARROWER : DIFF_WIDER,
                           .kind = DIFF_RULE,
                           .subject = buf_take(&subject),
                           .a = in_b ? nothing : says,
                           .b = in_b ? says : nothing,
                           .risk = rule->deny || strcmp(rule->kind, "rlimit") == 0 ? RISK_NONE : RISK_MEDIUM,
                       });
    }
}

/* ---- flags ------------------------------------------------------------------------------------------- */

static bool has_flag(const char *flags, const char *flag, size_t length)
{
    for (const char *at = flags ? flags : ""; *at;) {
        at += strspn(at, " ,\t");
        size_t here = strcspn(at, " ,\t");
        if (here == length && here > 0 && strncmp(at, flag, length) == 0)
            return true;
        at += here;
    }
    return false;
}

/* apparmor.d(5): these enforce less; the others change how paths are found. */
static bool loosens(const char *flag)
{
    return strcmp(flag, "complain") == 0 || strcmp(flag, "unconfined") == 0 || strcmp(flag, "default_allow") == 0;
}

static void compare_flags(struct diff *diff, const char *has, const char *lacks, bool in_b)
{
    for (const char *at = has ? has : ""; *at;) {
        at += strspn(at, " ,\t");
        size_t length = strcspn(at, " ,\t");
        AUTO_FREE char *flag = mem_dup(at, length);
        if (length > 0 && !has_flag(lacks, at, length)) {
            AUTO_BUF struct buf subject = BUF_INIT;
            text_escape(&subject, flag, length);
            enum diff_side side = !loosens(flag) ? DIFF_CHANGED : in_b ? DIFF_WIDER : DIFF_NARROWER;
            diff_add(diff, &(struct diff_row){
                               .side = side,
                               .kind = DIFF_FLAG,
                               .subject = buf_take(&subject),
                               .a = mem_strdup(in_b ? "unset" : "set"),
                               .b = mem_strdup(in_b ? "set" : "unset"),
                               .risk = side == DIFF_CHANGED ? RISK_NONE : RISK_HIGH,
                               .why = side == DIFF_CHANGED ? NULL : "what no rule allows is not refused",
                           });
        }
        at += length;
    }
}

struct diff *apparmor_diff(const struct apparmor_policy *a, const struct apparmor_policy *b)
{
    struct diff *diff = diff_new();
    compare_flags(diff, a->flags, b->flags, false);
    compare_flags(diff, b->flags, a->flags, true);
    apparmor_file_diff(a, b, diff);
    compare_capabilities(diff, a, b);
    compare_networks(diff, a, b);
    compare_others(diff, a, b, false);
    compare_others(diff, b, a, true);
    diff_sort(diff);
    return diff;
}
