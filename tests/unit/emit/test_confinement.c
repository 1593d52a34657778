/* What profgen run loads: the program, runc's stub included, against the evaluation of the policy. */
#include "emit/confinement.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "support/bpf_machine.h"
#include "support/libseccomp_leaks.h"

#define ALL UINT64_MAX
#define SYS_ADMIN (UINT64_C(1) << 21)
#define NET_RAW (UINT64_C(1) << 13)

#define DOCKER(rules)                                                                                       \
    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,\"archMap\":[{\"architecture\":"             \
    "\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]},{\"architecture\":"     \
    "\"SCMP_ARCH_AARCH64\",\"subArchitectures\":[\"SCMP_ARCH_ARM\"]}],\"syscalls\":[" rules "]}"
#define READ "{\"names\":[\"read\",\"exit_group\"],\"action\":\"SCMP_ACT_ALLOW\"}"
#define ONE(name, more) "{\"names\":[\"" name "\"],\"action\":\"SCMP_ACT_ALLOW\"" more "}"

static const struct {
    const char *about;
    const char *json;
    uint64_t capabilities;
    kernel_version kernel;
    const char *call;
    uint64_t arg; /* the first */
    enum seccomp_action action;
    int error;
} rows[] = {
    {"a capability that is there", DOCKER(READ "," ONE("mount", ",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}")), SYS_ADMIN, 6001, "mount", 0, SECCOMP_ALLOW, 0},
    {"a capability that is not", DOCKER(READ "," ONE("mount", ",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}") "," ONE("umount2", "")), NET_RAW, 6001, "mount", 0, SECCOMP_ERRNO, EPERM},
    {"two capabilities, of which one is there", DOCKER(READ "," ONE("mount", ",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\",\"CAP_BPF\"]}") "," ONE("umount2", "")), SYS_ADMIN, 6001, "mount", 0, SECCOMP_ERRNO, EPERM},
    {"an excluded capability", DOCKER(READ ",{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":2114060288,\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}],\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}," ONE("clone", ",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}")), NET_RAW, 6001, "clone", 0x10000000, SECCOMP_ERRNO, EPERM},
    {"the same with the capability", DOCKER(READ ",{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":2114060288,\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}],\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}," ONE("clone", ",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}")), ALL, 6001, "clone", 0x10000000, SECCOMP_ALLOW, 0},
    {"clone3 with ENOSYS", DOCKER(READ ",{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38,\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}"), 0, 6001, "clone3", 0, SECCOMP_ERRNO, ENOSYS},
    {"a kernel that is new enough", DOCKER(READ "," ONE("ptrace", ",\"includes\":{\"minKernel\":\"4.8\"}")), 0, 4008, "ptrace", 0, SECCOMP_ALLOW, 0},
    {"a kernel that is too old", DOCKER(READ "," ONE("ptrace", ",\"includes\":{\"minKernel\":\"4.8\"}") "," ONE("kcmp", "")), 0, 4007, "ptrace", 0, SECCOMP_ERRNO, EPERM},
    {"this machine", DOCKER(READ "," ONE("arch_prctl", ",\"includes\":{\"arches\":[\"amd64\",\"x32\"]}")), 0, 6001, "arch_prctl", 0, SECCOMP_ALLOW, 0},
    {"another machine", DOCKER(READ "," ONE("arch_prctl", ",\"includes\":{\"arches\":[\"s390x\"]}") "," ONE("kcmp", "")), 0, 6001, "arch_prctl", 0, SECCOMP_ERRNO, EPERM},
    {"a machine that is excluded", DOCKER(READ "," ONE("kcmp", ",\"excludes\":{\"arches\":[\"amd64\"]}") "," ONE("openat2", "")), 0, 6001, "kcmp", 0, SECCOMP_ERRNO, EPERM},
    {"above all that is named", DOCKER(READ), 0, 6001, "openat2", 0, SECCOMP_ERRNO, ENOSYS},
    {"an argument", DOCKER(READ ",{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":8,\"op\":\"SCMP_CMP_EQ\"}]}"), 0, 6001, "personality", 8, SECCOMP_ALLOW, 0},
    {"another argument", DOCKER(READ ",{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":8,\"op\":\"SCMP_CMP_EQ\"}]}"), 0, 6001, "personality", 9, SECCOMP_ERRNO, EPERM},
    {"a permissive default has no stub", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\"],\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"}]}", 0, 6001, "openat2", 0, SECCOMP_ALLOW, 0},
    {"nor has an ABI that is not listed", "{\"defaultAction\":\"SCMP_ACT_KILL\",\"syscalls\":[" READ "]}", 0, 6001, "openat2", 0, SECCOMP_KILL_THREAD, 0},
    {"traps", "{\"defaultAction\":\"SCMP_ACT_TRAP\",\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X32\"],\"syscalls\":[" READ "]}", 0, 6001, "open", 0, SECCOMP_TRAP, 0},
    {"x32 alone", "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X32\"],\"syscalls\":[" READ "]}", 0, 6001, "open", 0, SECCOMP_ERRNO, EPERM},
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

static uint32_t run_program(const struct buf *program, enum abi abi, uint32_t number, uint64_t arg)
{
    uint32_t seen = abi == ABI_X32 ? number | X32_SYSCALL_BIT : number;
    struct seccomp_data data = {.nr = (int)seen, .arch = arch_get(abi)->audit, .args = {arg}};
    uint32_t value = 0;
    cr_assert(bpf_machine_run((const struct sock_filter *)(const void *)program->data,
                              program->length / sizeof(struct sock_filter), &data, &value, NULL));
    return value;
}

/* Every call of every ABI of the machine, some that do not exist, and the one that a tracer skips. */
static size_t compare_all(const char *about, const struct buf *program, const struct seccomp_evaluator *evaluator,
                          uint64_t arg)
{
    static const enum abi abis[] = {ABI_X86_64, ABI_I386, ABI_X32};
    const uint64_t args[6] = {arg};
    size_t compared = 0;
    for (size_t i = 0; i < ARRAY_COUNT(abis); i++) {
        for (uint32_t number = 0; number <= 1024; number++, compared++) {
            uint32_t asked = number < 1024 ? number : abis[i] == ABI_X32 ? X32_SYSCALL_BIT - 1 : UINT32_MAX;
            uint32_t got = run_program(program, abis[i], asked, arg);
            uint32_t promised = answer_of(seccomp_evaluator_ask(evaluator, abis[i], asked, args));
            cr_expect_eq(got, promised, "%s: %s %" PRIu32 ": %#" PRIx32 ", promised %#" PRIx32, about,
                         arch_get(abis[i])->name, asked, got, promised);
        }
    }
    return compared;
}

Test(confinement, includes_and_excludes_and_the_stub)
{
    if (arch_native() != ABI_X86_64)
        cr_skip("the table is about x86-64, i386 and x32");
    size_t compared = 0;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
        AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
        AUTO_BUF struct buf program = BUF_INIT;
        struct confinement_notes notes;
        struct err err = ERR_INIT;
        struct seccomp_context context = {.capabilities = rows[i].capabilities, .kernel = rows[i].kernel,
                                          .native = ABI_X86_64, .runc_stub = true};
        cr_assert_eq(seccomp_policy_parse("p", rows[i].json, strlen(rows[i].json), &policy, &err), 0, "%s", err.sentence);
        cr_assert_eq(confinement_filter(policy, &context, &program, &notes, &err), 0, "%s", err.sentence);
        cr_assert_eq(seccomp_evaluator_new(policy, &context, &evaluator, &err), 0, "%s", err.sentence);
        uint32_t promised = answer_of((struct seccomp_verdict){.action = rows[i].action, .error = rows[i].error});
        uint32_t got = run_program(&program, ABI_X86_64, (uint32_t)syscall_number(ABI_X86_64, rows[i].call), rows[i].arg);
        cr_expect_eq(got, promised, "%s: %s gets %#" PRIx32 ", promised %#" PRIx32, rows[i].about, rows[i].call, got,
                     promised);
        compared += compare_all(rows[i].about, &program, evaluator, rows[i].arg);
    }
    fprintf(stderr, "%zu profiles, %zu calls compared\n", ARRAY_COUNT(rows), compared);
}

static const struct {
    const char *about;
    const char *json;
    int result;
} handed_on[] = {
    {"a default that notifies", "{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", -ENOTSUP},
    {"a rule that notifies", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}", -ENOTSUP},
    {"a rule that traces", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_TRACE\"}]}", -ENOTSUP},
    {"a listener", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/run/x.sock\"}", -ENOTSUP},
    {"a rule that does not apply", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_TRACE\",\"includes\":{\"caps\":[\"CAP_BPF\"]}}]}", 0},
    {"a contradiction", "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]},"
     "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]}", -EEXIST},
};

Test(confinement, what_another_program_would_decide_is_refused)
{
    for (size_t i = 0; i < ARRAY_COUNT(handed_on); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
        AUTO_BUF struct buf program = BUF_INIT;
        struct confinement_notes notes;
        struct err err = ERR_INIT;
        struct seccomp_context context = {.native = arch_native(), .runc_stub = true};
        cr_assert_eq(seccomp_policy_parse("p", handed_on[i].json, strlen(handed_on[i].json), &policy, &err), 0, "%s", err.sentence);
        cr_expect_eq(confinement_filter(policy, &context, &program, &notes, &err), handed_on[i].result, "%s: %s",
                     handed_on[i].about, err.sentence);
    }
}

Test(confinement, names_that_no_call_has_are_told)
{
    static const char json[] = "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"],"
                               "\"syscalls\":[{\"names\":[\"read\",\"no_such\",\"nor_such\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    AUTO_BUF struct buf program = BUF_INIT;
    struct confinement_notes notes;
    struct err err = ERR_INIT;
    struct seccomp_context context = {.native = arch_native()};
    cr_assert_eq(seccomp_policy_parse("p", json, strlen(json), &policy, &err), 0, "%s", err.sentence);
    cr_assert_eq(confinement_filter(policy, &context, &program, &notes, &err), 0, "%s", err.sentence);
    cr_expect_eq(notes.unknown_count, 2);
    cr_expect_str_eq(notes.unknown, "no_such");
}
