/* What a policy answers, as tables. The agreement with libseccomp and the kernel is tests/unit/emit/. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/capability.h"
#include "model/seccomp_policy.h"

#define POLICY(head, rules) "{\"defaultAction\": \"SCMP_ACT_ERRNO\", " head "\"syscalls\": [" rules "]}"
#define ALLOW(name, rest) "{\"names\": [\"" name "\"], \"action\": \"SCMP_ACT_ALLOW\"" rest "}"
#define FAIL(name, number, rest)                                                                                      \
    "{\"names\": [\"" name "\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": " #number rest "}"
#define ARGS(...) ", \"args\": [" __VA_ARGS__ "]"
#define IF(index, op, value) "{\"index\": " #index ", \"op\": \"SCMP_CMP_" #op "\", \"value\": " #value "}"
#define ALL_X86 "\"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", \"SCMP_ARCH_X32\"], "
#define ALLOWED SECCOMP_ALLOW, 0
#define KILLED SECCOMP_KILL_THREAD, 0

static struct seccomp_policy *parse(const char *text)
{
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_policy_parse("p", text, strlen(text), &policy, &err), 0, "%s in %s", err.sentence, text);
    return policy;
}

static const struct {
    const char *policy;
    enum abi abi;
    const char *call;
    uint64_t args[3];
    enum seccomp_action action;
    int error;
} rows[] = {
    /* defaults */
    {POLICY("", ""), ABI_X86_64, "read", {0}, SECCOMP_ERRNO, EPERM},
    {POLICY("\"defaultErrnoRet\": 38, ", ""), ABI_X86_64, "read", {0}, SECCOMP_ERRNO, ENOSYS},
    {POLICY("\"defaultErrnoRet\": 38, ", FAIL("read", 1, "")), ABI_X86_64, "read", {0}, SECCOMP_ERRNO, EPERM},
    {POLICY("\"defaultErrnoRet\": 38, ", "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\"}"), ABI_X86_64, "read",
     {0}, SECCOMP_ERRNO, EPERM},
    /* the native ABI is in every filter, others only when listed */
    {POLICY("", ALLOW("read", "")), ABI_X86_64, "read", {0}, ALLOWED},
    {POLICY("\"architectures\": [\"SCMP_ARCH_X86\"], ", ALLOW("read", "")), ABI_X86_64, "read", {0}, ALLOWED},
    {POLICY("\"architectures\": [\"SCMP_ARCH_X86_64\"], ", ALLOW("read", "")), ABI_I386, "read", {0}, KILLED},
    {POLICY("", ALLOW("read", "")), ABI_X32, "read", {0}, KILLED},
    {POLICY(ALL_X86, ALLOW("read", "")), ABI_X32, "read", {0}, ALLOWED},
    /* names are not numbers: 3 is read on i386 and close on x86-64 */
    {POLICY(ALL_X86, ALLOW("read", "")), ABI_I386, "read", {0}, ALLOWED},
    {POLICY(ALL_X86, ALLOW("read", "")), ABI_X86_64, "close", {0}, SECCOMP_ERRNO, EPERM},
    {POLICY(ALL_X86, ALLOW("no_such_call", "") "," ALLOW("read", "")), ABI_X86_64, "read", {0}, ALLOWED},
    /* conditions hold together; on one argument they are alternatives */
    {POLICY("", ALLOW("socket", ARGS(IF(0, EQ, 1) "," IF(1, EQ, 2)))), ABI_X86_64, "socket", {1, 2}, ALLOWED},
    {POLICY("", ALLOW("socket", ARGS(IF(0, EQ, 1) "," IF(1, EQ, 2)))), ABI_X86_64, "socket", {1, 3}, SECCOMP_ERRNO,
     EPERM},
    {POLICY("", ALLOW("socket", ARGS(IF(0, EQ, 1) "," IF(0, EQ, 2)))), ABI_X86_64, "socket", {2, 3}, ALLOWED},
    {POLICY("", ALLOW("socket", ARGS(IF(0, EQ, 1) "," IF(0, EQ, 2) "," IF(1, EQ, 7)))), ABI_X86_64, "socket", {9, 7},
     ALLOWED},
    /* 64 and 32 bits */
    {POLICY(ALL_X86, ALLOW("read", ARGS(IF(0, EQ, 1)))), ABI_X86_64, "read", {0x100000001}, SECCOMP_ERRNO, EPERM},
    {POLICY(ALL_X86, ALLOW("read", ARGS(IF(0, EQ, 1)))), ABI_I386, "read", {0x100000001}, ALLOWED},
    {POLICY(ALL_X86, ALLOW("read", ARGS(IF(0, EQ, 1)))), ABI_X32, "read", {0x100000001}, ALLOWED},
    {POLICY("", ALLOW("read", ARGS(IF(0, GT, 4294967295)))), ABI_X86_64, "read", {UINT32_MAX}, SECCOMP_ERRNO, EPERM},
    {POLICY("", ALLOW("read", ARGS(IF(0, GT, 4294967295)))), ABI_X86_64, "read", {1ull << 32}, ALLOWED},
    {POLICY("", ALLOW("read", ARGS(IF(0, LE, 18446744073709551615)))), ABI_X86_64, "read", {UINT64_MAX}, ALLOWED},
    /* rules without conditions: the first wins, and wins over all with conditions, before and after */
    {POLICY("", FAIL("read", 9, "") "," ALLOW("read", "")), ABI_X86_64, "read", {0}, SECCOMP_ERRNO, EBADF},
    {POLICY("", ALLOW("read", ARGS(IF(0, EQ, 1))) "," FAIL("read", 9, "")), ABI_X86_64, "read", {1}, SECCOMP_ERRNO,
     EBADF},
    {POLICY("", FAIL("read", 9, "") "," ALLOW("read", ARGS(IF(0, EQ, 1)))), ABI_X86_64, "read", {1}, SECCOMP_ERRNO,
     EBADF},
    /* i386 multiplexers: the call number replaces a condition on the first argument */
    {POLICY(ALL_X86, ALLOW("socket", "")), ABI_I386, "socket", {2}, ALLOWED},
    {POLICY(ALL_X86, ALLOW("socket", "")), ABI_I386, "socketcall", {1}, ALLOWED},
    {POLICY(ALL_X86, ALLOW("socket", "")), ABI_I386, "socketcall", {2}, SECCOMP_ERRNO, EPERM},
    {POLICY(ALL_X86, ALLOW("socket", ARGS(IF(0, EQ, 2)))), ABI_I386, "socketcall", {1}, ALLOWED},
    {POLICY(ALL_X86, ALLOW("socket", ARGS(IF(0, EQ, 2)))), ABI_I386, "socket", {3}, SECCOMP_ERRNO, EPERM},
    {POLICY(ALL_X86, ALLOW("semop", "") "," ALLOW("read", "")), ABI_I386, "ipc", {1}, ALLOWED},
    /* libseccomp's faults, which the kernel then enforces: both ends of a 64-bit comparison share what follows … */
    {POLICY("", ALLOW("read", ARGS(IF(0, GT, 5) "," IF(1, EQ, 1))) "," ALLOW("read", ARGS(IF(0, GT, 10) "," IF(1, EQ, 2)))),
     ABI_X86_64, "read", {7, 2}, ALLOWED},
    /* … the upper half is tested with the lower half still loaded: 2 is neither below 2 nor above 2^32 + 5 … */
    {POLICY("", ALLOW("read", ARGS(IF(0, LT, 2))) "," ALLOW("read", ARGS(IF(0, GT, 4294967301)))), ABI_X86_64, "read",
     {2}, ALLOWED},
    /* … and an i386 filter whose first call is left out never loads the number. */
    {POLICY(ALL_X86, ALLOW("semop", "") "," ALLOW("read", ARGS(IF(0, EQ, 1)))), ABI_I386, "read", {1}, SECCOMP_ERRNO,
     EPERM},
};

Test(seccomp_evaluate, rows)
{
    const struct seccomp_context context = {.native = ABI_X86_64};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = parse(rows[i].policy);
        uint64_t args[6] = {rows[i].args[0], rows[i].args[1], rows[i].args[2]};
        uint64_t number = (uint64_t)syscall_by_name(rows[i].call)->number[rows[i].abi];
        struct seccomp_verdict verdict = seccomp_policy_evaluate(policy, &context, rows[i].abi, number, args);
        cr_expect(verdict.action == rows[i].action && verdict.error == rows[i].error, "row %zu: %s %d", i,
                  seccomp_action_name(verdict.action), verdict.error);
    }
}

Test(seccomp_evaluate, the_deciding_rule_is_named)
{
    const struct seccomp_context context = {.native = ABI_X86_64};
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy =
        parse(POLICY("", ALLOW("write", "") "," FAIL("read", 9, ARGS(IF(0, EQ, 1)))));
    uint64_t args[6] = {1};
    cr_expect_eq(seccomp_policy_evaluate(policy, &context, ABI_X86_64, 0, args).rule, &policy->rules[1]);
    args[0] = 2;
    cr_expect_null(seccomp_policy_evaluate(policy, &context, ABI_X86_64, 0, args).rule);
    cr_expect(seccomp_policy_evaluate(policy, &context, ABI_I386, 3, args).foreign_abi);
    /* The x32 bit by way of the x86-64 ABI; and -1, which a tracer uses to skip a call. */
    cr_expect(seccomp_policy_evaluate(policy, &context, ABI_X86_64, X32_SYSCALL_BIT, args).foreign_abi);
    cr_expect_not(seccomp_policy_evaluate(policy, &context, ABI_X86_64, UINT32_MAX, args).foreign_abi);
}

Test(seccomp_evaluate, refused_policies)
{
    static const struct {
        const char *policy;
        int error;
        const char *part;
    } refused[] = {
        {POLICY("", ALLOW("read", ARGS(IF(0, EQ, 1))) "," FAIL("read", 9, ARGS(IF(0, EQ, 1)))), -EEXIST,
         "syscalls[1]: the rule for read contradicts an earlier one on x86_64"},
        {POLICY("", ALLOW("read", ARGS(IF(0, EQ, 1) "," IF(1, EQ, 1))) "," FAIL("read", 9, ARGS(IF(0, EQ, 1)))), -EEXIST,
         "syscalls[1]: the rule for read contradicts an earlier one on x86_64"},
        {POLICY("", ALLOW("read", ARGS(IF(0, GT, 5) "," IF(1, EQ, 4294967297))) ","
                        ALLOW("read", ARGS(IF(0, GT, 5) "," IF(1, EQ, 8589934593)))),
         -ELOOP, "syscalls[1]: the conditions for read are too entangled on x86_64"},
    };
    const struct seccomp_context context = {.native = ABI_X86_64};
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = parse(refused[i].policy);
        struct seccomp_evaluator *evaluator = NULL;
        struct err err = ERR_INIT;
        cr_expect_eq(seccomp_evaluator_new(policy, &context, &evaluator, &err), refused[i].error);
        cr_expect(strncmp(err.sentence, refused[i].part, strlen(refused[i].part)) == 0, "%s", err.sentence);
        cr_expect_eq(seccomp_policy_evaluate(policy, &context, ABI_X86_64, 0, (uint64_t[6]){1}).action,
                     SECCOMP_KILL_PROCESS);
    }
}

/* Docker's and Podman's own profiles under different contexts. */
static uint64_t capability(const char *name)
{
    return name ? 1ull << capability_by_name(name)->number : 0;
}

static const struct {
    const char *file;
    const char *capability;
    kernel_version kernel;
    enum abi native;
    enum abi abi;
    const char *call;
    uint64_t args[3];
    enum seccomp_action action;
    int error;
} profile_rows[] = {
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "read", {0}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_I386, "read", {0}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "bpf", {0}, SECCOMP_ERRNO, EPERM},
    {"docker", "CAP_BPF", 0, ABI_X86_64, ABI_X86_64, "bpf", {0}, ALLOWED},
    {"docker", "CAP_SYS_ADMIN", 0, ABI_X86_64, ABI_X86_64, "mount", {0}, ALLOWED},
    {"docker", "CAP_SYS_CHROOT", 0, ABI_X86_64, ABI_X86_64, "mount", {0}, SECCOMP_ERRNO, EPERM},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "clone3", {0}, SECCOMP_ERRNO, ENOSYS},
    {"docker", "CAP_SYS_ADMIN", 0, ABI_X86_64, ABI_X86_64, "clone3", {0}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "clone", {0x10000}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "clone", {0x10000000}, SECCOMP_ERRNO, EPERM},
    {"docker", "CAP_SYS_ADMIN", 0, ABI_X86_64, ABI_X86_64, "clone", {0x10000000}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "socket", {37}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "socket", {38}, SECCOMP_ERRNO, EPERM},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "socket", {39}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "socket", {40}, SECCOMP_ERRNO, EPERM},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "socket", {41}, ALLOWED},
    /* the well-known hole: filtered arguments do not reach the multiplexer */
    {"docker", NULL, 0, ABI_X86_64, ABI_I386, "socket", {38}, SECCOMP_ERRNO, EPERM},
    {"docker", NULL, 0, ABI_X86_64, ABI_I386, "socketcall", {1, 38}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "personality", {0xffffffff}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "personality", {0x40000}, SECCOMP_ERRNO, EPERM},
    {"docker", NULL, 4007, ABI_X86_64, ABI_X86_64, "ptrace", {0}, SECCOMP_ERRNO, EPERM},
    {"docker", NULL, 4008, ABI_X86_64, ABI_X86_64, "ptrace", {0}, ALLOWED},
    {"docker", "CAP_SYS_PTRACE", 4007, ABI_X86_64, ABI_X86_64, "ptrace", {0}, ALLOWED},
    {"docker", NULL, 0, ABI_X86_64, ABI_X86_64, "arch_prctl", {0}, ALLOWED},
    {"docker", NULL, 0, ABI_AARCH64, ABI_AARCH64, "read", {0}, ALLOWED},
    {"docker", NULL, 0, ABI_AARCH64, ABI_ARM, "set_tls", {0}, ALLOWED},
    {"podman", NULL, 0, ABI_X86_64, ABI_X86_64, "read", {0}, ALLOWED},
    {"podman", NULL, 0, ABI_X86_64, ABI_X86_64, "bpf", {0}, SECCOMP_ERRNO, EPERM},
    {"podman", NULL, 0, ABI_X86_64, ABI_X86_64, "io_uring_setup", {0}, SECCOMP_ERRNO, ENOSYS},
    {"podman", NULL, 0, ABI_X86_64, ABI_X86_64, "socket", {16, 3, 9}, SECCOMP_ERRNO, EINVAL},
    {"podman", NULL, 0, ABI_X86_64, ABI_X86_64, "socket", {16, 3, 0}, ALLOWED},
    {"podman", NULL, 0, ABI_X86_64, ABI_X86_64, "socket", {2, 3, 9}, ALLOWED},
    {"podman", "CAP_AUDIT_WRITE", 0, ABI_X86_64, ABI_X86_64, "socket", {16, 3, 9}, ALLOWED},
};

Test(seccomp_evaluate, default_profiles)
{
    for (size_t i = 0; i < ARRAY_COUNT(profile_rows); i++) {
        AUTO_FREE char *path = mem_printf("%s/testdata/seccomp/%s-default.json", SOURCE_DIR, profile_rows[i].file);
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
        struct err err = ERR_INIT;
        cr_assert_eq(seccomp_policy_read(path, &policy, &err), 0, "%s", err.sentence);
        struct seccomp_context context = {.capabilities = capability(profile_rows[i].capability),
                                          .kernel = profile_rows[i].kernel, .native = profile_rows[i].native};
        uint64_t args[6] = {profile_rows[i].args[0], profile_rows[i].args[1], profile_rows[i].args[2]};
        uint64_t number = (uint64_t)syscall_by_name(profile_rows[i].call)->number[profile_rows[i].abi];
        struct seccomp_verdict verdict = seccomp_policy_evaluate(policy, &context, profile_rows[i].abi, number, args);
        cr_expect(verdict.action == profile_rows[i].action && verdict.error == profile_rows[i].error,
                  "row %zu (%s): %s %d", i, profile_rows[i].call, seccomp_action_name(verdict.action), verdict.error);
    }
}

/* runc 1.0 and later answer ENOSYS above the highest call that the profile names for a listed ABI. */
Test(seccomp_evaluate, runc_stub)
{
    static const struct {
        const char *policy;
        enum abi abi;
        uint64_t number;
        int error; /* -1: allowed; 0: killed */
    } stubs[] = {
        {POLICY(ALL_X86, ALLOW("read", "") "," ALLOW("openat2", "")), ABI_X86_64, 437, -1},
        {POLICY(ALL_X86, ALLOW("read", "") "," ALLOW("openat2", "")), ABI_X86_64, 436, EPERM},
        {POLICY(ALL_X86, ALLOW("read", "") "," ALLOW("openat2", "")), ABI_X86_64, 438, ENOSYS},
        {POLICY(ALL_X86, ALLOW("read", "") "," ALLOW("openat2", "")), ABI_I386, 438, ENOSYS},
        {POLICY(ALL_X86, ALLOW("read", "") "," ALLOW("openat2", "")), ABI_X32, 536, ENOSYS},
        {POLICY(ALL_X86, ALLOW("read", "")), ABI_X86_64, UINT32_MAX, ENOSYS},
        /* no ABI listed: no stub */
        {POLICY("", ALLOW("read", "")), ABI_X86_64, 438, EPERM},
        {POLICY("\"architectures\": [\"SCMP_ARCH_X86_64\"], ", ALLOW("read", "")), ABI_X86_64, 438, EPERM},
        {POLICY("\"architectures\": [\"SCMP_ARCH_X86_64\"], ", ALLOW("write", "")), ABI_X86_64, 438, ENOSYS},
        {POLICY("\"architectures\": [\"SCMP_ARCH_X86_64\"], ", ALLOW("read", "")), ABI_I386, 438, 0},
        /* multiplexed names do not count, so an allowed direct call may lie above the highest */
        {POLICY(ALL_X86, ALLOW("read", "") "," ALLOW("socket", "")), ABI_I386, 359, ENOSYS},
    };
    const struct seccomp_context context = {.native = ABI_X86_64, .runc_stub = true};
    for (size_t i = 0; i < ARRAY_COUNT(stubs); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = parse(stubs[i].policy);
        struct seccomp_verdict verdict =
            seccomp_policy_evaluate(policy, &context, stubs[i].abi, stubs[i].number, (uint64_t[6]){0});
        enum seccomp_action action = stubs[i].error < 0    ? SECCOMP_ALLOW
                                     : stubs[i].error == 0 ? SECCOMP_KILL_THREAD
                                                           : SECCOMP_ERRNO;
        cr_expect(verdict.action == action && (action != SECCOMP_ERRNO || verdict.error == stubs[i].error),
                  "row %zu: %s %d", i, seccomp_action_name(verdict.action), verdict.error);
    }
}

/* A profile with contrived conditions ends in a sentence, not in minutes or in an exhausted stack. */
Test(seccomp_evaluate, contrived_conditions, .timeout = 60)
{
    const struct seccomp_context context = {.native = ABI_X86_64};
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = seccomp_policy_new();
    for (uint64_t i = 0; i < 60000; i++) {
        struct seccomp_rule *rule = seccomp_policy_add_rule(policy, SECCOMP_ALLOW);
        seccomp_rule_add_name(rule, "read");
        seccomp_rule_add_arg(rule, (struct seccomp_arg){.index = 1, .op = OP_EQ, .value = i << 31});
        seccomp_rule_add_arg(rule, (struct seccomp_arg){.index = 2, .op = OP_GT, .value = i * 7});
    }
    struct seccomp_evaluator *evaluator = NULL;
    struct err err = ERR_INIT;
    int r = seccomp_evaluator_new(policy, &context, &evaluator, &err);
    cr_expect(r == -ELOOP || r == -E2BIG, "%d", r);
}
