#include <assert.h>
#include <fnmatch.h>
#include <string.h>

#include "audit/rule_impl.h"

#define FORMATS "kubernetes", "compose", "inspect", "oci", "lxc", "daemon", "dockerfile", "containerd", "cri-o"

const char *const rule_formats[] = {FORMATS, NULL};
const char *const rule_fix_keys[] = {FORMATS, "default", NULL};
static_assert(ARRAY_COUNT(rule_formats) == RULE_FORMAT_COUNT + 1, "the count of formats");

size_t rule_format_index(const char *format)
{
    size_t i = 0;
    while (rule_formats[i] && strcmp(rule_formats[i], format) != 0)
        i++;
    return i;
}

bool rule_matches_name(const struct rule *rule, const char *pattern)
{
    return fnmatch(pattern, rule->info.id, FNM_CASEFOLD) == 0 || fnmatch(pattern, rule->info.name, FNM_CASEFOLD) == 0;
}

const char *rule_fix_for(const struct rule *rule, const char *format)
{
    const struct node *of_format = format ? node_get(rule->fix, format) : NULL;
    return of_format ? node_text(of_format) : rule->info.fix;
}

void rule_done(struct rule *rule)
{
    condition_done(rule->when);
}
