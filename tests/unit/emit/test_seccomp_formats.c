/* The seccomp formats: that each says the same policy, in its own words. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "emit/emitter.h"
#include "emit/seccomp_filter.h"
#include "support/bpf_machine.h"

static const struct seccomp_context here = {.native = ABI_X86_64};

static struct seccomp_policy *parse(const char *text)
{
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_policy_parse("p", text, strlen(text), &policy, &err), 0, "%s", err.sentence);
    return policy;
}

static void emit(const char *format, const struct seccomp_policy *policy, struct buf *out)
{
    struct emit_input input = {.seccomp = policy, .context = &here, .name = "p"};
    struct err err = ERR_INIT;
    cr_assert_eq(emitter_by_name(format)->emit(&input, out, &err), 0, "%s: %s", format, err.sentence);
}

static void expect_text(const char *format, const char *policy_text, const char *expected)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = parse(policy_text);
    AUTO_BUF struct buf out = BUF_INIT;
    emit(format, policy, &out);
    cr_expect_str_eq(buf_text(&out), expected);
}

/* Runs the program for a call; steps as in bpf_machine_run. */
static uint32_t run(const struct buf *program, uint64_t number, uint64_t arg, size_t *steps)
{
    struct seccomp_data data = {.nr = (int)number, .arch = arch_get(ABI_X86_64)->audit, .args = {arg}};
    uint32_t answer = 0;
    cr_assert(bpf_machine_run((const struct sock_filter *)(const void *)program->data,
                              program->length / sizeof(struct sock_filter), &data, &answer, steps));
    return answer;
}

Test(seccomp_formats, the_table)
{
    for (size_t i = 0; i < emitter_count; i++) {
        const struct emitter *emitter = &emitters[i];
        cr_expect_eq(emitter_by_name(emitter->name), emitter);
        cr_expect(emitter->emit && emitter->needs && emitter->summary[0] && emitter->file_name[0]);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(emitters[k].file_name, emitter->file_name);
    }
    cr_expect_null(emitter_by_name("toml"));
}

Test(seccomp_formats, json_is_read_back_to_the_same_policy)
{
    static const char *const files[] = {"docker", "podman"};
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        AUTO_FREE char *path = mem_printf("%s/testdata/seccomp/%s-default.json", SOURCE_DIR, files[i]);
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *again = NULL;
        AUTO_BUF struct buf once = BUF_INIT;
        AUTO_BUF struct buf twice = BUF_INIT;
        struct err err = ERR_INIT;
        cr_assert_eq(seccomp_policy_read(path, &policy, &err), 0, "%s", err.sentence);
        emit("seccomp", policy, &once);
        cr_assert_eq(seccomp_policy_parse("again", once.data, once.length, &again, &err), 0, "%s", err.sentence);
        emit("seccomp", again, &twice);
        cr_expect_str_eq(once.data, twice.data);
        cr_expect_eq(again->rule_count, policy->rule_count);
        cr_expect_eq(again->abi_count, policy->abi_count);
    }
}

#define EVERYTHING                                                                                                    \
    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 38, \"architectures\": [\"SCMP_ARCH_X86_64\"],"     \
    " \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"], \"listenerPath\": \"/run/l\", \"syscalls\": ["                        \
    "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"errnoRet\": 7, \"args\": ["                          \
    "{\"index\": 0, \"op\": \"SCMP_CMP_EQ\", \"value\": 18446744073709551615, \"valueTwo\": 0},"                      \
    "{\"index\": 1, \"op\": \"SCMP_CMP_MASKED_EQ\", \"value\": 7}],"                                                  \
    " \"includes\": {\"arches\": [\"amd64\"]}, \"comment\": \"observed\"},"                                           \
    "{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 1,"                                       \
    " \"includes\": {\"caps\": [\"CAP_SYS_ADMIN\"], \"minKernel\": \"4.8\"}}]}"

Test(seccomp_formats, json)
{
    expect_text("seccomp", EVERYTHING,
                "{\n \"defaultAction\": \"SCMP_ACT_ERRNO\",\n \"defaultErrnoRet\": 38,\n"
                " \"architectures\": [\n  \"SCMP_ARCH_X86_64\"\n ],\n"
                " \"flags\": [\n  \"SECCOMP_FILTER_FLAG_LOG\"\n ],\n \"listenerPath\": \"/run/l\",\n"
                " \"syscalls\": [\n  {\n   \"names\": [\n    \"socket\"\n   ],\n   \"action\": \"SCMP_ACT_ALLOW\",\n"
                "   \"args\": [\n"
                "    {\"index\": 0, \"value\": 18446744073709551615, \"op\": \"SCMP_CMP_EQ\"},\n"
                "    {\"index\": 1, \"value\": 7, \"valueTwo\": 0, \"op\": \"SCMP_CMP_MASKED_EQ\"}\n   ],\n"
                "   \"includes\": {\"arches\": [\"amd64\"]},\n   \"comment\": \"observed\"\n  },\n"
                "  {\n   \"names\": [\n    \"mount\"\n   ],\n   \"action\": \"SCMP_ACT_ERRNO\",\n   \"errnoRet\": 1,\n"
                "   \"includes\": {\"caps\": [\"CAP_SYS_ADMIN\"], \"minKernel\": \"4.8\"}\n  }\n ]\n}\n");
}

/* Runtimes do not translate includes in a config.json, so what does not apply is left out. */
Test(seccomp_formats, oci)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = parse(EVERYTHING);
    AUTO_BUF struct buf out = BUF_INIT;
    emit("oci", policy, &out);
    cr_expect_null(strstr(out.data, "includes"));
    cr_expect_null(strstr(out.data, "mount"));
    cr_expect_not_null(strstr(out.data, "socket"));
}

static const struct {
    const char *policy;
    const char *expected;
} units[] = {
    {"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86\", \"SCMP_ARCH_X86_64\"], \"syscalls\": ["
     "{\"names\": [\"write\", \"read\"], \"action\": \"SCMP_ACT_ALLOW\"},"
     "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"op\": \"SCMP_CMP_EQ\"}]},"
     "{\"names\": [\"clone3\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 38},"
     "{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 1},"
     "{\"names\": [\"bpf\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"}]}",
     "# socket: allowed whatever its arguments are, which a unit cannot tell apart\n"
     "[Service]\nSystemCallArchitectures=x86-64 x86\nSystemCallErrorNumber=EPERM\n"
     "SystemCallFilter=read socket write\nSystemCallFilter=~bpf:kill clone3:38\n"},
    {"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
     "{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ERRNO\"},"
     "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 0, \"op\": \"SCMP_CMP_EQ\"}]}]}",
     "# socket: not refused, since only some arguments should be and a unit cannot tell\n"
     "[Service]\nSystemCallArchitectures=x86-64\nSystemCallFilter=~mount:1\n"},
    {"{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\", \"syscalls\": []}",
     "[Service]\nSystemCallArchitectures=x86-64\nSystemCallFilter=exit_group\n"},
};

Test(seccomp_formats, systemd)
{
    for (size_t i = 0; i < ARRAY_COUNT(units); i++)
        expect_text("systemd", units[i].policy, units[i].expected);
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = parse("{\"defaultAction\": \"SCMP_ACT_TRACE\"}");
    struct emit_input input = {.seccomp = policy, .context = &here};
    AUTO_BUF struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    cr_expect_eq(emitter_by_name("systemd")->emit(&input, &out, &err), -ENOTSUP);
    cr_expect_str_eq(err.sentence,
                     "systemd units have no word for SCMP_ACT_TRACE; write this policy as seccomp JSON");
}

Test(seccomp_formats, bpf_and_its_listing)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = parse(EVERYTHING);
    AUTO_BUF struct buf program = BUF_INIT;
    AUTO_BUF struct buf listing = BUF_INIT;
    emit("bpf", policy, &program);
    cr_expect_eq(run(&program, 0, 0, NULL), SECCOMP_RET_ERRNO | ENOSYS);
    cr_expect_eq(run(&program, 41, UINT64_MAX, NULL), SECCOMP_RET_ALLOW);
    cr_expect_eq(run(&program, 41, UINT32_MAX, NULL), SECCOMP_RET_ERRNO | ENOSYS);
    emit("pfc", policy, &listing);
    cr_expect_not_null(strstr(listing.data, "filter for syscall \"socket\" (41)"));
}

/* libseccomp 2.5 knows no call after futex_wake (454); the kernel does, and the program needs only the number. */
Test(seccomp_formats, calls_that_libseccomp_does_not_know)
{
    const char *newest = "rseq_slice_yield";
    if (seccomp_syscall_resolve_name(newest) != __NR_SCMP_ERROR)
        cr_skip("the installed libseccomp knows %s", newest);
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = seccomp_policy_new();
    seccomp_policy_add_abi(policy, ABI_I386);
    seccomp_rule_add_name(seccomp_policy_add_rule(policy, SECCOMP_ALLOW), newest);
    struct seccomp_filter_notes notes = {0};
    AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
    AUTO_BUF struct buf program = BUF_INIT;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_filter_new(policy, &here, NULL, &filter, &notes, &err), 0, "%s", err.sentence);
    cr_assert_eq(seccomp_filter_program(filter, &program, &err), 0, "%s", err.sentence);
    cr_expect(notes.by_number == 1 && strcmp(notes.first_by_number, newest) == 0);
    cr_expect(notes.left_out == 1 && notes.first_left_out_abi == ABI_I386);
    uint64_t number = (uint64_t)syscall_by_name(newest)->number[ABI_X86_64];
    cr_expect_eq(run(&program, number, 0, NULL), SECCOMP_RET_ALLOW);
    /* Refusing it where everything else is allowed is not possible on i386, and that is said. */
    policy->default_action = SECCOMP_ALLOW;
    policy->rules[0].action = SECCOMP_ERRNO;
    scmp_filter_ctx none = NULL;
    cr_expect_eq(seccomp_filter_new(policy, &here, NULL, &none, NULL, &err), -ENOTSUP);
    cr_expect_not_null(strstr(err.sentence, "does not know rseq_slice_yield on i386"));
}

/* The first call of the policy costs least, which is not so in libseccomp's own order. */
Test(seccomp_formats, hot_calls_first)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = seccomp_policy_new();
    struct seccomp_rule *rule = seccomp_policy_add_rule(policy, SECCOMP_ALLOW);
    static const char *const hot_to_cold[] = {"futex", "epoll_wait", "sendmsg", "openat", "mmap", "write", "read"};
    for (size_t i = 0; i < ARRAY_COUNT(hot_to_cold); i++)
        seccomp_rule_add_name(rule, hot_to_cold[i]);
    size_t steps[2][ARRAY_COUNT(hot_to_cold)] = {{0}};
    for (unsigned hot = 0; hot < 2; hot++) {
        struct seccomp_filter_options options = {.hot_first = hot};
        AUTO(seccomp_filter_cleanup) scmp_filter_ctx filter = NULL;
        AUTO_BUF struct buf program = BUF_INIT;
        struct err err = ERR_INIT;
        cr_assert_eq(seccomp_filter_new(policy, &here, &options, &filter, NULL, &err), 0, "%s", err.sentence);
        cr_assert_eq(seccomp_filter_program(filter, &program, &err), 0, "%s", err.sentence);
        for (size_t i = 0; i < ARRAY_COUNT(hot_to_cold); i++) {
            uint64_t number = (uint64_t)syscall_by_name(hot_to_cold[i])->number[ABI_X86_64];
            cr_expect_eq(run(&program, number, 0, &steps[hot][i]), SECCOMP_RET_ALLOW);
        }
    }
    for (size_t i = 1; i < ARRAY_COUNT(hot_to_cold); i++)
        cr_expect(steps[1][i] > steps[1][i - 1], "%s does not come before %s", hot_to_cold[i - 1], hot_to_cold[i]);
    cr_expect(steps[1][0] < steps[0][0]);
}
