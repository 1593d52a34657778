/*
 * seccomp_policy_evaluate against the running kernel: filters are really loaded and calls really made, through
 * the x86-64 entry, int $0x80 and x32 numbers.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "emit/seccomp_filter.h"
#include "support/libseccomp_leaks.h"
#include "support/random_policy.h"
#include "support/raw_call.h"

#if defined(__x86_64__) && !defined(__ILP32__)

enum { POLICIES = 60, CALLS_PER_POLICY = 24, ERRNO_DEFAULT = 79 /* ELIBACC */, ENDING_CALL = SYS_exit_group };

/* Calls that do no harm with any arguments. */
static const char *const names[] = {
    "getpid", "getppid", "socket", "getpriority", "getsid", "umask", "accept4", "connect", "personality", "socketcall",
};
static const enum seccomp_action actions[] = {
    SECCOMP_ERRNO, SECCOMP_ERRNO, SECCOMP_ERRNO, SECCOMP_ERRNO, SECCOMP_ERRNO, SECCOMP_KILL_PROCESS, SECCOMP_TRAP,
    SECCOMP_KILL_THREAD,
};
/* Errnos that none of these calls has of its own. */
static const int errnos[] = {77 /* EBADFD */, 78 /* EREMCHG */};

static const struct policy_words words = {
    .names = names, .name_count = ARRAY_COUNT(names), .actions = actions, .action_count = ARRAY_COUNT(actions),
    .errnos = errnos, .errno_count = ARRAY_COUNT(errnos),
};

struct call {
    enum abi abi;
    uint64_t number;
    uint64_t args[6];
    struct seccomp_verdict verdict;
    long result;
    bool returned;
};

static long make_call(const struct call *call)
{
    static const enum raw_door doors[] = {[ABI_X86_64] = RAW_X86_64, [ABI_I386] = RAW_I386, [ABI_X32] = RAW_X32};
    return raw_call(doors[call->abi], call->number, call->args);
}

static void leave(int status)
{
    for (;;)
        (void)raw_call_64(ENDING_CALL, (const uint64_t[6]){(uint64_t)status});
}

/* In a child: loads the program, makes the calls and leaves. Nothing but the calls reaches the kernel. */
static void run_confined(const struct buf *program, struct call *calls, size_t count)
{
    struct sock_fprog filter = {.len = (unsigned short)(program->length / sizeof(struct sock_filter)),
                                .filter = (struct sock_filter *)(void *)program->data};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        leave(3);
    for (size_t i = 0; i < count; i++) {
        long result = make_call(&calls[i]);
        calls[i].result = result;
        calls[i].returned = true;
    }
    leave(0);
}

/* How the child that makes these calls ends. */
static int status_of(const struct buf *program, struct call *calls, size_t count)
{
    pid_t child = fork();
    cr_assert(child >= 0);
    if (child == 0) {
        (void)signal(SIGSYS, SIG_DFL);
        run_confined(program, calls, count);
    }
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    return status;
}

static bool kills(const struct call *call)
{
    return call->verdict.action == SECCOMP_KILL_PROCESS || call->verdict.action == SECCOMP_KILL_THREAD ||
           call->verdict.action == SECCOMP_TRAP;
}

static bool is_as_promised(const struct call *call)
{
    if (!call->returned)
        return false;
    if (call->verdict.action == SECCOMP_ERRNO)
        return call->result == -call->verdict.error;
    return call->result != -77 && call->result != -78 && call->result != -ERRNO_DEFAULT;
}

static void report(const struct call *call, int status, unsigned seed)
{
    fprintf(stderr, "policy %u: %s %llu(%#llx, %#llx, …): promised %s %d, got %ld%s, status %#x\n", seed,
            arch_get(call->abi)->name, (unsigned long long)call->number, (unsigned long long)call->args[0],
            (unsigned long long)call->args[1], seccomp_action_name(call->verdict.action), call->verdict.error,
            call->result, call->returned ? "" : " (nothing)", (unsigned)status);
}

struct tally {
    size_t returned[ABI_COUNT];
    size_t killed[ABI_COUNT];
    size_t failed;
};

/* The calls that return go through one child, each that kills through its own. */
static void check_calls(const struct buf *program, struct call *calls, size_t count, unsigned seed, struct tally *tally)
{
    struct call *shared = mmap(NULL, sizeof(*shared) * CALLS_PER_POLICY, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(shared, MAP_FAILED);
    size_t returning = 0;
    for (size_t i = 0; i < count; i++)
        if (!kills(&calls[i]))
            shared[returning++] = calls[i];
    int status = status_of(program, shared, returning);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "policy %u: status %#x", seed, (unsigned)status);
    for (size_t i = 0; i < returning; i++) {
        tally->returned[shared[i].abi]++;
        tally->failed += !is_as_promised(&shared[i]);
        if (!is_as_promised(&shared[i]))
            report(&shared[i], status, seed);
    }
    for (size_t i = 0; i < count; i++) {
        if (!kills(&calls[i]))
            continue;
        shared[0] = calls[i];
        status = status_of(program, shared, 1);
        bool died = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS && !shared[0].returned;
        tally->killed[calls[i].abi]++;
        tally->failed += !died;
        if (!died)
            report(&shared[0], status, seed);
    }
    (void)munmap(shared, sizeof(*shared) * CALLS_PER_POLICY);
}

/* Two defaults in turn, so that rules decide both ways; the child must be able to leave. */
static void prepare(struct seccomp_policy *policy, unsigned seed)
{
    policy->default_action = seed % 2 ? SECCOMP_ALLOW : SECCOMP_ERRNO;
    policy->default_errno = ERRNO_DEFAULT;
    for (size_t i = 0; i < policy->rule_count; i++)
        if (seed % 2 == 0 && policy->rules[i].action == SECCOMP_ERRNO && i % 2)
            policy->rules[i].action = SECCOMP_ALLOW;
    struct seccomp_rule *rule = seccomp_policy_add_rule(policy, SECCOMP_ALLOW);
    seccomp_rule_add_name(rule, "exit_group");
}

static void check_policy(unsigned seed, bool with_i386, struct tally *tally)
{
    struct random random = {.state = seed};
    struct seccomp_context context = {.native = ABI_X86_64};
    struct err err = ERR_INIT;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = random_policy(&random, &words);
    prepare(policy, seed);
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
    AUTO_BUF struct buf program = BUF_INIT;
    if (seccomp_evaluator_new(policy, &context, &evaluator, &err) < 0)
        return; /* no runtime loads it: test_seccomp_agreement checks that */
    cr_assert_eq(seccomp_filter_new(policy, &context, NULL, &filter, NULL, &err), 0, "%s", err.sentence);
    cr_assert_eq(seccomp_filter_program(filter, &program, &err), 0, "%s", err.sentence);
    uint64_t ending[6] = {0};
    if (seccomp_evaluator_ask(evaluator, ABI_X86_64, ENDING_CALL, ending).action != SECCOMP_ALLOW)
        return; /* a filter that never looks at the number */
    struct call calls[CALLS_PER_POLICY] = {0};
    size_t count = 0;
    while (count < CALLS_PER_POLICY) {
        struct call *call = &calls[count];
        random_call(&random, policy, &words, &call->abi, &call->number, call->args);
        const struct syscall *known = call->number < 1024 ? syscall_by_number(call->abi, call->number) : NULL;
        bool harmless = false;
        for (size_t i = 0; known && i < ARRAY_COUNT(names); i++)
            harmless |= syscall_by_name(names[i]) == known;
        if (!harmless || (call->abi == ABI_I386 && !with_i386))
            continue;
        call->verdict = seccomp_evaluator_ask(evaluator, call->abi, call->number, call->args);
        count++;
    }
    check_calls(&program, calls, count, seed, tally);
}

static bool kernel_has_i386(void)
{
    pid_t child = fork();
    if (child == 0) {
        long pid = raw_call_32(20 /* getpid */, (const uint64_t[6]){0});
        leave(pid == raw_call_64(SYS_getpid, (const uint64_t[6]){0}) ? 0 : 1);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Test(seccomp_kernel, promised_answers, .timeout = 120)
{
    struct tally tally = {0};
    bool with_i386 = kernel_has_i386();
    if (!with_i386)
        fprintf(stderr, "SKIPPED: i386 calls, which this kernel does not serve\n");
    for (unsigned seed = 1; seed <= POLICIES; seed++)
        check_policy(seed, with_i386, &tally);
    fprintf(stderr, "answered as promised: %zu x86-64, %zu i386, %zu x32; killed as promised: %zu, %zu, %zu\n",
            tally.returned[ABI_X86_64], tally.returned[ABI_I386], tally.returned[ABI_X32], tally.killed[ABI_X86_64],
            tally.killed[ABI_I386], tally.killed[ABI_X32]);
    cr_assert_eq(tally.failed, 0, "%zu calls were not answered as promised", tally.failed);
    cr_assert(tally.returned[ABI_X86_64] > 100 && tally.killed[ABI_X86_64] > 10);
}

#else
Test(seccomp_kernel, promised_answers)
{
    cr_skip("calls are made by x86-64 instructions");
}
#endif
