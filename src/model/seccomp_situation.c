#include "model/seccomp_situation.h"

#include <string.h>

#include "model/capability.h"

struct named {
    uint64_t capabilities;
    kernel_version *kernels;
    size_t kernel_count;
    size_t kernel_capacity;
};

static void name_condition(struct named *named, const struct seccomp_condition *condition)
{
    for (size_t i = 0; i < condition->capability_count; i++) {
        const struct data_capabilities *capability = capability_by_name(condition->capabilities[i]);
        if (capability)
            named->capabilities |= UINT64_C(1) << capability->number;
    }
    if (!condition->min_kernel)
        return;
    for (size_t i = 0; i < named->kernel_count; i++)
        if (named->kernels[i] == condition->min_kernel)
            return;
    MEM_GROW(named->kernels, named->kernel_count, named->kernel_capacity);
    named->kernels[named->kernel_count++] = condition->min_kernel;
}

static int compare_kernels(const void *left, const void *right)
{
    kernel_version a = *(const kernel_version *)left;
    kernel_version b = *(const kernel_version *)right;
    return a < b ? -1 : a > b;
}

static struct named names_of(const struct seccomp_policy *const *policies, size_t policy_count)
{
    struct named named = {0};
    for (size_t i = 0; i < policy_count; i++)
        for (size_t k = 0; k < policies[i]->rule_count; k++) {
            name_condition(&named, &policies[i]->rules[k].includes);
            name_condition(&named, &policies[i]->rules[k].excludes);
        }
    if (named.kernel_count)
        qsort(named.kernels, named.kernel_count, sizeof(*named.kernels), compare_kernels);
    return named;
}

static uint64_t usual_capabilities(void)
{
    uint64_t usual = 0;
    for (size_t i = 0; i < capability_count(); i++) {
        const struct data_capabilities *capability = capability_get((int)i);
        if (capability && strcmp(capability->docker_default, "yes") == 0)
            usual |= UINT64_C(1) << i;
    }
    return usual;
}

static void add(struct seccomp_situations *to, uint64_t capabilities, kernel_version kernel, char *words)
{
    MEM_GROW(to->items, to->count, to->capacity);
    to->items[to->count++] = (struct seccomp_situation){
        .context = {.capabilities = capabilities, .kernel = kernel}, .words = words};
}

void seccomp_situations_of(const struct seccomp_policy *const *policies, size_t policy_count,
                           struct seccomp_situations *ret)
{
    uint64_t usual = usual_capabilities();
    struct named named = names_of(policies, policy_count);
    *ret = (struct seccomp_situations){0};
    add(ret, usual, 0, NULL);
    for (size_t i = 0; i < capability_count(); i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (named.capabilities & bit)
            add(ret, usual ^ bit, 0, mem_printf("%s %s", usual & bit ? "without" : "with", capability_get((int)i)->capability));
    }
    if (named.capabilities) {
        add(ret, UINT64_MAX, 0, mem_strdup("with all capabilities"));
        add(ret, 0, 0, mem_strdup("without any capability"));
    }
    /* Versions are major * 1000 + minor, so the one below is older, if not one that was released. */
    for (size_t i = 0; i < named.kernel_count; i++)
        add(ret, usual, named.kernels[i] - 1,
            mem_printf("before Linux %u.%u", named.kernels[i] / 1000, named.kernels[i] % 1000));
    free(named.kernels);
}

void seccomp_situations_done(struct seccomp_situations *situations)
{
    for (size_t i = 0; i < situations->count; i++)
        free(situations->items[i].words);
    free(situations->items);
    *situations = (struct seccomp_situations){0};
}
