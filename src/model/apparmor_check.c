/* The self-check: a policy is asked about everything recorded. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "model/aa_needs.h"
#include "model/apparmor_derive.h"

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

static void check_file(struct check *check, const struct aa_need *need)
{
    static const char letters[] = "rwalkmx"; /* in the order of the bits */
    const struct aa_file_rule *rule = NULL;
    /* Who owned the file is not recorded: a rule for owners alone does not count. */
    aa_mask refused = apparmor_policy_evaluate(check->policy, need->path, need->length, need->wanted, false, &rule);
    if (!refused)
        return;
    AUTO_BUF struct buf what = BUF_INIT;
    for (unsigned bit = 0; bit < sizeof(letters) - 1; bit++)
        if (refused >> bit & 1)
            buf_add_char(&what, letters[bit]);
    buf_add_text(&what, " on ");
    text_escape(&what, need->path, need->length);
    if (need->image)
        buf_printf(&what, " by %s", need->image);
    AUTO_FREE char *why = rule ? mem_printf("deny %s", rule->pattern) : mem_strdup("no rule allows it");
    blame(check, buf_text(&what), why);
}

static void check_files(struct check *check)
{
    struct aa_needs needs;
    aa_needs_collect(check->recording, &needs);
    for (size_t i = 0; i < needs.count; i++)
        check_file(check, &needs.items[i]);
    aa_needs_done(&needs);
}

static void check_capability(struct check *check, const struct fact *fact)
{
    AUTO_FREE char *name = fact->value < 64 ? aa_capability_name((int)fact->value) : NULL;
    if (!name || apparmor_policy_allows_capability(check->policy, name))
        return;
    AUTO_FREE char *what = mem_printf("the capability %s", name);
    blame(check, what, "no rule allows it, or one denies it");
}

static void check_socket(struct check *check, const struct fact *fact)
{
    const char *family = aa_family_name(aa_fact_family(fact));
    const char *type = aa_socket_type_name(aa_fact_type(fact));
    if (!family || !type || apparmor_policy_allows_network(check->policy, family, type))
        return;
    AUTO_FREE char *what = mem_printf("a socket of %s %s", family, type);
    blame(check, what, "no rule allows it, or one denies it");
}

static void check_kind(struct check *check, const char *kind)
{
    if (!apparmor_policy_allows_other(check->policy, kind))
        blame(check, kind, "no rule allows it, or one denies it");
}

/* The kind of rule that a fact needs; NULL when none mediates it. */
static const char *kind_of(const struct recording *recording, const struct fact *fact)
{
    switch (fact->kind) {
    case FACT_MOUNT:
        return "mount";
    case FACT_UMOUNT:
        return "umount";
    case FACT_SIGNAL:
        return "signal";
    case FACT_PTRACE:
        return "ptrace";
    case FACT_ROOT: {
        const char *what = recording_text(recording, fact->subject);
        return what && strcmp(what, "pivot_root") == 0 ? "pivot_root" : NULL;
    }
    case FACT_SOCKET:
    case FACT_BIND:
    case FACT_CONNECT:
    case FACT_LISTEN:
    case FACT_NAMESPACE:
    case FACT_CAPABILITY:
    case FACT_MODULE:
    case FACT_IO_URING:
    case FACT_KIND_COUNT:
        return NULL;
    }
    return NULL;
}

int apparmor_policy_check(const struct apparmor_policy *policy, const struct recording *recording, size_t *ret_denied,
                          struct err *err)
{
    struct check check = {.policy = policy, .recording = recording, .err = err};
    check_files(&check);
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        const char *kind = kind_of(recording, fact);
        if (kind)
            check_kind(&check, kind);
        else if (fact->kind == FACT_CAPABILITY)
            check_capability(&check, fact);
        else if (fact->kind == FACT_SOCKET)
            check_socket(&check, fact);
    }
    if (ret_denied)
        *ret_denied = check.denied;
    return check.denied == 0 ? 0 : -EINVAL;
}
