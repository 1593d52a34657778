/* What profiles would deny of one recording, as tables of a profile and what it must deny. */
#include "model/denials.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/errno_name.h"

/* ---- the recording ------------------------------------------------------------------------------- */

static const struct made {
    enum abi abi;
    const char *name;
    enum phase phase;
    uint64_t first_ns;
    int error;
    int index; /* of the recorded argument; -1: none */
    uint64_t values[2];
} made[] = {
    {ABI_X86_64, "read", PHASE_STARTUP, 10, 0, -1, {0}},
    {ABI_X86_64, "mount", PHASE_STARTUP, 20, EPERM, 3, {1, 2}},
    {ABI_X86_64, "clone3", PHASE_STARTUP, 30, 0, -1, {0}},
    {ABI_X86_64, "socket", PHASE_STARTUP, 40, 0, 0, {1, 16}},
    {ABI_X86_64, "socket", PHASE_STARTUP, 40, 0, 1, {0x80001, 3}},
    {ABI_X86_64, "personality", PHASE_SERVING, 90, 0, 0, {0, 8}},
    {ABI_X86_64, "kcmp", PHASE_SERVING, 80, 0, -1, {0}},
    {ABI_X86_64, "kcmp", PHASE_SERVING, 80, 0, -1, {0}},
    {ABI_I386, "socketcall", PHASE_SERVING, 99, 0, 0, {1, 5}},
};

static void record_calls(struct recording *recording, uint32_t image)
{
    for (size_t i = 0; i < ARRAY_COUNT(made); i++) {
        const struct made *m = &made[i];
        struct call_record *call =
            recording_call(recording, image, m->abi, (uint64_t)syscall_number(m->abi, m->name));
        call->count[m->phase]++;
        call->first_ns = m->first_ns;
        call_record_result(call, m->error, 1);
        for (size_t k = 0; k < 2 && m->index >= 0; k++)
            call_record_arg(call, (unsigned)m->index, m->values[k]);
    }
    struct call_record *ioctl =
        recording_call(recording, image, ABI_X86_64, (uint64_t)syscall_number(ABI_X86_64, "ioctl"));
    ioctl->count[PHASE_SERVING] = 100;
    ioctl->first_ns = 70;
    call_record_result(ioctl, 0, 100);
    for (uint64_t value = 0; value <= ARG_VALUES_MAX; value++)
        call_record_arg(ioctl, 1, 0x5400 + value);
}

static void record_facts(struct recording *recording, uint32_t image)
{
    static const struct {
        enum fact_kind kind;
        const char *subject;
        uint64_t value;
    } facts[] = {
        {FACT_SOCKET, "unix stream", UINT64_C(1) << 32 | 1 << 16},
        {FACT_SOCKET, "netlink raw", UINT64_C(16) << 32 | 3 << 16},
        {FACT_CAPABILITY, "setgroups", 6},
        {FACT_MOUNT, "/mnt", 0},
        {FACT_SIGNAL, "TERM", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(facts); i++) {
        struct fact fact = {.kind = facts[i].kind, .image = image, .value = facts[i].value, .object = STRING_NONE,
                            .subject = recording_string(recording, facts[i].subject), .note = STRING_NONE};
        (void)recording_fact(recording, &fact, PHASE_STARTUP, 2);
    }
}

static struct recording *sample(void)
{
    struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->end = END_EXITED;
    uint32_t image = recording_image(recording, recording_string(recording, "/a"), STRING_NONE, STRING_NONE);
    uint32_t other = recording_image(recording, recording_string(recording, "/b"), STRING_NONE, STRING_NONE);
    record_calls(recording, image);
    record_facts(recording, image);
    uint32_t log = recording_string(recording, "/var/log");
    (void)recording_path(recording, recording_string(recording, "/etc/a"), image, PHASE_STARTUP, ACCESS_READ, FILE_REGULAR);
    (void)recording_path(recording, log, image, PHASE_SERVING, ACCESS_LIST, FILE_DIRECTORY);
    (void)recording_path(recording, log, other, PHASE_SERVING, ACCESS_LIST, FILE_DIRECTORY);
    (void)recording_path(recording, recording_string(recording, "/b"), image, PHASE_SERVING, ACCESS_EXEC, FILE_REGULAR);
    (void)recording_path(recording, recording_string(recording, "/never"), image, PHASE_SERVING, ACCESS_PROBE, FILE_UNKNOWN);
    return recording;
}

/* ---- one line for each denial ---------------------------------------------------------------------- */

static void dump_call(struct buf *out, const struct denial *denial)
{
    char name[SYSCALL_NAME_MAX];
    char error[ERRNO_NAME_MAX];
    buf_printf(out, "%s %s", arch_get(denial->abi)->name, syscall_name(denial->abi, denial->number, name));
    for (unsigned i = 0; i < 6; i++)
        for (uint32_t k = 0; denial->args[i] && k < denial->args[i]->count; k++)
            buf_printf(out, " %u:%" PRIx64, i, denial->args[i]->values[k]);
    if (denial->verdict.action == SECCOMP_ERRNO)
        buf_printf(out, " %s", errno_name(denial->verdict.error, error));
    else
        buf_printf(out, " %s", seccomp_action_name(denial->verdict.action) + 9);
}

static void dump(struct buf *out, const struct denials *denials)
{
    for (size_t i = 0; i < denials->count; i++) {
        const struct denial *denial = &denials->items[i];
        if (denial->outcome != DENIAL_SURE)
            buf_printf(out, "%s: ", denial_outcome_name(denial->outcome));
        if (denial->kind == DENIAL_CALL) {
            dump_call(out, denial);
        } else if (denial->kind == DENIAL_FILE) {
            aa_mask_write(denial->refused, NULL, out);
            buf_printf(out, " %s by %" PRIu32 "%s", denial->path, denial->image, denial->rule ? " by rule" : "");
        } else {
            buf_printf(out, "%s %s", denial_kind_name(denial->kind), denial->words);
        }
        buf_add_char(out, '\n');
    }
}

/* ---- seccomp ----------------------------------------------------------------------------------------- */

#define ALLOW(names, args) "{\"names\":[" names "],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[" args "]}"
#define ARG(index, op, value) "{\"index\":" #index ",\"op\":\"SCMP_CMP_" op "\",\"value\":" #value "}"
#define MASKED(index, mask, value)                                                                          \
    "{\"index\":" #index ",\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":" #mask ",\"valueTwo\":" #value "}"
#define MOST ALLOW("\"read\",\"mount\",\"clone\",\"clone3\",\"kcmp\"", "")
#define IOCTL ALLOW("\"ioctl\"", "")
#define PERSONALITY ALLOW("\"personality\"", "")
#define SOCKET ALLOW("\"socket\",\"accept\"", "")
#define BOTH "\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\""

static const struct {
    const char *about;
    const char *architectures;
    const char *rules;
    const char *denied;
} seccomp_rows[] = {
    {"all of it", BOTH, MOST "," IOCTL "," PERSONALITY "," SOCKET, ""},
    {"nothing, in the order in which start-up breaks", BOTH, "",
     "x86_64 read EPERM\nx86_64 clone3 EPERM\nx86_64 socket EPERM\nx86_64 ioctl EPERM\nx86_64 kcmp EPERM\n"
     "x86_64 personality EPERM\ni386 socketcall EPERM\nunchanged: x86_64 mount EPERM\n"},
    {"a call that fails as it did", BOTH, ALLOW("\"read\",\"clone3\",\"kcmp\"", "") "," IOCTL "," PERSONALITY "," SOCKET,
     "unchanged: x86_64 mount EPERM\n"},
    {"clone3 with ENOSYS, and clone allowed", BOTH,
     ALLOW("\"read\",\"mount\",\"clone\",\"kcmp\"", "") ",{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
     IOCTL "," PERSONALITY "," SOCKET, "fallback: x86_64 clone3 ENOSYS\n"},
    {"clone3 with ENOSYS, and no clone", BOTH,
     ALLOW("\"read\",\"mount\",\"kcmp\"", "") ",{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38},"
     IOCTL "," PERSONALITY "," SOCKET, "x86_64 clone3 ENOSYS\n"},
    {"one value of an argument", BOTH, MOST "," IOCTL "," SOCKET "," ALLOW("\"personality\"", ARG(0, "EQ", 8)),
     "x86_64 personality 0:0 EPERM\n"},
    {"another value", BOTH, MOST "," IOCTL "," SOCKET "," ALLOW("\"personality\"", ARG(0, "EQ", 255)),
     "x86_64 personality 0:0 0:8 EPERM\n"},
    {"an argument that is not recorded", BOTH,
     ALLOW("\"read\",\"mount\",\"clone\",\"clone3\"", "") "," ALLOW("\"kcmp\"", ARG(2, "LT", 5)) ","
     IOCTL "," PERSONALITY "," SOCKET, "unknown: x86_64 kcmp EPERM\n"},
    {"more values than are kept", BOTH,
     MOST "," PERSONALITY "," SOCKET "," ALLOW("\"ioctl\"", MASKED(1, 65280, 21504)), "unknown: x86_64 ioctl EPERM\n"},
    {"more values than are kept, and a kept one is refused", BOTH,
     MOST "," PERSONALITY "," SOCKET "," ALLOW("\"ioctl\"", ARG(1, "NE", 21505)),
     "x86_64 ioctl 1:5401 EPERM\nunknown: x86_64 ioctl EPERM\n"},
    /* What is a condition on socket's type is one on the pointer that socketcall has in its place. */
    {"sockets as they came together", BOTH,
     MOST "," IOCTL "," PERSONALITY "," ALLOW("\"accept\"", "") ","
     ALLOW("\"socket\"", MASKED(0, 255, 1) "," MASKED(1, 15, 1)) "," ALLOW("\"socket\"", MASKED(0, 255, 16) "," MASKED(1, 15, 3)),
     "unknown: i386 socketcall EPERM\n"},
    {"the wrong pairs of sockets", BOTH,
     MOST "," IOCTL "," PERSONALITY "," ALLOW("\"accept\"", "") ","
     ALLOW("\"socket\"", MASKED(0, 255, 1) "," MASKED(1, 15, 3)) "," ALLOW("\"socket\"", MASKED(0, 255, 16) "," MASKED(1, 15, 1)),
     "x86_64 socket 0:1 1:80001 EPERM\nx86_64 socket 0:10 1:3 EPERM\nunknown: i386 socketcall EPERM\n"},
    {"socketcall that reaches a call that is not allowed", BOTH,
     MOST "," IOCTL "," PERSONALITY "," ALLOW("\"socket\"", ""), "i386 socketcall 0:5 EPERM\n"},
    {"an ABI that is not listed", "\"SCMP_ARCH_X86_64\"", MOST "," IOCTL "," PERSONALITY "," SOCKET,
     "i386 socketcall KILL_THREAD\n"},
    {"a rule that needs a capability", BOTH,
     MOST "," PERSONALITY "," SOCKET ",{\"names\":[\"ioctl\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}",
     "x86_64 ioctl EPERM\n"},
    {"kills and supervisors", BOTH,
     ALLOW("\"read\",\"mount\",\"clone\",\"clone3\"", "") "," IOCTL "," SOCKET
     ",{\"names\":[\"kcmp\"],\"action\":\"SCMP_ACT_NOTIFY\"},{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"}",
     "x86_64 personality KILL_PROCESS\nunknown: x86_64 kcmp NOTIFY\n"},
};

Test(denials, seccomp)
{
    AUTO(recording_free_cleanup) struct recording *recording = sample();
    struct seccomp_context context = {.capabilities = 0};
    for (size_t i = 0; i < ARRAY_COUNT(seccomp_rows); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
        AUTO_BUF struct buf text = BUF_INIT;
        AUTO_BUF struct buf found = BUF_INIT;
        AUTO_DENIALS struct denials denials = {0};
        struct err err = ERR_INIT;
        buf_printf(&text, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[%s],\"syscalls\":[%s]}",
                   seccomp_rows[i].architectures, seccomp_rows[i].rules);
        cr_assert_eq(seccomp_policy_parse("p", text.data, text.length, &policy, &err), 0, "%s", err.sentence);
        cr_assert_eq(denials_add_seccomp(&denials, recording, policy, &context, &err), 0, "%s", err.sentence);
        denials_sort(&denials);
        dump(&found, &denials);
        cr_expect_str_eq(buf_text(&found), seccomp_rows[i].denied, "%s: %s", seccomp_rows[i].about, buf_text(&found));
    }
}

/* What is proposed, added to the profile, leaves nothing to deny. */
Test(denials, seccomp_remedy_is_enough)
{
    AUTO(recording_free_cleanup) struct recording *recording = sample();
    struct seccomp_context context = {.capabilities = 0};
    for (size_t i = 0; i < ARRAY_COUNT(seccomp_rows); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
        AUTO(denials_remedy_done) struct denials_remedy remedy = {0};
        AUTO_BUF struct buf text = BUF_INIT;
        AUTO_DENIALS struct denials denials = {0};
        AUTO_DENIALS struct denials again = {0};
        struct err err = ERR_INIT;
        buf_printf(&text, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[%s],\"syscalls\":[%s]}",
                   seccomp_rows[i].architectures, seccomp_rows[i].rules);
        cr_assert_eq(seccomp_policy_parse("p", text.data, text.length, &policy, &err), 0, "%s", err.sentence);
        cr_assert_eq(denials_add_seccomp(&denials, recording, policy, &context, &err), 0, "%s", err.sentence);
        denials_remedy(&denials, policy, NULL, &remedy);
        if (remedy.change_count > 0)
            continue; /* a rule must be changed by hand */
        for (size_t k = 0; k < remedy.seccomp->abi_count; k++)
            seccomp_policy_add_abi(policy, remedy.seccomp->abis[k]);
        for (size_t k = 0; k < remedy.seccomp->rule_count; k++) {
            const struct seccomp_rule *from = &remedy.seccomp->rules[k];
            struct seccomp_rule *rule = seccomp_policy_add_rule(policy, from->action);
            for (size_t n = 0; n < from->name_count; n++)
                seccomp_rule_add_name(rule, from->names[n]);
            for (size_t n = 0; n < from->arg_count; n++)
                seccomp_rule_add_arg(rule, from->args[n]);
        }
        cr_assert_eq(denials_add_seccomp(&again, recording, policy, &context, &err), 0, "%s", err.sentence);
        AUTO_BUF struct buf found = BUF_INIT;
        dump(&found, &again);
        cr_expect_eq(denials_count(&again, DENIAL_SURE), 0, "%s: %s", seccomp_rows[i].about, buf_text(&found));
    }
}

/* ---- AppArmor ------------------------------------------------------------------------------------------ */

#define REST "  capability,\n  network,\n  mount,\n  signal,\n"

static const struct {
    const char *about;
    const char *flags;
    const char *rules;
    const char *denied;
    size_t notes;
} apparmor_rows[] = {
    {"all of it", "", REST "  file,\n", "", 0},
    {"nothing", "", "",
     "capability setgid\nnetwork netlink raw\nnetwork unix stream\nother mount\nother signal\nr /etc/a by 0\n"
     "x /b by 0\nr /var/log/ by 0\nr /var/log/ by 1\n", 0},
    {"a directory, by each program", "", REST "  file,\n  deny /var/log/ r,\n", "r /var/log/ by 0 by rule\nr /var/log/ by 1 by rule\n", 0},
    {"words that deny", "", REST "  file,\n  deny capability setgid,\n  deny network netlink,\n",
     "capability setgid\nnetwork netlink raw\n", 0},
    {"who owned it is not known", "", REST "  /var/log/ r,\n  /b ix,\n  owner /etc/** r,\n", "unknown: r /etc/a by 0\n", 0},
    {"nor is it for a rule that denies", "", REST "  file,\n  deny owner /etc/** r,\n", "unknown: r /etc/a by 0 by rule\n", 0},
    {"a profile that only complains", "flags=(complain)", REST "  /etc/** r,\n  /b ix,\n",
     "r /var/log/ by 0\nr /var/log/ by 1\n", 1},
    {"a program that leaves the profile, and a kind of rule that is not looked into", "",
     "  capability,\n  network,\n  mount,\n  signal (send) peer=x,\n  /** r,\n  /b px,\n", "", 2},
};

Test(denials, apparmor)
{
    AUTO(recording_free_cleanup) struct recording *recording = sample();
    for (size_t i = 0; i < ARRAY_COUNT(apparmor_rows); i++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
        AUTO_BUF struct buf text = BUF_INIT;
        AUTO_BUF struct buf found = BUF_INIT;
        AUTO_DENIALS struct denials denials = {0};
        struct err err = ERR_INIT;
        buf_printf(&text, "profile p %s {\n%s}\n", apparmor_rows[i].flags, apparmor_rows[i].rules);
        cr_assert_eq(apparmor_policy_parse("p", text.data, text.length, &policy, &err), 0, "%s", err.sentence);
        denials_add_apparmor(&denials, recording, policy);
        denials_sort(&denials);
        dump(&found, &denials);
        cr_expect_str_eq(buf_text(&found), apparmor_rows[i].denied, "%s: %s", apparmor_rows[i].about, buf_text(&found));
        cr_expect_eq(denials.note_count, apparmor_rows[i].notes, "%s: %zu notes", apparmor_rows[i].about,
                     denials.note_count);
    }
}

static const struct {
    const char *about;
    const char *rules;
    const char *added;
    size_t changes;
} remedy_rows[] = {
    {"what is missing", "  mount,\n  signal,\n  capability,\n  network unix,\n  /etc/** r,\n  /b ix,\n",
     "  network netlink raw,\n  /var/log/ r,\n", 0},
    {"what is denied must be changed", REST "  file,\n  deny /etc/* r,\n  deny network netlink,\n", "  network netlink raw,\n", 2},
};

Test(denials, apparmor_remedy)
{
    AUTO(recording_free_cleanup) struct recording *recording = sample();
    for (size_t i = 0; i < ARRAY_COUNT(remedy_rows); i++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
        AUTO(denials_remedy_done) struct denials_remedy remedy = {0};
        AUTO_BUF struct buf text = BUF_INIT;
        AUTO_BUF struct buf added = BUF_INIT;
        AUTO_DENIALS struct denials denials = {0};
        struct err err = ERR_INIT;
        buf_printf(&text, "profile p {\n%s}\n", remedy_rows[i].rules);
        cr_assert_eq(apparmor_policy_parse("p", text.data, text.length, &policy, &err), 0, "%s", err.sentence);
        denials_add_apparmor(&denials, recording, policy);
        denials_remedy(&denials, NULL, policy, &remedy);
        apparmor_policy_write_rules(remedy.apparmor, &added);
        cr_expect_str_eq(buf_text(&added), remedy_rows[i].added, "%s: %s", remedy_rows[i].about, buf_text(&added));
        cr_expect_eq(remedy.change_count, remedy_rows[i].changes, "%s", remedy_rows[i].about);
    }
}

/* ---- one profile of several ------------------------------------------------------------------------------ */

static const char several[] = "@{HOME}=/home\nprofile one {\n  @{HOME}/a r,\n}\n# of its own\nprofile two {\n  signal peer=@{profile_name},\n"
                              "  /home/b r,\n}\n";

static const struct {
    const char *profile;
    int result;
    const char *file; /* that it allows to read, or what the sentence has */
} several_rows[] = {
    {"one", 0, "/home/a"}, {"two", 0, "/home/b"}, {"three", -ENOENT, "one, two"}, {NULL, -EINVAL, "one, two"},
};

Test(denials, a_profile_is_chosen_by_name)
{
    for (size_t i = 0; i < ARRAY_COUNT(several_rows); i++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
        struct err err = ERR_INIT;
        const char *file = several_rows[i].file;
        int result = apparmor_policy_parse_one("p", several, strlen(several), several_rows[i].profile, &policy, &err);
        cr_expect_eq(result, several_rows[i].result, "%zu: %s", i, err.sentence);
        if (result == 0)
            cr_expect_eq(apparmor_policy_evaluate(policy, file, strlen(file), AA_READ, false, NULL), 0);
        else
            cr_expect(strstr(err.sentence, file), "%s", err.sentence);
    }
}
