/* Reading seccomp JSON: what is understood, and the sentence for what is not. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "model/seccomp_policy.h"

#define WITH(rules) "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [" rules "]}"
#define RULE(members) WITH("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"" members "}")
#define ARG(members) RULE(", \"args\": [{\"index\": 0, \"op\": \"SCMP_CMP_EQ\"}, {" members "}]")
#define TOP(members) "{\"defaultAction\": \"SCMP_ACT_ERRNO\", " members "}"

static const struct {
    const char *text;
    const char *sentence; /* behind "p: " */
} malformed[] = {
    {"[]", "is not a JSON object, so it is no seccomp profile"},
    {"7", "is not a JSON object, so it is no seccomp profile"},
    {"{}", "defaultAction: is missing; it must be an action such as SCMP_ACT_ERRNO"},
    {"{\"defaultAction\": null}", "defaultAction: is missing; it must be an action such as SCMP_ACT_ERRNO"},
    {"{\"defaultAction\": 1}", "defaultAction: is not a string"},
    {"{\"defaultAction\": \"ALLOW\"}", "defaultAction: \"ALLOW\" is not an action such as SCMP_ACT_ERRNO"},
    {"{\"defaultAction\": \"scmp_act_allow\"}",
     "defaultAction: \"scmp_act_allow\" is not an action such as SCMP_ACT_ERRNO"},
    {"{\"defaultAction\": \"SCMP_ACT_ALLOW\\u0000\"}", "defaultAction: has a NUL character in it"},
    {TOP("\"defaultErrnoRet\": -1"), "defaultErrnoRet: is not an unsigned integer of 64 bits"},
    {TOP("\"defaultErrnoRet\": 1.0"), "defaultErrnoRet: is not an unsigned integer of 64 bits"},
    {TOP("\"defaultErrnoRet\": \"1\""), "defaultErrnoRet: is not an unsigned integer of 64 bits"},
    {TOP("\"defaultErrnoRet\": 4095"), "defaultErrnoRet: is 4095, but at most 4094 is possible"},
    {TOP("\"defaultErrno\": \"EFOO\""), "defaultErrno: \"EFOO\" is not the name of an errno"},
    {TOP("\"architectures\": \"SCMP_ARCH_X86\""), "architectures: is not an array"},
    {TOP("\"architectures\": [3]"), "architectures: element 0 is not a string"},
    {TOP("\"architectures\": [\"x86_64\"]"),
     "architectures: \"x86_64\" is not an architecture such as SCMP_ARCH_X86_64"},
    {TOP("\"architectures\": [\"SCMP_ARCH_VAX\"]"),
     "architectures: \"SCMP_ARCH_VAX\" is not an architecture such as SCMP_ARCH_X86_64"},
    {TOP("\"architectures\": [\"SCMP_ARCH_X86\"], \"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\"}]"),
     "archMap: stands beside architectures; use one of them"},
    {TOP("\"archMap\": {}"), "archMap: is not an array"},
    {TOP("\"archMap\": [1]"), "archMap[0]: is not an object"},
    {TOP("\"archMap\": [{}]"), "archMap[0].architecture: is missing"},
    {TOP("\"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": [\"X\"]}]"),
     "archMap[0].subArchitectures: \"X\" is not an architecture such as SCMP_ARCH_X86_64"},
    {TOP("\"flags\": [\"SECCOMP_FILTER_FLAG_NEW\"]"),
     "flags: \"SECCOMP_FILTER_FLAG_NEW\" is not a flag such as SECCOMP_FILTER_FLAG_LOG"},
    {TOP("\"listenerPath\": 7"), "listenerPath: is not a string"},
    {TOP("\"syscalls\": {}"), "syscalls: is not an array"},
    {WITH("7"), "syscalls[0]: is not an object"},
    {WITH("null"), "syscalls[0]: is not an object"},
    {WITH("{\"names\": [\"read\"]}"),
     "syscalls[0].action: is missing; it must be an action such as SCMP_ACT_ERRNO"},
    {WITH("{\"names\": [\"read\"], \"action\": \"SCMP_ACT_DENY\"}"),
     "syscalls[0].action: \"SCMP_ACT_DENY\" is not an action such as SCMP_ACT_ERRNO"},
    {WITH("{\"names\": \"read\", \"action\": \"SCMP_ACT_ALLOW\"}"), "syscalls[0].names: is not an array"},
    {WITH("{\"names\": [\"\"], \"action\": \"SCMP_ACT_ALLOW\"}"), "syscalls[0].names: element 0 is empty"},
    {WITH("{\"names\": [\"read\"], \"name\": \"write\", \"action\": \"SCMP_ACT_ALLOW\"}"),
     "syscalls[0].name: stands beside names; use one of them"},
    {RULE(", \"errnoRet\": 70000"), "syscalls[0].errnoRet: is 70000, but at most 4094 is possible"},
    {RULE(", \"errno\": \"99999\""), "syscalls[0].errno: \"99999\" is not the name of an errno"},
    {RULE(", \"args\": [[]]"), "syscalls[0].args[0]: is not an object"},
    {ARG("\"index\": 6, \"op\": \"SCMP_CMP_EQ\""),
     "syscalls[0].args[1].index: is 6, but at most 5 is possible"},
    {ARG("\"index\": 1"), "syscalls[0].args[1].op: is missing; it must be a comparison such as SCMP_CMP_EQ"},
    {ARG("\"index\": 1, \"op\": \"EQ\""), "syscalls[0].args[1].op: \"EQ\" is not a comparison such as SCMP_CMP_EQ"},
    {ARG("\"index\": 1, \"op\": \"SCMP_CMP_EQ\", \"value\": -1"),
     "syscalls[0].args[1].value: is not an unsigned integer of 64 bits"},
    {ARG("\"index\": 1, \"op\": \"SCMP_CMP_EQ\", \"value\": 18446744073709551616"),
     "syscalls[0].args[1].value: is not an unsigned integer of 64 bits"},
    {ARG("\"index\": 1, \"op\": \"SCMP_CMP_EQ\", \"valueTwo\": \"18446744073709551615\""),
     "syscalls[0].args[1].valueTwo: is not an unsigned integer of 64 bits"},
    {RULE(", \"includes\": []"), "syscalls[0].includes: is not an object"},
    {RULE(", \"includes\": {\"caps\": [null]}"), "syscalls[0].includes.caps: element 0 is not a string"},
    {RULE(", \"excludes\": {\"minKernel\": \"4\"}"),
     "syscalls[0].excludes.minKernel: \"4\" is not a kernel release such as \"4.8\""},
    {RULE(", \"excludes\": {\"minKernel\": \"4.8.1\"}"),
     "syscalls[0].excludes.minKernel: \"4.8.1\" is not a kernel release such as \"4.8\""},
    {RULE(", \"comment\": {}"), "syscalls[0].comment: is not a string"},
};

Test(seccomp_policy, malformed)
{
    for (size_t i = 0; i < ARRAY_COUNT(malformed); i++) {
        struct seccomp_policy *policy = NULL;
        struct err err = ERR_INIT;
        int r = seccomp_policy_parse("p", malformed[i].text, strlen(malformed[i].text), &policy, &err);
        cr_expect_eq(r, -EINVAL, "row %zu was read", i);
        cr_expect_null(policy);
        cr_expect(strncmp(err.sentence, "p: ", 3) == 0 && strcmp(err.sentence + 3, malformed[i].sentence) == 0,
                  "row %zu: \"%s\"", i, err.sentence);
        seccomp_policy_free(policy);
    }
}

Test(seccomp_policy, malformed_text_names_its_place)
{
    static const char *const texts[] = {"", "{", "{\"defaultAction\": }", "{\"a\": 1, \"a\": 2}", "{} {}",
                                        "{\"a\": 9223372036854775808x}", "{\"a\": \"\xff\"}"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        struct seccomp_policy *policy = NULL;
        struct err err = ERR_INIT;
        cr_expect_eq(seccomp_policy_parse("p", texts[i], strlen(texts[i]), &policy, &err), -EINVAL);
        cr_expect(strncmp(err.sentence, "p:", 2) == 0 && strstr(err.sentence, "not valid JSON"), "%s", err.sentence);
    }
}

static struct seccomp_policy *parse(const char *text)
{
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_policy_parse("p", text, strlen(text), &policy, &err), 0, "%s", err.sentence);
    return policy;
}

Test(seccomp_policy, absent_null_and_unknown_keys)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy =
        parse("{\"defaultAction\": \"SCMP_ACT_KILL\", \"defaultErrnoRet\": null, \"archMap\": null, \"flags\": null,"
              " \"listenerPath\": \"\", \"listenerMetadata\": \"x\", \"unknown\": [1, {}],"
              " \"syscalls\": [{\"name\": \"read\", \"action\": \"SCMP_ACT_TRACE\", \"args\": null, \"includes\": {},"
              " \"excludes\": null, \"comment\": \"\", \"more\": 1}, {\"action\": \"SCMP_ACT_LOG\"}]}");
    cr_expect_eq(policy->default_action, SECCOMP_KILL_THREAD);
    cr_expect_eq(policy->default_errno, -1);
    cr_expect_eq(policy->abi_count, 0);
    cr_expect_null(policy->listener_path);
    cr_assert_eq(policy->rule_count, 2);
    cr_assert_eq(policy->rules[0].name_count, 1);
    cr_expect_str_eq(policy->rules[0].names[0], "read");
    cr_expect_eq(policy->rules[0].errno_value, -1);
    cr_expect_null(policy->rules[0].comment);
    cr_expect_eq(policy->rules[1].name_count, 0);
}

Test(seccomp_policy, numbers_of_all_64_bits)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy =
        parse(RULE(", \"comment\": \"18446744073709551615 \\\" 9223372036854775808\", \"args\": ["
                   "{\"index\":5,\"value\":18446744073709551615,\"valueTwo\":9223372036854775808,\"op\":\"SCMP_CMP_MASKED_EQ\"},"
                   "{\"index\":0,\"value\":9223372036854775807,\"op\":\"SCMP_CMP_NE\"}]"));
    const struct seccomp_rule *rule = &policy->rules[0];
    cr_assert_eq(rule->arg_count, 2);
    cr_expect(rule->args[0].index == 5 && rule->args[0].op == OP_MASKED_EQ);
    cr_expect_eq(rule->args[0].value, UINT64_MAX);
    cr_expect_eq(rule->args[0].value_two, 1ull << 63);
    cr_expect_eq(rule->args[1].value, INT64_MAX);
    cr_expect_str_eq(rule->comment, "18446744073709551615 \" 9223372036854775808");
}

Test(seccomp_policy, errno_by_name_wins)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = parse(
        "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 1, \"defaultErrno\": \"ENOSYS\", \"syscalls\": ["
        "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 3, \"errno\": \"EWOULDBLOCK\"},"
        "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\", \"errno\": \"40\"}]}");
    cr_expect_eq(policy->default_errno, ENOSYS);
    cr_expect_eq(policy->rules[0].errno_value, EAGAIN);
    cr_expect_eq(policy->rules[1].errno_value, 40);
}

/* A runtime takes the row of its own machine; x86 is no machine of its own here. */
Test(seccomp_policy, arch_map)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy =
        parse(TOP("\"archMap\": [{\"architecture\": \"SCMP_ARCH_X86\", \"subArchitectures\": [\"SCMP_ARCH_ARM\"]},"
                  "{\"architecture\": \"SCMP_ARCH_S390X\", \"subArchitectures\": [\"SCMP_ARCH_S390\"]},"
                  "{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": [\"SCMP_ARCH_X86\"]},"
                  "{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": [\"SCMP_ARCH_X32\"]}]"));
    cr_assert_eq(policy->abi_count, 2);
    cr_expect_eq(policy->abis[0], ABI_X86_64);
    cr_expect_eq(policy->abis[1], ABI_I386);
}

/* In a config.json the keys that only Docker and Podman translate mean nothing. */
Test(seccomp_policy, oci_configuration)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy =
        parse("{\"ociVersion\": \"1.0.2\", \"linux\": {\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ERRNO\","
              "\"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\", \"subArchitectures\": [\"SCMP_ARCH_X86\"]}],"
              "\"syscalls\": [{\"names\": [\"read\"], \"name\": \"write\", \"action\": \"SCMP_ACT_ERRNO\", \"errno\": \"EPIPE\","
              "\"includes\": {\"caps\": [\"CAP_SYS_ADMIN\"]}}]}}}");
    cr_expect_eq(policy->abi_count, 0);
    cr_expect_eq(policy->rules[0].name_count, 1);
    cr_expect_eq(policy->rules[0].errno_value, -1);
    cr_expect_eq(policy->rules[0].includes.capability_count, 0);
}

Test(seccomp_policy, default_profiles)
{
    static const struct {
        const char *path;
        size_t rules;
        int default_errno;
    } files[] = {{SOURCE_DIR "/testdata/seccomp/docker-default.json", 33, 1},
                 {SOURCE_DIR "/testdata/seccomp/podman-default.json", 35, 38}};
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
        struct err err = ERR_INIT;
        cr_assert_eq(seccomp_policy_read(files[i].path, &policy, &err), 0, "%s", err.sentence);
        cr_expect_eq(policy->rule_count, files[i].rules, "%s: %zu", files[i].path, policy->rule_count);
        cr_expect_eq(policy->default_errno, files[i].default_errno);
        cr_expect(policy->abi_count >= 5);
    }
}

Test(seccomp_policy, too_large)
{
    AUTO_FREE char *bytes = mem_zero(SECCOMP_POLICY_BYTES_MAX + 1, 1);
    struct seccomp_policy *policy = NULL;
    struct err err = ERR_INIT;
    cr_expect_eq(seccomp_policy_parse("p", bytes, SECCOMP_POLICY_BYTES_MAX + 1, &policy, &err), -EFBIG);
    cr_expect_str_eq(err.sentence, "p: is larger than a seccomp profile may be (16 MiB)");
}

Test(seccomp_policy, names_of_actions_and_comparisons)
{
    for (unsigned action = 0; action < SECCOMP_ACTION_COUNT; action++)
        cr_expect_eq(seccomp_action_from_name(seccomp_action_name((enum seccomp_action)action)), action);
    cr_expect_eq(seccomp_action_from_name("SCMP_ACT_KILL"), SECCOMP_KILL_THREAD);
    cr_expect_eq(seccomp_action_from_name("SCMP_ACT_"), SECCOMP_ACTION_COUNT);
    for (unsigned op = 0; op < SECCOMP_OP_COUNT; op++)
        cr_expect_eq(seccomp_op_from_name(seccomp_op_name((enum seccomp_op)op)), op);
    cr_expect_eq(seccomp_op_from_name("=="), SECCOMP_OP_COUNT);
}
