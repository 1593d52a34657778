/* The arguments that a filtered call is refused with EPERM for. Without these rules a call with other arguments
 * than the allowed ones would get the default, which is ENOSYS, though it was known and not used. */
#include <errno.h>
#include <string.h>

#include "model/profile_build.h"

/* Conditions that hold for every value of an argument but some: each says how a value leaves the ways of the
 * allowed ones, highest bit first, so they exclude each other and the order of rules does not matter. */
struct complement {
    struct seccomp_arg *items;
    size_t count;
    size_t capacity;
    unsigned index;
};

static uint64_t highest_bit(uint64_t mask)
{
    return UINT64_C(1) << (63 - __builtin_clzll(mask));
}

static bool any_within(const uint64_t *values, size_t count, uint64_t mask, uint64_t value)
{
    for (size_t i = 0; i < count; i++)
        if ((values[i] & mask) == value)
            return true;
    return false;
}

/* mask and value say which way was taken so far; rest are the bits to look at. Its depth is the bits of rest. */
static void leave_ways(struct complement *out, const uint64_t *values, size_t count, uint64_t mask, uint64_t value,
                       uint64_t rest)
{
    if (rest == 0)
        return;
    uint64_t bit = highest_bit(rest);
    for (int set = 0; set < 2; set++) {
        uint64_t way = value | (set ? bit : 0);
        if (any_within(values, count, mask | bit, way)) {
            leave_ways(out, values, count, mask | bit, way, rest & ~bit);
            continue;
        }
        MEM_GROW(out->items, out->count, out->capacity);
        out->items[out->count++] = (struct seccomp_arg){out->index, OP_MASKED_EQ, mask | bit, way};
    }
}

static struct seccomp_rule *add_refusal(struct seccomp_policy *policy, const char *name)
{
    struct seccomp_rule *rule = seccomp_policy_add_rule(policy, SECCOMP_ERRNO);
    rule->errno_value = EPERM;
    rule->comment = mem_strdup("refused: the call is known, these arguments were not used");
    seccomp_rule_add_name(rule, name);
    return rule;
}

/* Whether all matches look at the same bits of the same arguments. */
static bool same_shape(const struct profile_match *matches, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (matches[i].arg_count != matches[0].arg_count)
            return false;
        for (size_t j = 0; j < matches[0].arg_count; j++)
            if (matches[i].args[j].index != matches[0].args[j].index ||
                matches[i].args[j].value != matches[0].args[j].value)
                return false;
    }
    return true;
}

/* crun 1.8.1 takes no notice of a rule's conditions after the sixth (src/libcrun/seccomp.c). */
enum { RULE_CONDITIONS_MAX = 6 };

/* Every value of the first argument that no match has: rules whose conditions on one argument are alternatives to the
 * runtimes. To one that wanted all of them at once they would never apply, and the default refuses as well. */
static void refuse_first(struct seccomp_policy *policy, const char *name, const struct profile_match *matches,
                         const uint64_t *values, size_t count)
{
    const struct seccomp_arg *arg = &matches[0].args[0];
    struct complement ways = {.index = arg->index};
    leave_ways(&ways, values, count, 0, 0, arg->value);
    struct seccomp_rule *rule = NULL;
    for (size_t i = 0; i < ways.count; i++) {
        if (i % RULE_CONDITIONS_MAX == 0)
            rule = add_refusal(policy, name);
        seccomp_rule_add_arg(rule, ways.items[i]);
    }
    free(ways.items);
}

/* Every value of the second argument that no match has together with this first one. */
static void refuse_second(struct seccomp_policy *policy, const char *name, const struct profile_match *matches,
                          size_t count, uint64_t first)
{
    AUTO_FREE uint64_t *values = mem_zero(count, sizeof(*values));
    size_t value_count = 0;
    for (size_t i = 0; i < count; i++)
        if (matches[i].args[0].value_two == first)
            values[value_count++] = matches[i].args[1].value_two;
    const struct seccomp_arg *arg = &matches[0].args[1];
    struct complement ways = {.index = arg->index};
    leave_ways(&ways, values, value_count, 0, 0, arg->value);
    for (size_t i = 0; i < ways.count; i++) {
        struct seccomp_rule *rule = add_refusal(policy, name);
        struct seccomp_arg same = matches[0].args[0];
        same.value_two = first;
        seccomp_rule_add_arg(rule, same);
        seccomp_rule_add_arg(rule, ways.items[i]);
    }
    free(ways.items);
}

void profile_refuse_others(struct seccomp_policy *policy, const char *name, const struct profile_match *matches,
                           size_t count)
{
    if (count == 0 || !same_shape(matches, count))
        return;
    AUTO_FREE uint64_t *values = mem_zero(count, sizeof(*values));
    for (size_t i = 0; i < count; i++)
        values[i] = matches[i].args[0].value_two;
    refuse_first(policy, name, matches, values, count);
    for (size_t i = 0; i < count && matches[0].arg_count == 2; i++)
        if (!any_within(values, i, UINT64_MAX, values[i]))
            refuse_second(policy, name, matches, count, values[i]);
}
