/* Rules that apparmor_parser (3.0.8) adds to profiles whose tasks can change to another by themselves: those with a
 * change_profile rule, even one that denies, those with children, and hats. They are for owners, and w does not cover a. */
#include <string.h>

#include "model/apparmor_parse.h"
#include "model/apparmor_rule.h"

static void add(struct apparmor_policy *policy, const char *pattern, aa_mask permissions)
{
    struct aa_file_rule rule = {.pattern = mem_strdup(pattern), .permissions = permissions, .owner = true, .implied = true};
    (void)apparmor_policy_push_file(policy, &rule, NULL);
}

void aa_parse_add_implied(struct apparmor_policy *policy, bool has_children)
{
    bool changes = false;
    bool hats = has_children || policy->hat;
    for (size_t i = 0; i < policy->other_count; i++)
        changes |= strcmp(policy->others[i].kind, "change_profile") == 0;
    if (changes)
        add(policy, "/proc/*/attr/{apparmor/,}{current,exec}", AA_WRITE);
    if (hats)
        add(policy, "/proc/[0-9]*/attr/{apparmor/,}current", AA_WRITE);
    if (!changes && !hats)
        return;
    add(policy, "/proc/*/attr/apparmor/", AA_READ);
    add(policy, "/sys/module/apparmor/parameters/enabled", AA_READ);
}
