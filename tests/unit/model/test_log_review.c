/* Logs put to profiles, as tables of a profile, a log and how what was denied stands. */
#include "model/log_review.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static struct audit_log *log_of(const char *text)
{
    struct audit_log *log = audit_log_new(NULL);
    uint64_t number = 1;
    for (const char *at = text; *at; number++) {
        size_t length = strcspn(at, "\n");
        audit_log_line(log, "log", number, at, length);
        at += length + (at[length] == '\n');
    }
    audit_log_end(log);
    return log;
}

#define AA(rest) "audit: type=1400 audit(1795356738.936:8): apparmor=\"DENIED\" " rest " pid=1 comm=\"sh\"\n"
#define FILE_OF(profile, name, mask, owner)                                                                 \
    AA("operation=\"open\" profile=\"" profile "\" name=\"" name "\" requested_mask=\"" mask "\" denied_mask=\"" mask    \
       "\" fsuid=0 ouid=" owner)
#define READ(name) FILE_OF("p", name, "r", "0")
#define LINK(target) AA("operation=\"link\" profile=\"p\" name=\"/a\" requested_mask=\"l\" denied_mask=\"l\" fsuid=0 ouid=0 target=\"" target "\"")
#define CAPABLE(name) AA("operation=\"capable\" profile=\"p\" capability=1 capname=\"" name "\"")
#define CREATE(family, type)                                                                                \
    AA("operation=\"create\" profile=\"p\" family=\"" family "\" sock_type=\"" type "\" protocol=0 requested_mask=\"create\" denied_mask=\"create\"")
#define SIGNAL AA("operation=\"signal\" profile=\"p\" requested_mask=\"send\" denied_mask=\"send\" signal=term peer=\"q\"")
#define ODD AA("operation=\"frobnicate\" profile=\"p\"")
#define DISCONNECTED "audit: type=1400 audit(1795356738.936:8): apparmor=\"DENIED\" operation=\"open\" info=\"Failed name lookup - disconnected path\" error=-13 profile=\"p\" name=\"dev/x\" comm=\"sh\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0\n"
#define NO_NEW_PRIVS "audit: type=1400 audit(1795356738.936:8): apparmor=\"DENIED\" operation=\"exec\" info=\"no new privs\" error=-1 profile=\"p\" name=\"/x\" comm=\"sh\" requested_mask=\"x\" denied_mask=\"x\" fsuid=0 ouid=0 target=\"q\"\n"

/* ---- AppArmor ------------------------------------------------------------------------------------------ */

static const struct {
    const char *rules; /* of the profile p, behind its flags */
    const char *log;
    const char *standing;
    const char *added; /* rules, or a part of a change; "" for none */
} apparmor_rows[] = {
    {"{ }", READ("/a"), "explained", "/a r,"},
    {"{ /a r, }", READ("/a"), "allowed", ""},
    {"{ /a w, }", READ("/a"), "explained", "/a r,"},
    {"{ /** r, audit deny /a r, }", READ("/a"), "explained", "the rule deny /a wins"},
    {"{ /** r, deny /a r, }", READ("/a"), "refused-differently", "the rule deny /a wins"},
    {"{ owner /a r, }", READ("/a"), "allowed", ""},
    {"{ owner /a r, }", FILE_OF("p", "/a", "r", "7"), "explained", "/a r,"},
    {"{ owner /a r, }", AA("operation=\"open\" profile=\"p\" name=\"/a\" requested_mask=\"r\" denied_mask=\"r\""), "unknown", ""},
    {"{ }", FILE_OF("q", "/a", "r", "0"), "other-profile", ""},
    {"{ }", FILE_OF("p//hat", "/a", "r", "0"), "other-profile", ""},
    {"{ profile hat { } }", FILE_OF("p//hat", "/a", "r", "0"), "explained", "/a r,"},
    {"{ /a r, profile hat { } }", FILE_OF("p//hat", "/a", "r", "0"), "explained", "/a r,"},
    {"{ profile hat { /a r, } }", FILE_OF("p//hat", "/a", "r", "0"), "allowed", ""},
    {"{ ^hat { } }", FILE_OF("p//hat", "/a", "r", "0"), "explained", "/a r,"},
    {"{ } profile q { /a r, }", FILE_OF("q", "/a", "r", "0"), "allowed", ""},
    {"{ link /a -> /b, }", LINK("/b"), "allowed", ""},
    {"{ link /a -> /b, }", LINK("/c"), "explained", "/a l,"},
    {"{ }", FILE_OF("p//null-/bin/x", "/a", "r", "0"), "explained", "/a r,"},
    {"{ }", FILE_OF("p", "/bin/x", "x", "0"), "explained", "/bin/x rmix,"},
    {"{ }", FILE_OF("p", "/proc/117/task/9/stat", "r", "0"), "explained", "/proc/[0-9]*/task/[0-9]*/stat r,"},
    {"{ }", FILE_OF("p", "/proc/sys/x", "r", "0"), "explained", "/proc/sys/x r,"},
    {"{ }", DISCONNECTED, "explained", "attach_disconnected"},
    {"flags=(attach_disconnected) { }", DISCONNECTED, "beyond-rules", ""},
    {"{ /x px, }", NO_NEW_PRIVS, "beyond-rules", ""},
    {"{ }", CAPABLE("sys_admin"), "explained", "capability sys_admin,"},
    {"{ capability, }", CAPABLE("sys_admin"), "allowed", ""},
    {"{ capability, deny capability sys_admin, }", CAPABLE("sys_admin"), "refused-differently", "must leave out sys_admin"},
    {"{ capability, audit deny capability sys_admin, }", CAPABLE("sys_admin"), "explained", "must leave out sys_admin"},
    {"{ network inet dgram, }", CREATE("inet", "stream"), "explained", "network inet stream,"},
    {"{ network inet, }", CREATE("inet", "stream"), "allowed", ""},
    {"{ network, deny network inet, }", CREATE("inet", "stream"), "refused-differently", "must leave out inet stream"},
    {"{ }", SIGNAL, "explained", "signal (send) set=(term) peer=\"q\","},
    {"{ signal (receive), }", SIGNAL, "unknown", "signal (send) set=(term) peer=\"q\","},
    {"{ signal, }", SIGNAL, "allowed", ""},
    {"{ }", ODD, "unknown", "the operation frobnicate is denied, and no rule for it is proposed"},
};

static void add_remedies(const struct log_review *review, struct buf *out)
{
    for (size_t i = 0; i < review->group_count; i++) {
        const struct denials_remedy *remedy = &review->groups[i].remedy;
        apparmor_policy_write_rules(remedy->apparmor, out);
        for (size_t k = 0; k < remedy->change_count; k++)
            buf_printf(out, "%s\n", remedy->changes[k]);
    }
}

Test(log_review, asks_apparmor)
{
    for (size_t i = 0; i < ARRAY_COUNT(apparmor_rows); i++) {
        AUTO(audit_log_free_cleanup) struct audit_log *log = log_of(apparmor_rows[i].log);
        AUTO(apparmor_file_free_cleanup) struct apparmor_file *policy = NULL;
        AUTO(log_review_free_cleanup) struct log_review *review = NULL;
        AUTO_FREE char *text = mem_printf("profile p %s\n", apparmor_rows[i].rules);
        AUTO_BUF struct buf added = BUF_INIT;
        struct err err = ERR_INIT;
        cr_assert_eq(apparmor_file_parse("p", text, strlen(text), NULL, &policy, &err), 0, "%s", err.sentence);
        cr_assert_eq(log_review_new(log, NULL, &(struct seccomp_context){0}, policy, &review, &err), 0);
        cr_assert_eq(log->entry_count, 1, "row %zu", i);
        const char *standing = log_standing_name(review->judgements[0].standing);
        cr_assert_str_eq(standing, apparmor_rows[i].standing, "row %zu: %s", i, standing);
        bool found = strcmp(standing, "allowed") != 0 && strcmp(standing, "other-profile") != 0;
        cr_assert_eq(log_review_found(review), found, "row %zu", i);
        add_remedies(review, &added);
        cr_assert(apparmor_rows[i].added[0] ? strstr(buf_text(&added), apparmor_rows[i].added) != NULL : added.length == 0,
                  "row %zu: %s", i, buf_text(&added));
    }
}

/* ---- seccomp -------------------------------------------------------------------------------------------- */

#define SECCOMP(number, code) "audit: type=1326 audit(1.1:1): auid=0 pid=1 comm=\"a\" exe=\"/a\" arch=c000003e syscall=" number " code=" code "\n"
#define ARGUMENTS(a0) "audit: type=1300 audit(1.1:1): arch=c000003e syscall=41 a0=" a0 " a1=1 a2=0 a3=0 exe=\"/a\"\n"
#define POLICY(action, rules) "{\"defaultAction\": \"" action "\", \"architectures\": [\"SCMP_ARCH_X86_64\"], \"syscalls\": [" rules "]}"
#define ALLOW(name) "{\"names\": [\"" name "\"], \"action\": \"SCMP_ACT_ALLOW\"}"
#define REFUSE(name) "{\"names\": [\"" name "\"], \"action\": \"SCMP_ACT_ERRNO\"}"
#define UNIX_ONLY "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}"

static const struct {
    const char *policy;
    const char *log;
    const char *standing;
    const char *added; /* "NAME", "NAME ABI", "" */
} seccomp_rows[] = {
    {POLICY("SCMP_ACT_KILL_PROCESS", ALLOW("read")), SECCOMP("83", "0x80000000"), "explained", "mkdir"},
    {POLICY("SCMP_ACT_KILL", ALLOW("read")), SECCOMP("83", "0x80000000"), "explained", "mkdir"},
    {POLICY("SCMP_ACT_ERRNO", ALLOW("read")), SECCOMP("83", "0x80000000"), "refused-differently", "mkdir"},
    {POLICY("SCMP_ACT_ERRNO", ALLOW("read")), SECCOMP("83", "0x50000"), "explained", "mkdir"},
    {POLICY("SCMP_ACT_ERRNO", ALLOW("mkdir")), SECCOMP("83", "0x80000000"), "allowed", ""},
    {POLICY("SCMP_ACT_LOG", ALLOW("read")), SECCOMP("83", "0x7ffc0000"), "explained", "mkdir"},
    {POLICY("SCMP_ACT_LOG", ALLOW("mkdir")), SECCOMP("83", "0x7ffc0000"), "allowed", ""},
    {POLICY("SCMP_ACT_LOG", ALLOW("read") "," REFUSE("mkdir")), SECCOMP("83", "0x7ffc0000"), "refused-differently", "mkdir"},
    {POLICY("SCMP_ACT_ERRNO", UNIX_ONLY), SECCOMP("41", "0x50000"), "unknown", ""},
    {POLICY("SCMP_ACT_ERRNO", UNIX_ONLY), SECCOMP("41", "0x50000") ARGUMENTS("2"), "explained", "socket"},
    {POLICY("SCMP_ACT_ERRNO", UNIX_ONLY), SECCOMP("41", "0x50000") ARGUMENTS("1"), "allowed", ""},
    {POLICY("SCMP_ACT_LOG", UNIX_ONLY), SECCOMP("41", "0x7ffc0000") ARGUMENTS("2"), "explained", "socket"},
    {POLICY("SCMP_ACT_LOG", UNIX_ONLY), SECCOMP("41", "0x7ffc0000") ARGUMENTS("1"), "allowed", ""},
    {POLICY("SCMP_ACT_LOG", UNIX_ONLY), SECCOMP("41", "0x7ffc0000"), "explained", "socket"},
    {POLICY("SCMP_ACT_ERRNO", ALLOW("read")), SECCOMP("1073741907", "0x80000000"), "explained", "x32"},
};

Test(log_review, asks_seccomp)
{
    for (size_t i = 0; i < ARRAY_COUNT(seccomp_rows); i++) {
        AUTO(audit_log_free_cleanup) struct audit_log *log = log_of(seccomp_rows[i].log);
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
        AUTO(log_review_free_cleanup) struct log_review *review = NULL;
        struct err err = ERR_INIT;
        cr_assert_eq(seccomp_policy_parse("s", seccomp_rows[i].policy, strlen(seccomp_rows[i].policy), &policy, &err), 0,
                     "row %zu: %s", i, err.sentence);
        cr_assert_eq(log_review_new(log, policy, &(struct seccomp_context){.runc_stub = false}, NULL, &review, &err), 0);
        cr_assert_eq(log->entry_count, 1, "row %zu", i);
        const char *standing = log_standing_name(review->judgements[0].standing);
        cr_assert_str_eq(standing, seccomp_rows[i].standing, "row %zu: %s", i, standing);
        const struct seccomp_policy *added = review->groups[0].remedy.seccomp;
        const char *got = added->rule_count ? added->rules[0].names[0] : added->abi_count ? arch_get(added->abis[0])->name : "";
        cr_assert_str_eq(got, seccomp_rows[i].added, "row %zu: %s", i, got);
    }
}

/* ---- without profiles -------------------------------------------------------------------------------------- */

Test(log_review, groups_what_was_denied)
{
    AUTO(audit_log_free_cleanup) struct audit_log *log =
        log_of(READ("/a") READ("/b") CAPABLE("chown") FILE_OF("unconfined", "/a", "r", "0") FILE_OF("p//null-x", "/c", "w", "0")
               SECCOMP("83", "0x0") "audit: apparmor=\"AUDIT\" operation=\"open\" profile=\"p\" name=\"/z\" requested_mask=\"r\"\n");
    AUTO(log_review_free_cleanup) struct log_review *review = NULL;
    AUTO_BUF struct buf rules = BUF_INIT;
    cr_assert_eq(log_review_new(log, NULL, &(struct seccomp_context){0}, NULL, &review, NULL), 0);
    cr_assert(log_review_found(review));
    cr_assert_eq(review->group_count, 3);
    cr_assert_str_eq(review->groups[0].name, "p");
    cr_assert_eq(review->groups[0].entry_count, 4);
    apparmor_policy_write_rules(review->groups[0].remedy.apparmor, &rules);
    cr_assert_str_eq(buf_text(&rules), "  capability chown,\n  /a r,\n  /b r,\n  /c w,\n");
    cr_assert_str_eq(review->groups[1].name, "unconfined");
    cr_assert_eq(review->groups[1].remedy.change_count, 1);
    cr_assert(review->groups[2].is_seccomp);
    cr_assert_str_eq(review->groups[2].name, "/a");
    cr_assert_str_eq(review->groups[2].remedy.seccomp->rules[0].names[0], "mkdir");
}

Test(log_review, finds_nothing_in_nothing)
{
    AUTO(audit_log_free_cleanup) struct audit_log *log =
        log_of("hello\naudit: apparmor=\"AUDIT\" operation=\"open\" profile=\"p\" name=\"/z\" requested_mask=\"r\"\n");
    AUTO(log_review_free_cleanup) struct log_review *review = NULL;
    cr_assert_eq(log_review_new(log, NULL, &(struct seccomp_context){0}, NULL, &review, NULL), 0);
    cr_assert_not(log_review_found(review));
    cr_assert_eq(log->entry_count, 1);
    cr_assert_eq(review->group_count, 0);
}
