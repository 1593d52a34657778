#include "model/seccomp_variant.h"

#include <string.h>

int seccomp_variants_find(struct seccomp_variants *variants, const struct seccomp_context *context, size_t *ret,
                          struct err *err)
{
    size_t rules = variants->policy->rule_count;
    AUTO_FREE bool *applies = mem_zero(rules + 1, sizeof(*applies));
    for (size_t i = 0; i < rules; i++)
        applies[i] = seccomp_rule_applies(&variants->policy->rules[i], context);
    for (size_t i = 0; i < variants->count; i++)
        if (memcmp(variants->items[i].applies, applies, rules * sizeof(*applies)) == 0) {
            *ret = i;
            return 0;
        }
    struct seccomp_evaluator *evaluator = NULL;
    int r = seccomp_evaluator_new(variants->policy, context, &evaluator, err);
    if (r < 0)
        return r;
    MEM_GROW(variants->items, variants->count, variants->capacity);
    variants->items[variants->count] = (struct seccomp_variant){.applies = TAKE(applies), .evaluator = evaluator};
    *ret = variants->count++;
    return 0;
}

void seccomp_variants_done(struct seccomp_variants *variants)
{
    for (size_t i = 0; i < variants->count; i++) {
        free(variants->items[i].applies);
        seccomp_evaluator_free(variants->items[i].evaluator);
    }
    free(variants->items);
    *variants = (struct seccomp_variants){0};
}
