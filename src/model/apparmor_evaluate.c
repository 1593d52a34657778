/* What the kernel would say under a policy. */
#include <ctype.h>
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

/* Of each permission the rules of the highest priority that speak of it. */
struct ranked {
    struct judgement *j;
    int32_t highest[32];
};

static bool judge_ranked(void *context, uint32_t number)
{
    struct ranked *r = context;
    struct judgement *j = r->j;
    const struct aa_file_rule *rule = &j->policy->files[number];
    aa_mask covers = aa_file_rule_covers(rule) & j->wanted;
    if (!covers || (rule->owner && !j->is_owner) || !aa_glob_match(rule->glob, j->path, j->length))
        return true;
    for (unsigned i = 0; i < 32; i++) {
        aa_mask bit = covers & (aa_mask)1 << i;
        if (!bit || rule->priority < r->highest[i])
            continue;
        if (rule->priority > r->highest[i]) {
            j->allowed &= ~bit;
            j->denied &= ~bit;
        }
        r->highest[i] = rule->priority;
        j->allowed |= rule->deny ? 0 : bit;
        j->denied |= rule->deny ? bit : 0;
        if (rule->deny)
            j->decided = rule;
    }
    return true;
}

static void evaluate_ranked(struct judgement *j)
{
    struct ranked ranked = {.j = j};
    for (size_t i = 0; i < ARRAY_COUNT(ranked.highest); i++)
        ranked.highest[i] = INT32_MIN;
    apparmor_index_visit(j->policy->index, j->path, j->length, judge_ranked, &ranked);
    if (j->denied == 0)
        j->decided = NULL;
}

/* A name of a pair may be linked to something. */
static bool begins_pair(const struct judgement *j)
{
    for (size_t i = 0; i < j->policy->other_count; i++) {
        const struct aa_other_rule *rule = &j->policy->others[i];
        if (rule->pair && !rule->deny && (j->is_owner || !rule->owner) && aa_glob_match(rule->pair->link_glob, j->path, j->length))
            return true;
    }
    return false;
}

aa_mask apparmor_policy_evaluate(const struct apparmor_policy *policy, const char *path, size_t length,
                                 aa_mask wanted, bool is_owner, const struct aa_file_rule **ret_rule)
{
    struct judgement j = {
        .policy = policy, .path = path, .length = length, .wanted = wanted, .is_owner = is_owner};
    if (policy->has_priorities)
        evaluate_ranked(&j);
    else
        apparmor_index_visit(policy->index, path, length, judge, &j);
    if ((wanted & ~j.allowed & AA_LINK) && policy->pair_count > 0 && begins_pair(&j))
        j.allowed |= AA_LINK;
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

/* What the rules of the highest priority say. */
struct said {
    bool allowed;
    bool denied;
    int32_t priority;
};
#define SAID_NOTHING ((struct said){.priority = INT32_MIN})

static void say(struct said *said, bool deny, int32_t priority)
{
    if (priority > said->priority)
        *said = (struct said){.priority = priority};
    said->allowed |= priority == said->priority && !deny;
    said->denied |= priority == said->priority && deny;
}

bool apparmor_policy_allows_capability(const struct apparmor_policy *policy, const char *name)
{
    struct said said = SAID_NOTHING;
    if (strncasecmp(name, "CAP_", 4) == 0)
        name += 4;
    for (size_t i = 0; i < policy->capability_count; i++) {
        const struct aa_word_rule *rule = &policy->capabilities[i];
        if (rule->words[0] == '\0' || has_word(rule->words, name))
            say(&said, rule->deny, rule->priority);
    }
    return said.allowed && !said.denied;
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

/* Behind "type =" among the words of a unix rule, outside its brackets and quotes; NULL when it names none. */
static const char *unix_rule_type(const char *text)
{
    unsigned depth = 0;
    bool quoted = false;
    for (const char *at = text; *at; at++) {
        quoted ^= *at == '"';
        depth += !quoted && *at == '(' ? 1u : 0u;
        depth -= !quoted && *at == ')' && depth > 0 ? 1u : 0u;
        if (quoted || depth > 0 || strncmp(at, "type", 4) != 0 || (at > text && !strchr(" \t)", at[-1])))
            continue;
        const char *value = at + 4 + strspn(at + 4, " \t");
        if (*value == '=')
            return value + 1 + strspn(value + 1, " \t\"");
    }
    return NULL;
}

/* Where the kernel has no rules for unix sockets of their own (Linux before 6.17), apparmor_parser makes a rule that allows
 * something for all sockets of its type, and passes over those that deny (parser/af_unix.cc: downgrade_rule). */
static void say_unix(struct said *said, const struct apparmor_policy *policy, const char *type)
{
    for (size_t i = 0; i < policy->other_count; i++) {
        const struct aa_other_rule *rule = &policy->others[i];
        if (rule->deny || strcmp(rule->kind, "unix") != 0)
            continue;
        const char *named = unix_rule_type(rule->text);
        if (!named || (strncmp(named, type, strlen(type)) == 0 && !isalpha((unsigned char)named[strlen(type)])))
            say(said, false, rule->priority);
    }
}

bool apparmor_policy_allows_network(const struct apparmor_policy *policy, const char *family, const char *type)
{
    struct said said = SAID_NOTHING;
    if (strcmp(family, "unix") == 0)
        say_unix(&said, policy, type);
    for (size_t i = 0; i < policy->network_count; i++) {
        const struct aa_word_rule *rule = &policy->networks[i];
        if (network_covers(rule->words, family, type))
            say(&said, rule->deny, rule->priority);
    }
    return said.allowed && !said.denied;
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
