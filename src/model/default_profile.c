#include "model/default_profile.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/strings.h"

/* Where each engine's column is. */
static const struct column {
    const char *engine;
    size_t seccomp;  /* offset in struct data_default_seccomp */
    size_t apparmor; /* offset in struct data_default_apparmor */
} columns[] = {
    {"docker", offsetof(struct data_default_seccomp, docker), offsetof(struct data_default_apparmor, docker)},
    {"podman", offsetof(struct data_default_seccomp, podman), offsetof(struct data_default_apparmor, podman)},
    {"containerd", offsetof(struct data_default_seccomp, containerd), offsetof(struct data_default_apparmor, containerd)},
};

static const char *cell(const void *row, size_t offset)
{
    return *(const char *const *)((const char *)row + offset);
}

const struct data_default_profiles *default_profile_of(const char *engine)
{
    for (size_t i = 0; i < data_default_profiles_count; i++)
        if (strcmp(data_default_profiles[i].engine, engine) == 0)
            return &data_default_profiles[i];
    return NULL;
}

static int find_engine(const char *engine, const struct data_default_profiles **ret_row, const struct column **ret_column,
                       struct err *err)
{
    *ret_row = default_profile_of(engine);
    *ret_column = NULL;
    for (size_t i = 0; i < ARRAY_COUNT(columns); i++)
        if (strcmp(columns[i].engine, engine) == 0)
            *ret_column = &columns[i];
    if (*ret_row && *ret_column)
        return 0;
    AUTO_BUF struct buf known = BUF_INIT;
    for (size_t i = 0; i < data_default_profiles_count; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", data_default_profiles[i].engine);
    return err_set(err, -ENOENT, "no default profile of '%.60s' is known; there are those of %s", engine, buf_text(&known));
}

/* Takes the next word from *at into word; false at the end. */
static bool next_word(const char **at, char word[static 64])
{
    size_t length = strcspn(*at, " ");
    if (length == 0)
        return false;
    assert(length < 64);
    memcpy(word, *at, length);
    word[length] = '\0';
    *at += length + strspn(*at + length, " ");
    return true;
}

/* ---- seccomp --------------------------------------------------------------------------------------- */

/* "0<38", "2!=9", "0&0x7e020000=0" */
static struct seccomp_arg read_argument(const char *word)
{
    char *at;
    struct seccomp_arg arg = {.index = (unsigned)strtoul(word, &at, 10)};
    if (*at == '&') {
        arg.op = OP_MASKED_EQ;
        arg.value = strtoull(at + 1, &at, 0);
        arg.value_two = strtoull(at + 1, &at, 0);
    } else {
        arg.op = *at == '<' ? OP_LT : *at == '>' ? OP_GT : *at == '!' ? OP_NE : OP_EQ;
        arg.value = strtoull(at + (*at == '!' ? 2 : 1), &at, 0);
    }
    assert(*at == '\0');
    return arg;
}

static void add_words(char ***items, size_t *count, const char *words)
{
    char word[64];
    while (next_word(&words, word))
        strings_add(items, count, word);
}

static void fill_rule(struct seccomp_rule *rule, const struct data_default_seccomp_rules *row)
{
    char word[64];
    rule->errno_value = row->error;
    for (const char *at = row->arguments; next_word(&at, word);)
        seccomp_rule_add_arg(rule, read_argument(word));
    add_words(&rule->includes.capabilities, &rule->includes.capability_count, row->with);
    add_words(&rule->excludes.capabilities, &rule->excludes.capability_count, row->without);
    add_words(&rule->includes.arches, &rule->includes.arch_count, row->arches);
    add_words(&rule->excludes.arches, &rule->excludes.arch_count, row->not_arches);
    rule->includes.min_kernel = *row->kernel ? kernel_version_parse(row->kernel) : 0;
}

static size_t rule_of(const char *word)
{
    size_t i = 0;
    while (i < data_default_seccomp_rules_count && strcmp(data_default_seccomp_rules[i].rule, word) != 0)
        i++;
    assert(i < data_default_seccomp_rules_count);
    return i;
}

/* One rule for each that the engine's calls name, in the order of the table, and then the calls. */
static void add_rules(struct seccomp_policy *policy, size_t column)
{
    AUTO_FREE bool *named = mem_zero(data_default_seccomp_rules_count, sizeof(*named));
    AUTO_FREE size_t *at = mem_zero(data_default_seccomp_rules_count, sizeof(*at));
    char word[64];
    for (size_t i = 0; i < data_default_seccomp_count; i++)
        for (const char *words = cell(&data_default_seccomp[i], column); next_word(&words, word);)
            named[rule_of(word)] = true;
    for (size_t i = 0; i < data_default_seccomp_rules_count; i++) {
        const struct data_default_seccomp_rules *row = &data_default_seccomp_rules[i];
        at[i] = policy->rule_count;
        if (named[i])
            fill_rule(seccomp_policy_add_rule(policy, strcmp(row->action, "allow") == 0 ? SECCOMP_ALLOW : SECCOMP_ERRNO), row);
    }
    for (size_t i = 0; i < data_default_seccomp_count; i++)
        for (const char *words = cell(&data_default_seccomp[i], column); next_word(&words, word);)
            seccomp_rule_add_name(&policy->rules[at[rule_of(word)]], data_default_seccomp[i].call);
}

int default_profile_seccomp(const char *engine, struct seccomp_policy **ret, struct err *err)
{
    const struct data_default_profiles *row = NULL;
    const struct column *column = NULL;
    int r = find_engine(engine, &row, &column, err);
    if (r < 0)
        return r;
    struct seccomp_policy *policy = seccomp_policy_new();
    policy->default_errno = row->seccomp_error;
    char word[64];
    for (const char *at = row->abis; next_word(&at, word);)
        seccomp_policy_add_abi(policy, arch_from_name(word));
    add_rules(policy, column->seccomp);
    *ret = policy;
    return 0;
}

/* ---- AppArmor -------------------------------------------------------------------------------------- */

static void add_line(struct buf *text, const char *rule, const char *self)
{
    static const char mark[] = "@{self}";
    const char *found = strstr(rule, mark);
    if (found)
        buf_printf(text, "  %.*s%s%s,\n", (int)(found - rule), rule, self, found + strlen(mark));
    else
        buf_printf(text, "  %s,\n", rule);
}

int default_profile_apparmor(const char *engine, struct apparmor_policy **ret, struct err *err)
{
    const struct data_default_profiles *row = NULL;
    const struct column *column = NULL;
    int r = find_engine(engine, &row, &column, err);
    if (r < 0)
        return r;
    AUTO_BUF struct buf text = BUF_INIT;
    buf_printf(&text, "profile %s flags=(attach_disconnected,mediate_deleted) {\n", row->apparmor);
    for (size_t i = 0; i < data_default_apparmor_count; i++)
        if (*cell(&data_default_apparmor[i], column->apparmor))
            add_line(&text, data_default_apparmor[i].rule, row->apparmor);
    buf_add_text(&text, "}\n");
    return apparmor_policy_parse(row->apparmor, buf_text(&text), text.length, ret, err);
}
