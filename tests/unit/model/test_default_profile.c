/*
 * The shipped default profiles: Podman's against the file that its package installs, Docker's against what is known of it, sentence by
 * sentence, each asked through the evaluator.
 */
#include "model/default_profile.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/capability.h"
#include "model/seccomp_diff.h"

#define CAP(number) (UINT64_C(1) << (number))
enum { DAC_READ_SEARCH = 2, SYS_MODULE = 16, SYS_PTRACE = 19, SYS_ADMIN = 21, AUDIT_WRITE = 29, SYSLOG = 34, PERFMON = 38, BPF = 39 };

static struct seccomp_policy *built(const char *engine)
{
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(default_profile_seccomp(engine, &policy, &err), 0, "%s", err.sentence);
    return policy;
}

static struct seccomp_policy *read_file(const char *path)
{
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_policy_read(path, &policy, &err), 0, "%s", err.sentence);
    return policy;
}

static struct seccomp_evaluator *prepared(const struct seccomp_policy *policy, const struct seccomp_context *context)
{
    struct seccomp_evaluator *evaluator = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_evaluator_new(policy, context, &evaluator, &err), 0, "%s", err.sentence);
    return evaluator;
}

/* ---- Podman's rows are its file --------------------------------------------------------------------- */

static const uint64_t samples[][6] = {
    {0}, {8}, {0x20000}, {0x20008}, {0xffffffff}, {1}, {16, 3, 9}, {16, 3, 0}, {2, 1, 9}, {38, 5}, {40, 1}, {0x10000000}, {0x7e020000}, {39, 0, 9},
};

static size_t compare_calls(const struct seccomp_evaluator *a, const struct seccomp_evaluator *b, const char *where)
{
    size_t count = 0;
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        for (uint64_t number = 0; number < 600; number++) {
            for (size_t i = 0; i < ARRAY_COUNT(samples); i++, count++) {
                struct seccomp_verdict x = seccomp_evaluator_ask(a, abi, number, samples[i]);
                struct seccomp_verdict y = seccomp_evaluator_ask(b, abi, number, samples[i]);
                cr_assert(x.action == y.action && x.error == y.error, "%s: %s call %u sample %zu: %d/%d, in the file %d/%d", where,
                          arch_get(abi)->name, (unsigned)number, i, x.action, x.error, y.action, y.error);
            }
        }
    }
    return count;
}

Test(default_profile, podmans_rows_answer_as_its_file)
{
    static const enum abi natives[] = {ABI_X86_64, ABI_AARCH64, ABI_RISCV64};
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *rows = built("podman");
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *file = read_file(SOURCE_DIR "/testdata/seccomp/podman-default.json");
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(natives); i++) {
        /* None, each alone, all. */
        for (size_t bit = 0; bit <= capability_count() + 1; bit++) {
            uint64_t set = bit == 0 ? 0 : bit <= capability_count() ? CAP(bit - 1) : UINT64_MAX;
            const struct seccomp_context context = {.native = natives[i], .capabilities = set};
            char where[64];
            (void)snprintf(where, sizeof(where), "%s, capabilities %#llx", arch_get(natives[i])->name, (unsigned long long)set);
            AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *a = prepared(rows, &context);
            AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *b = prepared(file, &context);
            count += compare_calls(a, b, where);
        }
    }
    (void)printf("default_profile: %zu questions\n", count);
    cr_assert(count > 1000000);
}

Test(default_profile, podmans_rows_and_file_do_not_differ)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *rows = built("podman");
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *file = read_file(SOURCE_DIR "/testdata/seccomp/podman-default.json");
    struct diff *diff = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_diff(rows, file, &diff, &err), 0, "%s", err.sentence);
    cr_expect_eq(diff->count, 0, "%zu differences, the first in %s", diff->count, diff->count ? diff->rows[0].subject : "");
    diff_free(diff);
}

/* ---- what is known of the others ------------------------------------------------------------------------- */

enum { ALLOWED = 0, OLD = 4007 /* before 4.8 */ };

static const struct answer {
    const char *engine, *call;
    uint64_t args[6];
    uint64_t capabilities;
    kernel_version kernel;
    enum abi abi;
    int error; /* ALLOWED, or the errno */
} answers[] = {
    /* The default. */
    {"docker", "swapon", {0}, UINT64_MAX, 0, ABI_X86_64, EPERM},
    {"podman", "futex_waitv", {0}, UINT64_MAX, 0, ABI_X86_64, ENOSYS},
    {"containerd", "swapon", {0}, UINT64_MAX, 0, ABI_X86_64, EPERM},
    /* ptrace and its kin on Linux 4.8 and later. */
    {"docker", "ptrace", {0}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "process_vm_readv", {0}, 0, 4008, ABI_X86_64, ALLOWED},
    {"docker", "process_vm_writev", {0}, 0, 4008, ABI_I386, ALLOWED},
    {"docker", "ptrace", {0}, 0, OLD, ABI_X86_64, EPERM},
    {"docker", "process_vm_readv", {0}, 0, OLD, ABI_X86_64, EPERM},
    {"docker", "ptrace", {0}, CAP(SYS_PTRACE), OLD, ABI_X86_64, ALLOWED},
    {"containerd", "ptrace", {0}, 0, 4008, ABI_X86_64, ALLOWED},
    {"containerd", "process_vm_writev", {0}, 0, 0, ABI_X86_64, EPERM},
    /* Families of sockets. */
    {"docker", "socket", {37}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "socket", {38}, 0, 0, ABI_X86_64, EPERM},
    {"docker", "socket", {39}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "socket", {40}, 0, 0, ABI_X86_64, EPERM},
    {"docker", "socket", {41}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "socketcall", {1}, 0, 0, ABI_I386, ALLOWED},
    {"containerd", "socket", {40}, 0, 0, ABI_X86_64, ALLOWED},
    {"podman", "socket", {16, 3, 9}, 0, 0, ABI_X86_64, EINVAL},
    {"podman", "socket", {16, 3, 9}, CAP(AUDIT_WRITE), 0, ABI_X86_64, ALLOWED},
    /* personality */
    {"docker", "personality", {0}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "personality", {8}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "personality", {0x20000}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "personality", {0x20008}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "personality", {0xffffffff}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "personality", {0x40000}, 0, 0, ABI_X86_64, EPERM},
    /* clone without new namespaces; clone3 does not exist. */
    {"docker", "clone", {0x11}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "clone", {0x10000011}, 0, 0, ABI_X86_64, EPERM},
    {"docker", "clone", {0x00020000}, 0, 0, ABI_X86_64, EPERM},
    {"docker", "clone", {0x02000000}, 0, 0, ABI_X86_64, EPERM},
    {"docker", "clone", {0x10000011}, CAP(SYS_ADMIN), 0, ABI_X86_64, ALLOWED},
    {"docker", "clone3", {0}, 0, 0, ABI_X86_64, ENOSYS},
    {"docker", "clone3", {0}, CAP(SYS_ADMIN), 0, ABI_X86_64, ALLOWED},
    {"containerd", "clone3", {0}, 0, 0, ABI_X86_64, ENOSYS},
    {"podman", "clone3", {0}, 0, 0, ABI_X86_64, ALLOWED},
    {"podman", "clone", {0x10000011}, 0, 0, ABI_X86_64, ALLOWED},
    {"podman", "unshare", {0x10000000}, 0, 0, ABI_X86_64, ALLOWED},
    {"podman", "mount", {0}, 0, 0, ABI_X86_64, ALLOWED},
    /* By architecture. */
    {"docker", "arch_prctl", {0}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "arch_prctl", {0}, 0, 0, ABI_X32, ALLOWED},
    {"docker", "modify_ldt", {0}, 0, 0, ABI_X86_64, ALLOWED},
    {"docker", "modify_ldt", {0}, 0, 0, ABI_I386, ALLOWED},
    {"docker", "cacheflush", {0}, 0, 0, ABI_ARM, ALLOWED},
    {"docker", "set_tls", {0}, 0, 0, ABI_ARM, ALLOWED},
    {"docker", "riscv_flush_icache", {0}, 0, 0, ABI_RISCV64, ALLOWED},
    /* Two capabilities, either is enough. */
    {"docker", "bpf", {0}, 0, 0, ABI_X86_64, EPERM},
    {"docker", "bpf", {0}, CAP(BPF), 0, ABI_X86_64, ALLOWED},
    {"docker", "bpf", {0}, CAP(SYS_ADMIN), 0, ABI_X86_64, ALLOWED},
    {"docker", "perf_event_open", {0}, CAP(PERFMON), 0, ABI_X86_64, ALLOWED},
    {"docker", "syslog", {0}, CAP(SYSLOG), 0, ABI_X86_64, ALLOWED},
    {"docker", "open_by_handle_at", {0}, CAP(DAC_READ_SEARCH), 0, ABI_X86_64, ALLOWED},
    {"docker", "finit_module", {0}, CAP(SYS_MODULE), 0, ABI_X86_64, ALLOWED},
    {"docker", "finit_module", {0}, 0, 0, ABI_X86_64, EPERM},
    /* io_uring: containerd of Debian 12 lets it through. */
    {"containerd", "io_uring_setup", {0}, 0, 0, ABI_X86_64, ALLOWED},
};

Test(default_profile, what_is_known)
{
    for (size_t i = 0; i < ARRAY_COUNT(answers); i++) {
        const struct answer *wanted = &answers[i];
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = built(wanted->engine);
        const struct seccomp_context context = {
            .native = arch_get(wanted->abi)->family, .capabilities = wanted->capabilities, .kernel = wanted->kernel};
        int number = syscall_number(wanted->abi, wanted->call);
        cr_assert_geq(number, 0, "%s", wanted->call);
        struct seccomp_verdict verdict = seccomp_policy_evaluate(policy, &context, wanted->abi, (uint64_t)number, wanted->args);
        bool right = wanted->error ? verdict.action == SECCOMP_ERRNO && verdict.error == wanted->error : verdict.action == SECCOMP_ALLOW;
        cr_expect(right, "row %zu: %s %s: %s %d", i, wanted->engine, wanted->call, seccomp_action_name(verdict.action), verdict.error);
    }
}

static size_t count_unconditional(const struct seccomp_policy *policy)
{
    cr_assert_eq(policy->rules[0].arg_count + policy->rules[0].includes.capability_count + policy->rules[0].includes.arch_count, 0);
    return policy->rules[0].name_count;
}

Test(default_profile, dockers_numbers)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = built("docker");
    cr_expect_eq(count_unconditional(policy), 361, "%zu", count_unconditional(policy));
    cr_expect_eq(policy->rule_count - 1, 32);
    cr_expect_eq(policy->default_action, SECCOMP_ERRNO);
    cr_expect_eq(policy->default_errno, EPERM);
}

Test(default_profile, docker_never_allows)
{
    static const char *const calls[] = {
        "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl", "add_key", "request_key", "userfaultfd", "kexec_load",
        "kexec_file_load", "pivot_root", "swapon", "swapoff", "move_pages", "migrate_pages", "uselib", "ustat", "sysfs", "nfsservctl",
        "vm86", "vm86old", "listns", "open_tree_attr", "file_getattr", "file_setattr", "uprobe", "rseq_slice_yield",
    };
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = built("docker");
    for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
        cr_expect(syscall_by_name(calls[i]), "%s", calls[i]);
        for (size_t k = 0; k < policy->rule_count; k++)
            for (size_t j = 0; j < policy->rules[k].name_count; j++)
                cr_expect_str_neq(policy->rules[k].names[j], calls[i]);
    }
}

/* ---- the column of syscall-risk.csv -------------------------------------------------------------------- */

static bool passes(const struct seccomp_policy *policy, const char *call, uint64_t capabilities, kernel_version kernel)
{
    static const uint64_t none[6] = {0};
    for (enum abi abi = ABI_X86_64; abi <= ABI_X32; abi++) {
        const struct seccomp_context context = {.native = ABI_X86_64, .capabilities = capabilities, .kernel = kernel};
        int number = syscall_number(abi, call);
        if (number != SYSCALL_NONE &&
            seccomp_policy_evaluate(policy, &context, abi, (uint64_t)number, none).action == SECCOMP_ALLOW)
            return true;
    }
    return false;
}

/* The capabilities that the text names. */
static uint64_t named(const char *text)
{
    uint64_t set = 0;
    for (const char *at = text; (at = strstr(at, "CAP_")); at += 4) {
        AUTO_FREE char *name = mem_dup(at, strcspn(at, " ;"));
        cr_assert(capability_by_name(name), "%s", name);
        set |= CAP(capability_by_name(name)->number);
    }
    return set;
}

static bool has_number(const char *call)
{
    return syscall_number(ABI_X86_64, call) != SYSCALL_NONE || syscall_number(ABI_I386, call) != SYSCALL_NONE;
}

Test(default_profile, docker_is_what_the_risks_say_of_it)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = built("docker");
    size_t checked = 0;
    for (size_t i = 0; i < data_syscall_risk_count; i++) {
        const struct data_syscall_risk *row = &data_syscall_risk[i];
        if (!has_number(row->syscall))
            continue;
        const char *says = row->docker_default;
        uint64_t gates = named(says);
        bool never = strcmp(says, "never") == 0, gated = strncmp(says, "cap: ", 5) == 0, by_kernel = strncmp(says, "kernel", 6) == 0;
        checked++;
        cr_expect_eq(passes(policy, row->syscall, UINT64_MAX, 0), !never, "%s: %s", row->syscall, says);
        cr_expect_eq(passes(policy, row->syscall, 0, 0), !never && !gated, "%s: %s", row->syscall, says);
        cr_expect_eq(passes(policy, row->syscall, ~gates, OLD), !never && !gated && !by_kernel, "%s: %s", row->syscall, says);
        for (int bit = 0; bit < 64; bit++)
            if (gates >> bit & 1)
                cr_expect(passes(policy, row->syscall, CAP(bit), OLD), "%s with capability %d", row->syscall, bit);
    }
    cr_expect(checked > 180, "%zu", checked);
}

/* ---- AppArmor, and what is not there ----------------------------------------------------------------------- */

static const struct {
    const char *path;
    aa_mask wanted;
    const char *refused; /* by "docker podman containerd" */
} paths[] = {
    {"/etc/shadow", AA_READ, ""},
    {"/usr/bin/x", AA_WRITE, ""},
    {"/proc/sysrq-trigger", AA_WRITE, "docker podman containerd"},
    {"/proc/sysrq-trigger", AA_READ, "docker podman containerd"},
    {"/proc/kcore", AA_READ, "docker podman containerd"},
    {"/proc/kallsyms", AA_READ, ""},
    {"/proc/uptime", AA_WRITE, "docker podman containerd"},
    {"/proc/1/oom_score_adj", AA_WRITE, ""},
    {"/proc/12/mem", AA_WRITE, ""},
    {"/proc/fs/x", AA_WRITE, "docker podman containerd"},
    {"/proc/bus/pci/devices", AA_WRITE, "podman containerd"},
    {"/proc/sys/vm/overcommit_memory", AA_WRITE, "docker podman containerd"},
    {"/proc/sys/kernel/core_pattern", AA_WRITE, "docker podman containerd"},
    {"/proc/sys/kernel/modprobe", AA_WRITE, "docker podman containerd"},
    {"/proc/sys/kernel/shmmax", AA_WRITE, "podman containerd"},
    {"/sys/kernel/uevent_helper", AA_WRITE, "docker podman containerd"},
    {"/sys/kernel/mm/x", AA_READ, ""},
    {"/sys/fs/cgroup/release_agent", AA_WRITE, ""},
    {"/sys/fs/bpf/x", AA_WRITE, "docker podman containerd"},
    {"/sys/firmware/efi/x", AA_READ, "docker podman containerd"},
    {"/sys/devices/virtual/powercap/x", AA_READ, "docker"},
    {"/sys/kernel/security/apparmor/x", AA_READ, "docker podman containerd"},
};

Test(default_profile, apparmor)
{
    for (size_t i = 0; i < data_default_profiles_count; i++) {
        const struct data_default_profiles *row = &data_default_profiles[i];
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
        struct err err = ERR_INIT;
        cr_assert_eq(default_profile_apparmor(row->engine, &policy, &err), 0, "%s: %s", row->engine, err.sentence);
        cr_expect_str_eq(policy->name, row->apparmor);
        for (size_t j = 0; j < ARRAY_COUNT(paths); j++) {
            bool refused = apparmor_policy_evaluate(policy, paths[j].path, strlen(paths[j].path), paths[j].wanted, false, NULL) != 0;
            AUTO_FREE char *word = mem_printf(" %s ", row->engine);
            AUTO_FREE char *list = mem_printf(" %s ", paths[j].refused);
            cr_expect_eq(refused, strstr(list, word) != NULL, "%s: %s", row->engine, paths[j].path);
        }
        cr_expect(!apparmor_policy_allows_other(policy, "mount"));
        cr_expect(apparmor_policy_allows_other(policy, "umount"));
        cr_expect(apparmor_policy_allows_capability(policy, "sys_admin"));
        cr_expect_eq(apparmor_policy_allows_network(policy, "alg", "seqpacket"), strcmp(row->engine, "docker") != 0);
        cr_expect(apparmor_policy_allows_network(policy, "inet", "stream"));
    }
}

Test(default_profile, unknown_engine)
{
    struct seccomp_policy *policy = NULL;
    struct apparmor_policy *apparmor = NULL;
    struct err err = ERR_INIT;
    cr_expect_null(default_profile_of("lxc"));
    cr_expect_eq(default_profile_seccomp("lxc", &policy, &err), -ENOENT);
    cr_expect_str_eq(err.sentence, "no default profile of 'lxc' is known; there are those of docker, podman, containerd");
    cr_expect_eq(default_profile_apparmor("lxc", &apparmor, &err), -ENOENT);
}

static const struct {
    const char *engine, *call, *words;
} wordings[] = {
    {"docker", "read", "always"},
    {"docker", "keyctl", "never (EPERM)"},
    {"podman", "keyctl", "always"},
    {"podman", "userfaultfd", "never (EPERM)"},
    {"podman", "io_uring_setup", "never (ENOSYS)"},
    {"containerd", "io_uring_setup", "always"},
    {"podman", "futex_waitv", "never (ENOSYS)"},
    {"docker", "bpf", "with CAP_BPF or CAP_SYS_ADMIN; otherwise EPERM"},
    {"podman", "bpf", "with CAP_SYS_ADMIN; otherwise EPERM"},
    {"docker", "clone3", "with CAP_SYS_ADMIN; otherwise ENOSYS"},
    {"docker", "clone", "with CAP_SYS_ADMIN, or when (argument 0 & 0x7e020000) is 0; otherwise EPERM"},
    {"docker", "ptrace", "on Linux 4.8 and later, or with CAP_SYS_PTRACE; otherwise EPERM"},
    {"docker", "arch_prctl", "always"},
    {"docker", "swapcontext", "never (EPERM)"},
    {"docker", "socket", "when argument 0 is below 0x26, or argument 0 is 0x27, or argument 0 is above 0x28; otherwise EPERM"},
    {"docker", "no_such_call", "never (EPERM)"},
};

Test(default_profile, in_words)
{
    for (size_t i = 0; i < ARRAY_COUNT(wordings); i++) {
        AUTO_FREE char *words = default_profile_words(wordings[i].engine, wordings[i].call);
        cr_expect_str_eq(words, wordings[i].words, "%s, %s: %s", wordings[i].engine, wordings[i].call, words);
    }
}

static bool passes_a_sample(const struct seccomp_policy *policy, const char *call, uint64_t capabilities)
{
    const struct seccomp_context context = {.native = ABI_X86_64, .capabilities = capabilities};
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = prepared(policy, &context);
    for (enum abi abi = ABI_X86_64; abi <= ABI_X32; abi++) {
        int number = syscall_number(abi, call);
        for (size_t i = 0; number != SYSCALL_NONE && i < ARRAY_COUNT(samples); i++)
            if (seccomp_evaluator_ask(evaluator, abi, (uint64_t)number, samples[i]).action == SECCOMP_ALLOW)
                return true;
    }
    return false;
}

Test(default_profile, words_are_what_the_profile_does)
{
    for (size_t i = 0; i < data_default_profiles_count; i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = built(data_default_profiles[i].engine);
        for (size_t k = 0; k < data_default_seccomp_count; k++) {
            const char *call = data_default_seccomp[k].call;
            AUTO_FREE char *words = default_profile_words(data_default_profiles[i].engine, call);
            if (!has_number(call))
                continue;
            cr_expect_eq(strncmp(words, "never", 5) == 0, !passes_a_sample(policy, call, UINT64_MAX), "%s: %s", call, words);
            cr_expect_eq(strcmp(words, "always") == 0 || strstr(words, "when ") || strstr(words, "on Linux"), passes_a_sample(policy, call, 0),
                         "%s: %s", call, words);
        }
    }
}

/* Every word of the calls is a rule, and every rule is some call's. */
Test(default_profile, words_are_rules)
{
    for (size_t i = 0; i < data_default_seccomp_count; i++) {
        const struct data_default_seccomp *row = &data_default_seccomp[i];
        cr_expect(i == 0 || strcmp(row[-1].call, row->call) < 0, "%s", row->call);
        const char *const cells[] = {row->docker, row->podman, row->containerd};
        for (size_t j = 0; j < ARRAY_COUNT(cells); j++)
            for (const char *at = cells[j]; *at; at += strspn(at, " ")) {
                size_t length = strcspn(at, " ");
                bool found = false;
                for (size_t k = 0; k < data_default_seccomp_rules_count; k++)
                    found |= strlen(data_default_seccomp_rules[k].rule) == length &&
                             memcmp(data_default_seccomp_rules[k].rule, at, length) == 0;
                cr_expect(found, "%s: %s", row->call, at);
                at += length;
            }
    }
}
