#include "model/recording_diff.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "model/syscall.h"
#include "model/usage_diff.h"

/* A recording from words: "read" is a call, "i386:read" one of that ABI, "r/path" and "w/path" are paths, "+3" is a
 * capability, "@inet" a stream socket; "!" in front loses something. */
static struct recording *recording_of(const char *words)
{
    struct recording *recording = recording_new();
    recording_add_run(recording)->end = END_EXITED;
    uint32_t image = recording_image(recording, recording_string(recording, "/bin/x"), STRING_NONE, STRING_NONE);
    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        AUTO_FREE char *word = mem_dup(at, length);
        bool foreign = strncmp(word, "i386:", 5) == 0;
        at += length;
        if (strcmp(word, "!") == 0) {
            recording_loss(recording, &recording->runs[0], LOSS_PATH, 1, "test");
        } else if (word[0] == '+') {
            struct fact fact = {.kind = FACT_CAPABILITY, .image = image, .subject = STRING_NONE, .object = STRING_NONE,
                                .note = STRING_NONE, .value = (uint64_t)atoi(word + 1)};
            recording_fact(recording, &fact, PHASE_SERVING, 1);
        } else if (word[0] == '@') {
            struct fact fact = {.kind = FACT_SOCKET, .image = image, .subject = recording_string(recording, "inet stream"),
                                .object = STRING_NONE, .note = STRING_NONE,
                                .value = (uint64_t)AF_INET << 32 | SOCK_STREAM << 16};
            recording_fact(recording, &fact, PHASE_SERVING, 1);
        } else if (word[1] == '/') {
            recording_path(recording, recording_string(recording, word + 1), image, PHASE_SERVING,
                           word[0] == 'w' ? ACCESS_WRITE : ACCESS_READ, FILE_REGULAR);
        } else {
            enum abi abi = foreign ? ABI_I386 : ABI_X86_64;
            int number = syscall_number(abi, foreign ? word + 5 : word);
            cr_assert_geq(number, 0, "%s", word);
            recording_call(recording, image, abi, (uint64_t)number)->count[PHASE_SERVING]++;
        }
    }
    return recording;
}

/* "wider read not done -> done by /bin/x", joined by newlines. */
static char *words_of(const struct diff *diff)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < diff->count; i++) {
        const struct diff_row *row = &diff->rows[i];
        buf_printf(&out, "%s%s %s%s%s %s -> %s", i ? "\n" : "", diff_side_name(row->side), row->subject, row->when ? " when " : "",
                   row->when ? row->when : "", row->a, row->b);
    }
    return out.data ? buf_take(&out) : mem_strdup("");
}

static const struct {
    const char *a;
    const char *b;
    const char *there;
    const char *back;
} pairs[] = {
    {"read write", "write read", "", ""},
    {"read", "read bpf", "wider bpf not done -> done by /bin/x", "narrower bpf done by /bin/x -> not done"},
    {"read", "i386:read", "wider read not done -> done by /bin/x\nnarrower read done by /bin/x -> not done",
     "wider read not done -> done by /bin/x\nnarrower read done by /bin/x -> not done"},
    {"r/a", "w/a r/a", "wider /a read by /bin/x -> read,write by /bin/x", "narrower /a read,write by /bin/x -> read by /bin/x"},
    {"r/a", "w/a", "wider /a read by /bin/x -> write by /bin/x\nnarrower /a read by /bin/x -> write by /bin/x",
     "wider /a write by /bin/x -> read by /bin/x\nnarrower /a write by /bin/x -> read by /bin/x"},
    {"", "+21", "wider CAP_SYS_ADMIN not done -> done by /bin/x", "narrower CAP_SYS_ADMIN done by /bin/x -> not done"},
    {"", "@inet", "wider socket inet stream not done -> done by /bin/x", "narrower socket inet stream done by /bin/x -> not done"},
};

Test(recording_diff, pairs_in_both_directions)
{
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        AUTO(recording_free_cleanup) struct recording *a = recording_of(pairs[i].a);
        AUTO(recording_free_cleanup) struct recording *b = recording_of(pairs[i].b);
        AUTO(diff_free_cleanup) struct diff *there = recording_diff(a, b);
        AUTO(diff_free_cleanup) struct diff *back = recording_diff(b, a);
        AUTO_FREE char *there_words = words_of(there);
        AUTO_FREE char *back_words = words_of(back);
        cr_expect_str_eq(there_words, pairs[i].there, "pair %zu: %s", i, there_words);
        cr_expect_str_eq(back_words, pairs[i].back, "pair %zu back: %s", i, back_words);
        cr_expect_eq(there->note_count, 0);
    }
}

Test(recording_diff, losses_are_noted)
{
    AUTO(recording_free_cleanup) struct recording *a = recording_of("read");
    AUTO(recording_free_cleanup) struct recording *b = recording_of("! read");
    AUTO(diff_free_cleanup) struct diff *diff = recording_diff(a, b);
    cr_expect_eq(diff->count, 0);
    cr_expect_eq(diff->note_count, 1);
}

/* ---- against profiles -------------------------------------------------------------------------------- */

#define SECCOMP(rules) \
    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86_64\"], \"syscalls\": [" rules "]}"
#define ALLOW(names) "{\"names\": [" names "], \"action\": \"SCMP_ACT_ALLOW\"}"

static const struct {
    const char *recording;
    const char *profile;
    const char *there; /* from the recording to the profile */
    const char *back;
} usages[] = {
    {"read", SECCOMP(ALLOW("\"read\"")), "", ""},
    {"read", SECCOMP(ALLOW("\"read\", \"bpf\"")), "wider bpf not done -> allow", "narrower bpf allow -> not done"},
    {"read bpf", SECCOMP(ALLOW("\"read\"")), "narrower bpf done by /bin/x -> errno EPERM", "wider bpf errno EPERM -> done by /bin/x"},
    {"i386:read", SECCOMP(ALLOW("\"read\"")),
     "wider x86_64 not used -> 1 calls let through\nnarrower read done by /bin/x -> kill: the ABI is not let in",
     "wider read kill: the ABI is not let in -> done by /bin/x\nnarrower x86_64 1 calls let through -> not used"},
    {"read",
     SECCOMP(ALLOW("\"read\"") ", {\"names\": [\"clone\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": "
                               "[{\"index\": 0, \"op\": \"SCMP_CMP_EQ\", \"value\": 17}]}"),
     "wider clone when argument 0 is 0x11 not done -> allow", "narrower clone when argument 0 is 0x11 allow -> not done"},
    {"r/a w/b +21 @inet", "profile x { /a r, /b w, capability sys_admin, network inet stream, }", "", ""},
    {"r/a", "profile x { /a rw, }", "wider /a done in part -> allow w", "narrower /a allow w -> done in part"},
    {"w/a", "profile x { /a r, }", "wider /a not done -> allow r\nnarrower /a done by /bin/x -> no rule for w",
     "wider /a no rule for w -> done by /bin/x\nnarrower /a allow r -> not done"},
    {"r/a", "profile x { /** r, deny /a r, }", "wider /** done in part -> allow r\nnarrower /a done by /bin/x -> deny r",
     "wider /a deny r -> done by /bin/x\nnarrower /** allow r -> done in part"},
    {"r/a", "profile x { /a r, capability chown, network inet stream, }",
     "wider CAP_CHOWN not needed -> allow\nwider inet not used -> allow stream",
     "narrower CAP_CHOWN allow -> not needed\nnarrower inet allow stream -> not used"},
    {"+21 @inet", "profile x { }",
     "narrower CAP_SYS_ADMIN done by /bin/x -> not allowed\nnarrower inet stream done by /bin/x -> not allowed",
     "wider CAP_SYS_ADMIN not allowed -> done by /bin/x\nwider inet stream not allowed -> done by /bin/x"},
};

static struct diff *usage_of(const struct recording *recording, const char *profile, bool flip)
{
    struct diff *diff = NULL;
    struct err err = ERR_INIT;
    if (profile[0] != '{') {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
        cr_assert_eq(apparmor_policy_parse("test", profile, strlen(profile), &policy, &err), 0, "%s", err.sentence);
        return apparmor_usage_diff(recording, policy, flip);
    }
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    cr_assert_eq(seccomp_policy_parse("test", profile, strlen(profile), &policy, &err), 0, "%s", err.sentence);
    cr_assert_eq(seccomp_usage_diff(recording, policy, flip, &diff, &err), 0, "%s", err.sentence);
    return diff;
}

Test(usage_diff, recordings_against_profiles_in_both_directions)
{
    for (size_t i = 0; i < ARRAY_COUNT(usages); i++) {
        AUTO(recording_free_cleanup) struct recording *recording = recording_of(usages[i].recording);
        AUTO(diff_free_cleanup) struct diff *there = usage_of(recording, usages[i].profile, false);
        AUTO(diff_free_cleanup) struct diff *back = usage_of(recording, usages[i].profile, true);
        AUTO_FREE char *there_words = words_of(there);
        AUTO_FREE char *back_words = words_of(back);
        cr_expect_str_eq(there_words, usages[i].there, "usage %zu: %s", i, there_words);
        cr_expect_str_eq(back_words, usages[i].back, "usage %zu back: %s", i, back_words);
    }
}
