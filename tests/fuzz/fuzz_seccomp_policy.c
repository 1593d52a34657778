/*
 * Whatever the reader of seccomp profiles accepts is written as JSON and read again to the same bytes, and is
 * judged the same by both, when it is judged at all.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "emit/seccomp_object.h"
#include "model/seccomp_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static struct seccomp_policy *parse_own(const struct buf *text)
{
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    if (seccomp_policy_parse("own", buf_text(text), text->length, &policy, &err) < 0)
        abort();
    return policy;
}

/* Arguments in which conditions of the policy may see their values. */
static void fill_args(const struct seccomp_policy *policy, uint64_t args[static 6])
{
    for (size_t i = 0; i < policy->rule_count; i++)
        for (size_t k = 0; k < policy->rules[i].arg_count; k++)
            args[policy->rules[i].args[k].index] = policy->rules[i].args[k].value;
}

static void judge_both(const struct seccomp_policy *one, const struct seccomp_policy *other)
{
    const struct seccomp_context context = {.native = ABI_X86_64, .runc_stub = true};
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *first = NULL;
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *second = NULL;
    int r = seccomp_evaluator_new(one, &context, &first, NULL);
    if (r != seccomp_evaluator_new(other, &context, &second, NULL))
        abort();
    uint64_t args[6] = {0};
    fill_args(one, args);
    for (unsigned abi = 0; abi < ABI_COUNT && r == 0; abi++) {
        for (uint64_t number = 0; number < 460; number++) {
            struct seccomp_verdict a = seccomp_evaluator_ask(first, (enum abi)abi, number, args);
            struct seccomp_verdict b = seccomp_evaluator_ask(second, (enum abi)abi, number, args);
            if (a.action != b.action || a.error != b.error)
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    if (seccomp_policy_parse("input", (const char *)bytes, length, &policy, &err) < 0) {
        if (err.sentence[0] == '\0')
            abort();
        return 0;
    }
    AUTO_BUF struct buf text = BUF_INIT;
    AUTO_BUF struct buf again = BUF_INIT;
    seccomp_object_write(policy, NULL, &text);
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *own = parse_own(&text);
    seccomp_object_write(own, NULL, &again);
    if (text.length != again.length || memcmp(text.data, again.data, text.length) != 0)
        abort();
    judge_both(policy, own);
    return 0;
}
