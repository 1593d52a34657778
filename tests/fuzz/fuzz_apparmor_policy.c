/*
 * Whatever the reader of AppArmor text accepts is written, read and written again to the same bytes,
 * and both policies judge paths alike.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/apparmor_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void compare(const struct apparmor_policy *one, const struct apparmor_policy *two, const char *path, size_t length)
{
    for (int owner = 0; owner < 2; owner++)
        if (apparmor_policy_evaluate(one, path, length, 127, owner, NULL) !=
            apparmor_policy_evaluate(two, path, length, 127, owner, NULL))
            abort();
}

/* The patterns themselves, as paths, are near what they match. */
static void compare_verdicts(const struct apparmor_policy *one, const struct apparmor_policy *two)
{
    compare(one, two, "/", 1);
    compare(one, two, "/a/b", 4);
    for (size_t i = 0; i < one->file_count && i < 50; i++) {
        size_t length = strlen(one->files[i].pattern);
        compare(one, two, one->files[i].pattern, length < 200 ? length : 200);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *again = NULL;
    AUTO_BUF struct buf once = BUF_INIT;
    AUTO_BUF struct buf twice = BUF_INIT;
    struct err err = ERR_INIT;
    if (apparmor_policy_parse("input", (const char *)bytes, length, &policy, &err) < 0) {
        if (err.sentence[0] == '\0')
            abort();
        return 0;
    }
    apparmor_policy_write(policy, &once);
    if (apparmor_policy_parse("own", once.data, once.length, &again, &err) < 0)
        abort();
    apparmor_policy_write(again, &twice);
    if (once.length != twice.length || memcmp(once.data, twice.data, once.length) != 0)
        abort();
    /* Written alone a profile has no children, nor the rules that apparmor_parser adds for the sake of them. */
    if (policy->file_count == again->file_count)
        compare_verdicts(policy, again);
    return 0;
}
