/*
 * Two AppArmor profiles compared: tables of pairs, each in both directions, and generated profiles against asking both
 * about every short path.
 */
#include "model/apparmor_diff.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "support/random_policy.h"

static struct apparmor_policy *policy_of(const char *rules)
{
    struct apparmor_policy *policy = NULL;
    struct err err = ERR_INIT;
    const char *flags = rules[0] == '(' ? "flags=" : "";
    AUTO_FREE char *text = mem_printf("profile test %s%s%s }\n", flags, rules, "");
    AUTO_FREE char *plain = mem_printf("profile test { %s }\n", rules);
    const char *whole = rules[0] == '(' ? text : plain;
    cr_assert_eq(apparmor_policy_parse("test", whole, strlen(whole), &policy, &err), 0, "%s: %s", rules, err.sentence);
    return policy;
}

/* "wider /a no rule -> allow r", joined by newlines. */
static char *diff_words(const char *a, const char *b)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *first = policy_of(a);
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *second = policy_of(b);
    AUTO(diff_free_cleanup) struct diff *diff = apparmor_diff(first, second);
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_row *row = &diff->rows[i];
        buf_printf(&out, "%s%s %s", i ? "\n" : "", diff_side_name(row->side), row->subject);
        if (row->when)
            buf_printf(&out, " [%s]", row->when);
        buf_printf(&out, " %s -> %s", row->a, row->b);
    }
    return out.data ? buf_take(&out) : mem_strdup("");
}

static const struct {
    const char *a;
    const char *b;
    const char *there; /* from a to b */
    const char *back;
} pairs[] = {
    {"/a r,", "/a r,", "", ""},
    {"/a r, /b w,", "/b w, /a r,", "", ""},
    {"/{a,b} r,", "/a r, /b r,", "", ""},
    {"/a rw,", "/a r, /a w,", "", ""},
    {"/a/** r,", "/a/* r, /a/[^/]** r,", "", ""},
    {"/a//b r,", "/a/b r,", "", ""},
    {"/a r,", "/a rw,", "wider /a no rule -> allow w", "narrower /a allow w -> no rule"},
    {"/a/* r,", "/a/** r,", "wider /a/** no rule -> allow r", "narrower /a/** allow r -> no rule"},
    {"/a/** r, deny /a/s r,", "/a/** r,", "wider /a/s deny r -> allow r", "narrower /a/s allow r -> deny r"},
    /* What the deny is about is not allowed anyway. */
    {"/a r, deny /b r,", "/a r,", "", ""},
    {"/a r,", "/b r,", "wider /b no rule -> allow r\nnarrower /a allow r -> no rule",
     "wider /a no rule -> allow r\nnarrower /b allow r -> no rule"},
    {"owner /a r,", "/a r,", "wider /a no rule -> allow r", "narrower /a allow r -> no rule"},
    {"/b r,", "/b r, owner /a r,", "wider /a [the file belongs to who asks] no rule -> allow r",
     "narrower /a [the file belongs to who asks] allow r -> no rule"},
    {"/a ix,", "/a ux,", "wider /a ix -> ux\nnarrower /a allow m -> no rule", "wider /a no rule -> allow m\nnarrower /a ux -> ix"},
    {"/a px,", "/a Px,", "changed /a px -> Px", "changed /a Px -> px"},
    {"capability chown,", "capability chown, capability sys_admin,", "wider CAP_SYS_ADMIN deny -> allow",
     "narrower CAP_SYS_ADMIN allow -> deny"},
    {"capability, deny capability sys_admin,", "capability,", "wider CAP_SYS_ADMIN deny -> allow",
     "narrower CAP_SYS_ADMIN allow -> deny"},
    {"network inet stream,", "network inet,", "wider inet deny -> allow dgram raw rdm seqpacket",
     "narrower inet allow dgram raw rdm seqpacket -> deny"},
    {"network tcp,", "network inet stream, network inet6 stream,", "", ""},
    {"/a r,", "/a r, mount,", "wider mount no such rule -> allow", "narrower mount allow -> no such rule"},
    {"mount, mount fstype=tmpfs,", "mount,", "", ""},
    {"signal,", "signal, deny signal peer=x,", "narrower signal peer=x no such rule -> deny", "wider signal peer=x deny -> no such rule"},
    {"/a r,", "/a r, deny mount,", "", ""},
    {"(attach_disconnected) { /a r,", "(attach_disconnected, complain) { /a r,", "wider complain unset -> set",
     "narrower complain set -> unset"},
    {"/a r,", "(mediate_deleted) { /a r,", "changed mediate_deleted unset -> set", "changed mediate_deleted set -> unset"},
};

Test(apparmor_diff, pairs_in_both_directions)
{
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        AUTO_FREE char *there = diff_words(pairs[i].a, pairs[i].b);
        AUTO_FREE char *back = diff_words(pairs[i].b, pairs[i].a);
        cr_expect_str_eq(there, pairs[i].there, "pair %zu: %s", i, there);
        cr_expect_str_eq(back, pairs[i].back, "pair %zu back: %s", i, back);
    }
}

/* The risk of a wide rule is that of the worst path it opens. */
Test(apparmor_diff, hazards_are_found_behind_wide_rules)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *a = policy_of("/** r,");
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *b = policy_of("/** rw,");
    AUTO(diff_free_cleanup) struct diff *diff = apparmor_diff(a, b);
    cr_assert_eq(diff->count, 1);
    cr_expect_eq(diff->rows[0].risk, RISK_HIGH);
    cr_expect_not_null(diff->rows[0].why);
    cr_expect_str_eq(diff->rows[0].example, "/proc/sysrq-trigger");
}

/* ---- generated profiles ---------------------------------------------------------------------------- */

enum { PAIRS = 400, RULES_MAX = 6, LENGTH_MAX = 6 };

static const char *const patterns[] = {
    "/a",  "/a/",    "/a/*", "/a/**",   "/*",      "/**",     "/{,**}", "/{a,b}",   "/[ab]/*", "/a/[^b]", "/?/b",
    "/b*", "/*/a/*", "/**a", "/a{,/}*", "/{a/,b}*", "/b/**/a", "/[^a]*", "/a/b{,a}", "/**/b/", "/a?a",
};

static void add_random_rule(struct random *random, struct apparmor_policy *policy)
{
    static const aa_mask masks[] = {AA_READ, AA_WRITE, AA_READ | AA_WRITE, AA_APPEND, AA_LINK};
    bool deny = random_below(random, 4) == 0;
    const char *pattern = RANDOM_PICK(random, patterns, ARRAY_COUNT(patterns));
    struct err err = ERR_INIT;
    aa_mask mask = RANDOM_PICK(random, masks, ARRAY_COUNT(masks));
    cr_assert_eq(apparmor_policy_add_file(policy, deny, pattern, mask, NULL, NULL, &err), 0, "%s", err.sentence);
}

static struct apparmor_policy *random_profile(struct random *random)
{
    struct apparmor_policy *policy = apparmor_policy_new("test");
    for (size_t i = 1 + random_below(random, RULES_MAX); i > 0; i--)
        add_random_rule(random, policy);
    return policy;
}

enum { EVERY = AA_READ | AA_WRITE | AA_APPEND | AA_LINK };

static aa_mask allowed(const struct apparmor_policy *policy, const char *path)
{
    return EVERY & ~apparmor_policy_evaluate(policy, path, strlen(path), EVERY, false, NULL);
}

/* Asks about all paths of a, b, c and slashes, as the kernel writes them. */
static void ask_all(const struct apparmor_policy *a, const struct apparmor_policy *b, char *path, size_t length, bool *wider,
                    bool *narrower)
{
    path[length] = '\0';
    *wider |= (allowed(b, path) & ~allowed(a, path)) != 0;
    *narrower |= (allowed(a, path) & ~allowed(b, path)) != 0;
    for (const char *byte = "abc/"; *byte && length < LENGTH_MAX; byte++) {
        if (*byte == '/' && path[length - 1] == '/')
            continue;
        path[length] = *byte;
        ask_all(a, b, path, length + 1, wider, narrower);
    }
}

static void check_examples(const struct diff *diff, const struct apparmor_policy *a, const struct apparmor_policy *b, unsigned i)
{
    for (size_t k = 0; k < diff->count; k++) {
        const struct diff_row *row = &diff->rows[k];
        aa_mask before = allowed(a, row->example);
        aa_mask after = allowed(b, row->example);
        cr_expect(row->side == DIFF_WIDER ? after & ~before : before & ~after, "pair %u: %s %s is no example: %s", i,
                  diff_side_name(row->side), row->subject, row->example);
    }
}

Test(apparmor_diff, generated_profiles_agree_with_asking)
{
    struct random random = {.state = 815};
    size_t told[2] = {0, 0};
    for (unsigned i = 0; i < PAIRS; i++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *a = random_profile(&random);
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *b = random_profile(&random);
        AUTO(diff_free_cleanup) struct diff *diff = apparmor_diff(a, b);
        AUTO(diff_free_cleanup) struct diff *same = apparmor_diff(a, a);
        char path[LENGTH_MAX + 1] = "/";
        bool wider = false;
        bool narrower = false;
        ask_all(a, b, path, 1, &wider, &narrower);
        cr_expect_eq(same->count, 0, "profile %u differs from itself", i);
        cr_expect_eq(diff->note_count, 0, "pair %u is not compared whole", i);
        cr_expect_eq(diff_count(diff, DIFF_WIDER) > 0, wider, "pair %u: wider", i);
        cr_expect_eq(diff_count(diff, DIFF_NARROWER) > 0, narrower, "pair %u: narrower", i);
        check_examples(diff, a, b, i);
        told[0] += wider;
        told[1] += narrower;
    }
    printf("%d pairs: %zu wider, %zu narrower\n", PAIRS, told[0], told[1]);
    cr_expect_gt(told[0], PAIRS / 4);
    cr_expect_lt(told[0], PAIRS);
}
