/* Allow-lists as the operator says them: wide enough, and no read-only path that denies what is written. */
#include "emit/spo_abstract.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "model/apparmor_derive.h"

/* Two rules, and what becomes of them: lists in the order x m r w, "-" when empty. */
static const struct {
    const char *first, *second;
    aa_mask first_mask, second_mask;
    const char *lists;
} rows[] = {
    {"/bin/a", "/lib/b.so", AA_READ | AA_MAP_EXEC | AA_EXEC, AA_READ | AA_MAP_EXEC, "/bin/a|/bin/a /lib/b.so|-|-"},
    {"/etc/a", "/etc/b", AA_READ, AA_READ, "-|-|/etc/a /etc/b|-"},
    {"/etc/a", "/etc/a", AA_READ, AA_WRITE, "-|-|-|/etc/a"},
    {"/var/log/a", "/etc/b", AA_APPEND, AA_LOCK, "-|-|-|/etc/b /var/log/a"},
    /* A pattern that may meet a written path is no read-only one. */
    {"/srv/**", "/srv/data", AA_READ, AA_WRITE, "-|-|-|/srv/** /srv/data"},
    {"/srv/a", "/srv/*", AA_READ, AA_WRITE, "-|-|-|/srv/* /srv/a"},
    {"/srv/a*", "/srv/b*", AA_READ, AA_WRITE, "-|-|/srv/a*|/srv/b*"},
    {"/dev/null", "/etc/a", AA_READ, AA_READ, "-|-|/etc/a|/dev/null"},
    /* What the operator cannot say gets wider. */
    {"/proc/[0-9]*/stat", "/x", AA_READ, AA_READ, "-|-|/proc/?*/stat /x|-"},
    {"/a[[]b", "/x", AA_READ, AA_READ, "-|-|/a?b /x|-"},
    {"/a{b,c}d", "/x", AA_READ, AA_READ, "-|-|/a*d /x|-"},
    {"/a{/b,{c,d}}", "/x", AA_READ, AA_READ, "-|-|/a** /x|-"},
    {"/a\\*b", "/x", AA_READ, AA_READ, "-|-|/a?b /x|-"},
    {"/a\\\\b", "/x", AA_READ, AA_READ, "-|-|/a?b /x|-"},
    {"/a\\042b", "/x", AA_READ, AA_READ, "-|-|/a?b /x|-"},
    {"/a b", "/a,b", AA_READ, AA_READ, "-|-|/a?b|-"},
    {"/\303\251", "/x", AA_READ, AA_READ, "-|-|/?? /x|-"},
};

static void show(const struct spo_paths *paths, struct buf *out)
{
    if (out->length > 0)
        buf_add_char(out, '|');
    for (size_t i = 0; i < paths->count; i++)
        buf_printf(out, "%s%s", i ? " " : "", paths->items[i]);
    if (paths->count == 0)
        buf_add_char(out, '-');
}

Test(spo_abstract, lists)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("x");
        AUTO(spo_abstract_done) struct spo_abstract abstract = {0};
        AUTO_BUF struct buf out = BUF_INIT;
        struct err err = ERR_INIT;
        const char *mode = rows[i].first_mask & AA_EXEC ? "ix" : NULL;
        cr_assert_eq(apparmor_policy_add_file(policy, false, rows[i].first, rows[i].first_mask, mode, NULL, &err), 0, "%s", err.sentence);
        cr_assert_eq(apparmor_policy_add_file(policy, false, rows[i].second, rows[i].second_mask, NULL, NULL, &err), 0, "%s", err.sentence);
        cr_expect(spo_abstract_can(policy));
        cr_assert_eq(spo_abstract_make(policy, recording, &abstract, &err), 0, "%s", err.sentence);
        show(&abstract.executables, &out);
        show(&abstract.libraries, &out);
        show(&abstract.read_only, &out);
        show(&abstract.read_write, &out);
        cr_expect_str_eq(buf_text(&out), rows[i].lists);
    }
}

static const struct {
    const char *words;
    int result;
    bool tcp, udp, raw;
} networks[] = {
    {"inet stream", 0, true, false, false},
    {"inet6 dgram", 0, false, true, false},
    {"netlink raw", 0, false, false, true},
    {"packet raw", 0, false, false, true},
    {"unix stream", 0, false, false, false},
    {"netlink dgram", -ENOTSUP, false, false, false},
    {"vsock stream", -ENOTSUP, false, false, false},
};

Test(spo_abstract, networks)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    for (size_t i = 0; i < ARRAY_COUNT(networks); i++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("x");
        AUTO(spo_abstract_done) struct spo_abstract abstract = {0};
        struct err err = ERR_INIT;
        apparmor_policy_add_network(policy, false, networks[i].words, NULL);
        cr_expect_eq(spo_abstract_make(policy, recording, &abstract, &err), networks[i].result, "%s", networks[i].words);
        cr_expect_eq(abstract.tcp, networks[i].tcp, "%s", networks[i].words);
        cr_expect_eq(abstract.udp, networks[i].udp, "%s", networks[i].words);
        cr_expect_eq(abstract.raw, networks[i].raw, "%s", networks[i].words);
    }
}

/* The profile that comes of the lists allows all that was recorded, whatever the paths are called. */
Test(spo_abstract, allows_what_was_recorded)
{
    static const char *const paths[] = {"/plain", "/with space", "/with\"quote", "/with[bracket]", "/with{brace}", "/back\\slash", "/new\nline",
                                        "/\377\376", "/star*", "/caf\303\251/x", "/@{HOME}/x", "/a,b"};
    struct apparmor_derive_options options = APPARMOR_DERIVE_OPTIONS_DEFAULT;
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *made = NULL;
    AUTO(spo_abstract_done) struct spo_abstract abstract = {0};
    AUTO_BUF struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    recording_add_run(recording)->end = END_EXITED;
    uint32_t image = recording_image(recording, recording_string(recording, "/app"), STRING_NONE, STRING_NONE);
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++)
        (void)recording_path(recording, recording_string(recording, paths[i]), image, PHASE_STARTUP,
                             i % 2 ? ACCESS_READ : ACCESS_READ | ACCESS_WRITE | ACCESS_MAP_EXEC, FILE_REGULAR);
    options.mode = APPARMOR_ALLOW_LIST;
    cr_assert_eq(apparmor_derive(recording, &options, &policy, &err), 0, "%s", err.sentence);
    cr_assert_eq(spo_abstract_make(policy, recording, &abstract, &err), 0, "%s", err.sentence);
    spo_abstract_profile(&abstract, "x", &text);
    cr_assert_eq(apparmor_policy_parse("x", buf_text(&text), text.length, &made, &err), 0, "%s\n%s", err.sentence, buf_text(&text));
    cr_expect_eq(apparmor_policy_check(made, recording, NULL, &err), 0, "%s\n%s", err.sentence, buf_text(&text));
}

Test(spo_abstract, a_deny_list_is_none)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("x");
    struct err err = ERR_INIT;
    cr_assert_eq(apparmor_policy_add_file(policy, true, "/etc/shadow", AA_READ, NULL, NULL, &err), 0);
    cr_expect_not(spo_abstract_can(policy));
}
