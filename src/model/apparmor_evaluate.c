/* What the kernel would say under a policy. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "model/apparmor_rule.h"

struct judgement {
    const struct apparmor_policy *policy;
    const char *path;
    size_t length;
    aa_mask wanted;
    bool is_owner;
    aa_mask allowed;
    aa_mask denied;
    const struct aa_file_rule *decided;
};

static bool judge(void *context, uint32_t number)
{
    struct judgement *j = context;
    const struct aa_file_rule *rule = &j->policy->files[number];
    aa_mask news = aa_file_rule_covers(rule) & j->wanted & ~(rule->deny ? j->denied : j->allowed);
    if (!news || (rule->owner && !j->is_owner) || !aa_glob_match(rule->glob, j->path, j->length))
        return true;
    if (!rule->deny) {
        j->allowed |= news;
        return true;
    }
    j->denied |= news;
    if (!j->decided)
        j->decided = rule;
    return j->denied != j->wanted;
}

aa_mask apparmor_policy_evaluate(const struct apparmor_policy *policy, const char *path, size_t length,
                                 aa_mask wanted, bool is_owner, const struct aa_file_rule **ret_rule)
{
    struct judgement j = {
        .policy = policy, .path = path, .length = length, .wanted = wanted, .is_owner = is_owner};
    apparmor_index_visit(policy->index, path, length, judge, &j);
    if (ret_rule)
        *ret_rule = j.decided;
    return wanted & ~(j.allowed & ~j.denied);
}

/* True when word stands in words, which are parted by blanks and commas. */
static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at;) {
        at += strspn(at, " ,\t");
        size_t here = strcspn(at, " ,\t");
        if (here == length && length > 0 && strncasecmp(at, word, length) == 0)
            return true;
        at += here;
    }
    return false;
}

bool apparmor_policy_allows_capability(const struct apparmor_policy *policy, const char *name)
{
    bool allowed = false;
    if (strncasecmp(name, "CAP_", 4) == 0)
        name += 4;
    for (size_t i = 0; i < policy->capability_count; i++) {
        const struct aa_word_rule *rule = &policy->capabilities[i];
        if (rule->words[0] != '\0' && !has_word(rule->words, name))
            continue;
        if (rule->deny)
            return false;
        allowed = true;
    }
    return allowed;
}

/* What a network rule is about; NULL: any. apparmor_parser 3.0 takes "tcp" alone for both internet
 * families, "icmp" alone for IPv4, and "packet" alone for the family of that name. */
struct network_meaning {
    const char *families[2];
    const char *type;
};

struct network_word {
    const char *word;
    struct network_meaning meaning;
};
static const struct network_word NETWORK_WORDS[] = {
    {"stream", {.type = "stream"}},       {"dgram", {.type = "dgram"}},
    {"seqpacket", {.type = "seqpacket"}}, {"rdm", {.type = "rdm"}},
    {"raw", {.type = "raw"}},             {"tcp", {{"inet", "inet6"}, "stream"}},
    {"udp", {{"inet", "inet6"}, "dgram"}}, {"icmp", {{"inet", "inet"}, "raw"}},
};

static const struct network_meaning *network_word(const char *word)
{
    for (size_t i = 0; i < ARRAY_COUNT(NETWORK_WORDS); i++)
        if (strcmp(NETWORK_WORDS[i].word, word) == 0)
            return &NETWORK_WORDS[i].meaning;
    return NULL;
}

static bool network_covers(const char *words, const char *family, const char *type)
{
    char first[32] = "";
    char second[32] = "";
    if (sscanf(words, "%31s %31s", first, second) < 1)
        return true;
    const struct network_meaning *meaning = network_word(first);
    if (!meaning) {
        const struct network_meaning *rest = network_word(second);
        return strcmp(first, family) == 0 && (!second[0] || strcmp(rest ? rest->type : second, type) == 0);
    }
    if (meaning->families[0] && strcmp(meaning->families[0], family) != 0 &&
        strcmp(meaning->families[1], family) != 0)
        return false;
    return strcmp(meaning->type, type) == 0;
}

bool apparmor_policy_allows_network(const struct apparmor_policy *policy, const char *family, const char *type)
{
    bool allowed = false;
    for (size_t i = 0; i < policy->network_count; i++) {
        const struct aa_word_rule *rule = &policy->networks[i];
        if (!network_covers(rule->words, family, type))
            continue;
        if (rule->deny)
            return false;
        allowed = true;
    }
    return allowed;
}

bool apparmor_policy_allows_other(const struct apparmor_policy *policy, const char *kind)
{
    bool allowed = false;
    for (size_t i = 0; i < policy->other_count; i++) {
        const struct aa_other_rule *rule = &policy->others[i];
        if (strcmp(rule->kind, kind) != 0)
            continue;
        if (rule->deny && rule->text[0] == '\0')
            return false;
        allowed |= !rule->deny;
    }
    return allowed;
}
