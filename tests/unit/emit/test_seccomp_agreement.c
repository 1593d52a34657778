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

enum { POLICIES = 6000, CALLS_PER_POLICY = 120, HANGS_SHOWN = 3 };

struct random {
    uint64_t state;
};

/* splitmix64: the same numbers on every machine. */
static uint64_t next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t below(struct random *random, size_t bound)
{
    return (size_t)(next(random) % bound);
}

#define PICK(random, table) ((table)[below((random), ARRAY_COUNT(table))])

/* Calls that all three ABIs have, that are multiplexed on i386, that one ABI lacks, that only others have, and
 * one that does not exist. All are known to libseccomp 2.5.0. */
static const char *const names[] = {
    "read",  "write", "ioctl", "socket", "connect",  "accept4",   "recvmmsg", "semop",       "semget",
    "shmat", "clone", "mmap2", "_llseek", "socketcall", "ipc",    "send",     "rt_sigaction", "arch_prctl",
    "openat2", "close_range", "no_such_call", "personality", "getdents64", "semtimedop",
};

static const enum seccomp_action actions[] = {
    SECCOMP_ALLOW, SECCOMP_ALLOW, SECCOMP_ALLOW, SECCOMP_ERRNO, SECCOMP_ERRNO,
    SECCOMP_TRAP,  SECCOMP_LOG,   SECCOMP_TRACE, SECCOMP_KILL_PROCESS, SECCOMP_KILL_THREAD,
};

static const uint64_t values[] = {
    0, 1, 2, 5, 9, 10, 16, 0x20000, 0x7e020000, 0x7fffffff, 0x80000000u, UINT32_MAX, 0x100000000u, 0x100000001u,
    0x100000005u, 0x200000001u, 0xffffffff00000000u, 0x7fffffffffffffffu, 0x8000000000000000u, UINT64_MAX,
};

static void add_random_args(struct random *random, struct seccomp_rule *rule)
{
    static const size_t counts[] = {0, 0, 1, 1, 1, 2, 2, 3};
    size_t count = PICK(random, counts);
    bool may_repeat = below(random, 8) == 0;
    unsigned used = 0;
    for (size_t i = 0; i < count; i++) {
        /* Mostly two arguments, so that rules meet. */
        unsigned index = below(random, 4) ? (unsigned)below(random, 2) : (unsigned)below(random, 6);
        if (!may_repeat && (used >> index & 1))
            continue;
        used |= 1u << index;
        struct seccomp_arg arg = {.index = index, .op = (enum seccomp_op)below(random, SECCOMP_OP_COUNT)};
        arg.value = PICK(random, values);
        arg.value_two = PICK(random, values);
        seccomp_rule_add_arg(rule, arg);
    }
}

static struct seccomp_policy *random_policy(struct random *random)
{
    static const int errnos[] = {-1, EPERM, ENOSYS, EINVAL};
    struct seccomp_policy *policy = seccomp_policy_new();
    policy->default_action = PICK(random, actions);
    policy->default_errno = PICK(random, errnos);
    /* In any order, which decides what shared parts of the program are laid out for. */
    for (size_t i = below(random, 5); i > 0; i--)
        seccomp_policy_add_abi(policy, (enum abi)below(random, 3));
    /* A small vocabulary for each policy makes rules collide. */
    const char *vocabulary[3] = {PICK(random, names), PICK(random, names), PICK(random, names)};
    enum seccomp_action second = PICK(random, actions);
    size_t count = 1 + below(random, 7);
    bool uniform = below(random, 3) != 0;
    for (size_t i = 0; i < count; i++) {
        enum seccomp_action action = uniform ? second : PICK(random, actions);
        struct seccomp_rule *rule = seccomp_policy_add_rule(policy, action);
        rule->errno_value = uniform ? -1 : PICK(random, errnos);
        seccomp_rule_add_name(rule, PICK(random, vocabulary));
        if (below(random, 4) == 0)
            seccomp_rule_add_name(rule, PICK(random, names));
        add_random_args(random, rule);
    }
    return policy;
}

static uint64_t near_value(struct random *random, uint64_t value)
{
    switch (below(random, 6)) {
    case 0:
        return value + 1;
    case 1:
        return value - 1;
    case 2:
        return value ^ 0x100000000u;
    case 3:
        return (uint32_t)value;
    case 4:
        return value | 0xffffffff00000000u;
    default:
        return value;
    }
}

static void random_call(struct random *random, const struct seccomp_policy *policy, enum abi *ret_abi,
                        uint64_t *ret_number, uint64_t args[static 6])
{
    enum abi abi = (enum abi)below(random, 3);
    uint64_t number = below(random, 12) == 0 ? 0x40000000u + next(random) % 600 : next(random) % 460;
    const struct seccomp_rule *rule = &policy->rules[below(random, policy->rule_count)];
    int known = syscall_by_name(PICK(random, names)) ? syscall_number(abi, PICK(random, names)) : -1;
    if (below(random, 6)) {
        const char *name = rule->names[below(random, rule->name_count)];
        known = syscall_by_name(name) ? syscall_by_name(name)->number[abi] : -1;
        /* The other way to a multiplexed call. */
        if (abi == ABI_I386 && below(random, 3) == 0)
            known = syscall_number(ABI_I386, below(random, 2) ? "socketcall" : "ipc");
    }
    if (known >= 0)
        number = (uint64_t)known;
    if (below(random, 200) == 0)
        number = UINT32_MAX;
    if (abi == ABI_X32)
        number &= ~(uint64_t)X32_SYSCALL_BIT;
    for (unsigned i = 0; i < 6; i++)
        args[i] = near_value(random, below(random, 3) ? PICK(random, values) : below(random, 25));
    for (size_t i = 0; i < rule->arg_count; i++)
        if (below(random, 4))
            args[rule->args[i].index] = near_value(random, below(random, 2) ? rule->args[i].value : rule->args[i].value_two);
    *ret_abi = abi;
    *ret_number = number;
}

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
        random_call(random, policy, &abi, &number, args);
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
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = random_policy(&random);
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
    fprintf(stderr, "%d policies: %zu calls compared, %zu decided by a rule; %zu policies refused by both, %zu endless\n",
            POLICIES, tally.calls, tally.decided_by_rule, tally.refused, tally.endless);
    cr_assert_eq(tally.failed, 0, "%zu disagreements", tally.failed);
    cr_assert(tally.decided_by_rule > tally.calls / 10 && tally.refused > 0);
}
