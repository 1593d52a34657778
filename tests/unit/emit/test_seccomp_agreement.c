/*
 * seccomp_policy_evaluate against what libseccomp compiles, over generated policies.
 *
 * Every policy is compiled by libseccomp and run instruction by instruction; the evaluation must give the
 * same answer for every call, and must refuse exactly the policies that libseccomp refuses. Policies on
 * which libseccomp loops for ever are shown to do so in a child.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emit/seccomp_filter.h"
#include "support/bpf_machine.h"
#include "support/libseccomp_leaks.h"
#include "support/random_policy.h"
#include "support/random_profile.h"

enum { POLICIES = 6000, PROFILES = 6000, CALLS_PER_POLICY = 120, HANGS_SHOWN = 3 };

/* Calls that all three ABIs have, that are multiplexed on i386, that one ABI lacks, that only others have, and
 * one that does not exist. All are known to libseccomp 2.5.0. */
static const char *const names[] = {
    "read",   "write", "ioctl", "socket",  "connect",    "accept4", "recvmmsg",     "semop",
    "semget", "shmat", "clone", "mmap2",   "_llseek",    "ipc",     "socketcall",   "send",
    "openat2", "personality",  "getdents64", "semtimedop", "close_range", "no_such_call", "rt_sigaction", "arch_prctl",
};

static const enum seccomp_action actions[] = {
    SECCOMP_ALLOW, SECCOMP_ALLOW, SECCOMP_ALLOW, SECCOMP_ERRNO,        SECCOMP_ERRNO,
    SECCOMP_TRAP,  SECCOMP_LOG,   SECCOMP_TRACE, SECCOMP_KILL_PROCESS, SECCOMP_KILL_THREAD,
};

static const int errnos[] = {-1, EPERM, ENOSYS, EINVAL};

static const struct policy_words words = {
    .names = names, .name_count = ARRAY_COUNT(names), .actions = actions, .action_count = ARRAY_COUNT(actions),
    .errnos = errnos, .errno_count = ARRAY_COUNT(errnos),
};

static uint32_t answer_of(struct seccomp_verdict verdict)
{
    static const uint32_t bases[SECCOMP_ACTION_COUNT] = {
        [SECCOMP_KILL_PROCESS] = SECCOMP_RET_KILL_PROCESS, [SECCOMP_KILL_THREAD] = SECCOMP_RET_KILL_THREAD,
        [SECCOMP_TRAP] = SECCOMP_RET_TRAP,                 [SECCOMP_ERRNO] = SECCOMP_RET_ERRNO,
        [SECCOMP_NOTIFY] = SECCOMP_RET_USER_NOTIF,         [SECCOMP_TRACE] = SECCOMP_RET_TRACE,
        [SECCOMP_LOG] = SECCOMP_RET_LOG,                   [SECCOMP_ALLOW] = SECCOMP_RET_ALLOW,
    };
    return bases[verdict.action] | (uint32_t)verdict.error;
}

static void print_policy(const struct seccomp_policy *policy, unsigned seed)
{
    fprintf(stderr, "policy %u: default %s %d, ABIs", seed, seccomp_action_name(policy->default_action),
            policy->default_errno);
    for (size_t i = 0; i < policy->abi_count; i++)
        fprintf(stderr, " %s", arch_get(policy->abis[i])->name);
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct seccomp_rule *rule = &policy->rules[i];
        fprintf(stderr, "\n  %s %d:", seccomp_action_name(rule->action), rule->errno_value);
        for (size_t k = 0; k < rule->name_count; k++)
            fprintf(stderr, " %s", rule->names[k]);
        for (size_t k = 0; k < rule->arg_count; k++)
            fprintf(stderr, " [%u %s %#" PRIx64 " %#" PRIx64 "]", rule->args[k].index,
                    seccomp_op_name(rule->args[k].op), rule->args[k].value, rule->args[k].value_two);
    }
    fputc('\n', stderr);
}

struct tally {
    size_t calls;
    size_t through[ABI_COUNT];
    size_t decided_by_rule;
    size_t refused;
    size_t endless;
    size_t failed;
};

static void compare_calls(struct random *random, const struct seccomp_policy *policy,
                          const struct seccomp_context *context, const struct seccomp_evaluator *evaluator,
                          const struct buf *program, unsigned seed, struct tally *tally)
{
    for (size_t i = 0; i < CALLS_PER_POLICY; i++) {
        enum abi abi;
        uint64_t number;
        uint64_t args[6];
        random_call(random, policy, &words, &abi, &number, args);
        uint64_t seen = abi == ABI_X32 ? number | X32_SYSCALL_BIT : number;
        struct seccomp_data data = {.nr = (int)seen, .arch = arch_get(abi)->audit};
        for (unsigned k = 0; k < 6; k++)
            data.args[k] = args[k];
        uint32_t promised = 0;
        bool ran = bpf_machine_run((const struct sock_filter *)(const void *)program->data,
                                   program->length / sizeof(struct sock_filter), &data, &promised, NULL);
        enum abi asked_abi = arch_from_audit(data.arch, &seen);
        uint64_t asked = seen;
        struct seccomp_verdict verdict = seccomp_evaluator_ask(evaluator, asked_abi, asked, args);
        struct seccomp_verdict simple = i % 16 ? verdict
                                               : seccomp_policy_evaluate(policy, context, asked_abi, asked, args);
        tally->calls++;
        tally->through[asked_abi]++;
        tally->decided_by_rule += verdict.rule != NULL;
        if (ran && answer_of(verdict) == promised && answer_of(simple) == promised && simple.rule == verdict.rule)
            continue;
        if (tally->failed++ < 5) {
            print_policy(policy, seed);
            fprintf(stderr, "  %s %#" PRIx64 "(%#" PRIx64 ", %#" PRIx64 ", %#" PRIx64 ", %#" PRIx64 ", %#" PRIx64
                            ", %#" PRIx64 "): libseccomp %#x, evaluated %#x, simply %#x\n",
                    arch_get(asked_abi)->name, asked, args[0], args[1], args[2], args[3], args[4], args[5], promised,
                    answer_of(verdict), answer_of(simple));
        }
    }
}

/* Whether libseccomp is still busy with the policy after a second, when any other takes a millisecond. */
static bool never_ends(const struct seccomp_policy *policy, const struct seccomp_context *context)
{
    struct seccomp_filter_options alone = {.prechecked = true};
    pid_t child = fork();
    if (child == 0) {
        scmp_filter_ctx filter = NULL;
        struct err err = ERR_INIT;
        AUTO_BUF struct buf program = BUF_INIT;
        (void)signal(SIGALRM, SIG_DFL);
        (void)alarm(1);
        if (seccomp_filter_new(policy, context, &alone, &filter, NULL, &err) == 0)
            (void)seccomp_filter_program(filter, &program, &err);
        _exit(0);
    }
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
}

static void compare_policy(unsigned seed, struct tally *tally)
{
    struct random random = {.state = seed};
    struct seccomp_context context = {.native = ABI_X86_64};
    struct seccomp_filter_options alone = {.prechecked = true};
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = random_policy(&random, &words);
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    struct err err = ERR_INIT;
    int expected = seccomp_evaluator_new(policy, &context, &evaluator, &err);
    if (expected == -ELOOP) {
        bool shown = tally->endless++ >= HANGS_SHOWN || never_ends(policy, &context);
        tally->failed += !shown;
        if (!shown)
            print_policy(policy, seed);
        return;
    }
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
    AUTO_BUF struct buf program = BUF_INIT;
    int r = seccomp_filter_new(policy, &context, &alone, &filter, NULL, &err);
    if (r != expected) {
        print_policy(policy, seed);
        fprintf(stderr, "  libseccomp says %d (%s), expected was %d\n", r, err.sentence, expected);
        tally->failed++;
        return;
    }
    tally->refused += r < 0;
    if (r < 0)
        return;
    cr_assert_eq(seccomp_filter_program(filter, &program, &err), 0, "%s", err.sentence);
    compare_calls(&random, policy, &context, evaluator, &program, seed, tally);
}

Test(seccomp_agreement, generated_policies, .timeout = 280)
{
    if (arch_native() != ABI_X86_64)
        cr_skip("the matrix is about x86-64, i386 and x32");
    struct tally tally = {0};
    const char *from = getenv("SEED");
    unsigned first = from ? (unsigned)atoi(from) : 1;
    for (unsigned seed = first; seed < first + POLICIES; seed++)
        compare_policy(seed, &tally);
    fprintf(stderr, "%d policies: %zu calls compared (%zu x86-64, %zu i386, %zu x32), %zu decided by a rule; %zu policies refused by "
            "both, %zu endless\n", POLICIES, tally.calls, tally.through[ABI_X86_64], tally.through[ABI_I386], tally.through[ABI_X32],
            tally.decided_by_rule, tally.refused, tally.endless);
    cr_assert_eq(tally.failed, 0, "%zu disagreements", tally.failed);
    cr_assert(tally.decided_by_rule > tally.calls / 10 && tally.refused > 0);
}

/* ---- whole profiles: text with conditions against what is left of them, decided by the test alone ------------ */

static void compare_profile(unsigned seed, struct tally *tally)
{
    struct random random = {.state = seed};
    struct seccomp_context bare = {.native = ABI_X86_64};
    struct seccomp_filter_options alone = {.prechecked = true};
    struct random_profile profile;
    struct err err = ERR_INIT;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
    AUTO_BUF struct buf program = BUF_INIT;
    random_profile_init(&random, &words, NULL, &profile);
    cr_assert_eq(seccomp_policy_parse("generated", profile.text.data, profile.text.length, &policy, &err), 0, "%s\n%.*s",
                 err.sentence, (int)profile.text.length, profile.text.data);
    int expected = seccomp_evaluator_new(policy, &profile.context, &evaluator, &err);
    int r = expected == -ELOOP ? 0 : seccomp_filter_new(profile.decided, &bare, &alone, &filter, NULL, &err);
    tally->endless += expected == -ELOOP;
    tally->refused += expected < 0;
    if (expected != -ELOOP && r != expected) {
        fprintf(stderr, "profile %u: libseccomp says %d, expected was %d (%s)\n%.*s\n", seed, r, expected, err.sentence,
                (int)profile.text.length, profile.text.data);
        tally->failed++;
    } else if (expected == 0) {
        size_t failed = tally->failed;
        cr_assert_eq(seccomp_filter_program(filter, &program, &err), 0, "%s", err.sentence);
        compare_calls(&random, policy, &profile.context, evaluator, &program, seed, tally);
        if (tally->failed > failed && failed < 5)
            fprintf(stderr, "%.*s\n", (int)profile.text.length, profile.text.data);
    }
    random_profile_done(&profile);
}

Test(seccomp_agreement, generated_profiles, .timeout = 280)
{
    if (arch_native() != ABI_X86_64)
        cr_skip("the matrix is about x86-64, i386 and x32");
    struct tally tally = {0};
    for (unsigned seed = 1; seed <= PROFILES; seed++)
        compare_profile(seed, &tally);
    fprintf(stderr, "%d profiles: %zu calls compared (%zu x86-64, %zu i386, %zu x32), %zu decided by a rule; %zu profiles refused by "
            "both, %zu of them endless\n", PROFILES, tally.calls, tally.through[ABI_X86_64], tally.through[ABI_I386], tally.through[ABI_X32],
            tally.decided_by_rule, tally.refused, tally.endless);
    cr_assert_eq(tally.failed, 0, "%zu disagreements", tally.failed);
    cr_assert(tally.decided_by_rule > tally.calls / 10 && tally.refused > 0);
}
