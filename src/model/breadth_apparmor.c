#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "model/breadth_sum.h"

/* The flags that decide whether anything is refused. Of a profile that only complains the rules are judged all the same: they are what it will be. */
enum mode { MODE_ENFORCED, MODE_COMPLAIN, MODE_DEFAULT_ALLOW, MODE_UNCONFINED };

static enum mode mode_of(const struct apparmor_policy *policy)
{
    if (apparmor_policy_has_flag(policy, "unconfined"))
        return MODE_UNCONFINED;
    if (apparmor_policy_has_flag(policy, "complain"))
        return MODE_COMPLAIN;
    return apparmor_policy_has_flag(policy, "default_allow") ? MODE_DEFAULT_ALLOW : MODE_ENFORCED;
}

aa_mask breadth_access(const char *access)
{
    static const char letters[] = "rwalkmx"; /* in the order of the bits */
    aa_mask mask = 0;
    for (; *access; access++) {
        const char *at = strchr(letters, *access);
        mask |= at ? 1u << (unsigned)(at - letters) : 0;
    }
    return mask;
}

struct asker {
    const struct apparmor_policy *policy; /* NULL: nothing is refused */
    enum mode mode;
    uint64_t capabilities;
    struct breadth *breadth;
};

/* Whoever asks owns the file. */
static bool allows_path(const struct asker *asker, const char *path, aa_mask wanted)
{
    const struct aa_file_rule *denied = NULL;
    if (asker->mode == MODE_UNCONFINED)
        return true;
    aa_mask refused = apparmor_policy_evaluate(asker->policy, path, strlen(path), wanted, true, &denied);
    return refused == 0 || (asker->mode == MODE_DEFAULT_ALLOW && !denied);
}

static void add_paths(const struct asker *asker)
{
    for (size_t i = 0; i < data_apparmor_probes_count; i++) {
        const struct data_apparmor_probes *row = &data_apparmor_probes[i];
        enum severity severity = SEVERITY_LOW;
        if (!allows_path(asker, row->path, breadth_access(row->access)) || !severity_parse(row->severity, &severity))
            continue;
        struct breadth_probe *probe = breadth_add_probe(asker->breadth, "apparmor", row->probe, severity);
        probe->what = mem_printf("%s %s", row->path, row->access);
        probe->why = row->why;
        probe->needs = row->needs;
    }
}

/* ---- other kinds of rules ------------------------------------------------------------------------------ */

static bool runs_unconfined(const struct apparmor_policy *policy)
{
    for (size_t i = 0; i < policy->file_count; i++)
        if (!policy->files[i].deny && policy->files[i].exec_mode && strpbrk(policy->files[i].exec_mode, "uU"))
            return true;
    return false;
}

/* The words of a rule that name no peer: apparmor.d(5), PTRACE ACCESS. */
static bool traces_all(const char *text)
{
    static const char *const words[] = {"trace", "w", "rw", "read", "r", "tracedby", "readby"};
    bool acts = text[strspn(text, " ")] == '\0';
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, " ,()\t");
        size_t i = 0;
        while (i < ARRAY_COUNT(words) && (strlen(words[i]) != length || memcmp(words[i], at, length) != 0))
            i++;
        if (length > 0 && i == ARRAY_COUNT(words))
            return false;
        acts |= length > 0 && i < 3;
        at += length;
        at += strspn(at, " ,()\t");
    }
    return acts;
}

/* A target of two stars is every profile. */
static bool changes_to_all(const char *text)
{
    const char *arrow = strstr(text, "->");
    const char *target = arrow ? arrow + 2 + strspn(arrow + 2, " \"") : "**";
    return (arrow || text[strspn(text, " ")] == '\0') && strncmp(target, "**", 2) == 0 && target[2 + strspn(target + 2, " \"")] == '\0';
}

static bool is_about_all(const struct aa_other_rule *rule)
{
    if (strcmp(rule->kind, "ptrace") == 0)
        return traces_all(rule->text);
    return strcmp(rule->kind, "change_profile") == 0 && changes_to_all(rule->text);
}

/* Is all of that kind allowed, and nothing of all denied? */
static bool allows_any(const struct apparmor_policy *policy, const char *kind)
{
    bool allowed = false;
    for (size_t i = 0; i < policy->other_count; i++) {
        const struct aa_other_rule *rule = &policy->others[i];
        if (strcmp(rule->kind, kind) != 0 || !is_about_all(rule))
            continue;
        if (rule->deny && rule->text[0] == '\0')
            return false;
        allowed |= !rule->deny;
    }
    return allowed;
}

static bool allows_network(const struct apparmor_policy *policy, const char *words)
{
    char family[32] = "", type[32] = "";
    return sscanf(words, "%31s %31s", family, type) == 2 && apparmor_policy_allows_network(policy, family, type);
}

static bool allows_rule(const struct asker *asker, const struct data_apparmor_rule_probes *row)
{
    const struct apparmor_policy *policy = asker->policy;
    if (asker->mode == MODE_UNCONFINED)
        return true;
    if (strcmp(row->kind, "network") == 0)
        return allows_network(policy, row->words);
    if (strcmp(row->kind, "rule") == 0)
        return apparmor_policy_allows_other(policy, row->words);
    if (strcmp(row->kind, "any") == 0)
        return allows_any(policy, row->words);
    if (strcmp(row->kind, "exec") == 0)
        return runs_unconfined(policy);
    return strcmp(row->kind, "both") == 0 && allows_path(asker, row->words, AA_WRITE) && allows_path(asker, row->words, AA_EXEC);
}

static struct breadth_probe *add_rule_probe(const struct asker *asker, const struct data_apparmor_rule_probes *row)
{
    enum severity severity = SEVERITY_LOW;
    (void)severity_parse(row->severity, &severity);
    struct breadth_probe *probe = breadth_add_probe(asker->breadth, "apparmor", row->probe, severity);
    probe->way = row->way;
    probe->why = row->why;
    probe->needs = row->needs;
    probe->by_user_namespace = *row->by_user_namespace != '\0';
    return probe;
}

/* One probe for each capability of that risk. */
static void add_capabilities(const struct asker *asker, const struct data_apparmor_rule_probes *row)
{
    for (size_t i = 0; i < data_capabilities_count; i++) {
        const struct data_capabilities *capability = &data_capabilities[i];
        const char *name = capability->capability + strlen("CAP_");
        AUTO_FREE char *lower = mem_strdup(name);
        for (char *at = lower; *at; at++)
            *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
        if (strcmp(capability->risk, row->words) != 0 ||
            (asker->mode < MODE_DEFAULT_ALLOW && !apparmor_policy_allows_capability(asker->policy, lower)))
            continue;
        struct breadth_probe *probe = add_rule_probe(asker, row);
        probe->needs = capability->capability;
        probe->what = mem_strdup(capability->capability);
    }
}

/* As a profile would say it. */
static char *what_of(const struct data_apparmor_rule_probes *row)
{
    if (strcmp(row->kind, "exec") == 0)
        return mem_strdup("ux");
    if (strcmp(row->kind, "both") == 0)
        return mem_printf("%s wx", row->words);
    return mem_printf("%s%s", strcmp(row->kind, "network") == 0 ? "network " : "", row->words);
}

static void add_rules(const struct asker *asker)
{
    for (size_t i = 0; i < data_apparmor_rule_probes_count; i++) {
        const struct data_apparmor_rule_probes *row = &data_apparmor_rule_probes[i];
        if (strcmp(row->kind, "capability") == 0)
            add_capabilities(asker, row);
        else if (allows_rule(asker, row))
            add_rule_probe(asker, row)->what = what_of(row);
    }
}

static void judge(const struct asker *asker)
{
    struct breadth *breadth = asker->breadth;
    *breadth = (struct breadth){0};
    add_paths(asker);
    add_rules(asker);
    breadth_add_fact(breadth, "default-allow", asker->mode >= MODE_DEFAULT_ALLOW, mem_strdup("allows what it does not name"));
    breadth_add_fact(breadth, "not-enforced", asker->mode == MODE_COMPLAIN || asker->mode == MODE_UNCONFINED,
                     mem_strdup(asker->mode == MODE_COMPLAIN ? "only complains" : "is not confined"));
    breadth_sum(breadth, "apparmor", asker->capabilities);
}

void breadth_of_apparmor(const struct apparmor_policy *policy, uint64_t capabilities, struct breadth *ret)
{
    const struct asker asker = {.policy = policy, .mode = mode_of(policy), .capabilities = capabilities, .breadth = ret};
    judge(&asker);
}

void breadth_of_unconfined_apparmor(uint64_t capabilities, struct breadth *ret)
{
    const struct asker asker = {.mode = MODE_UNCONFINED, .capabilities = capabilities, .breadth = ret};
    judge(&asker);
}
