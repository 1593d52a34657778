/* The self-check: a policy is asked about everything recorded. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/apparmor_derive.h"
#include "model/apparmor_replay.h"

struct check {
    const struct apparmor_policy *policy;
    const struct recording *recording;
    size_t denied;
    struct err *err;
};

/* Only the first is named. */
static void blame(struct check *check, const char *what, const char *why)
{
    if (check->denied++ == 0)
        (void)err_set(check->err, -EINVAL, "the AppArmor profile %.60s would deny %.300s, which was recorded: %.100s",
                      check->policy->name, what, why);
}

/* A rule for owners alone does not count. */
static void blame_file(struct check *check, const struct apparmor_refusal *refusal)
{
    const char *image = aa_need_image(check->recording, refusal->need);
    AUTO_BUF struct buf what = BUF_INIT;
    aa_mask_write(refusal->refused | refusal->perhaps, NULL, &what);
    buf_add_text(&what, " on ");
    text_escape(&what, refusal->need->path, refusal->need->length);
    if (image)
        buf_printf(&what, " by %s", image);
    AUTO_FREE char *why = refusal->rule ? mem_printf("deny %s", refusal->rule->pattern) : mem_strdup("no rule allows it");
    blame(check, buf_text(&what), why);
}

static void on_refusal(void *context, const struct apparmor_refusal *refusal)
{
    struct check *check = context;
    if (refusal->need) {
        blame_file(check, refusal);
        return;
    }
    bool capability = strcmp(refusal->kind, "capability") == 0;
    AUTO_FREE char *what = *refusal->words
                               ? mem_printf("%s %s", capability ? "the capability" : "a socket of", refusal->words)
                               : mem_strdup(refusal->kind);
    blame(check, what, "no rule allows it, or one denies it");
}

int apparmor_policy_check(const struct apparmor_policy *policy, const struct recording *recording, size_t *ret_denied,
                          struct err *err)
{
    struct check check = {.policy = policy, .recording = recording, .err = err};
    struct aa_needs needs;
    aa_needs_collect(recording, &needs);
    apparmor_replay(policy, recording, &needs, on_refusal, &check);
    aa_needs_done(&needs);
    if (ret_denied)
        *ret_denied = check.denied;
    return check.denied == 0 ? 0 : -EINVAL;
}
