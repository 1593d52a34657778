#include "audit/seccomp_breadth.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/node_in.h"
#include "data.h"
#include "model/syscall.h"

#define ALLOW(names) "{\"names\":[" names "],\"action\":\"SCMP_ACT_ALLOW\"}"
#define PROFILE(fallback, arches, rules)                                                                    \
    "{\"defaultAction\":\"" fallback "\",\"architectures\":[" arches "],\"syscalls\":[" rules "]}"
#define X86_64 "\"SCMP_ARCH_X86_64\""

static const struct node *read_profile(const char *text, struct arena *arena)
{
    struct node_stream stream;
    struct err err = ERR_INIT;
    cr_assert_eq(json_read("a", text, strlen(text), arena, &stream, &err), 0, "%s", err.sentence);
    return stream.documents[0];
}

static bool lists(const struct node *list, const char *key, const char *text)
{
    for (const struct node *item = node_first(list); item; item = item->next)
        if (node_is_text(key ? node_get(item, key) : item, text))
            return true;
    return false;
}

Test(seccomp_breadth, probes_pass_as_the_policy_says)
{
    static const struct {
        const char *profile, *probe;
        bool passes;
    } rows[] = {
        {PROFILE("SCMP_ACT_ERRNO", X86_64, ALLOW("\"keyctl\"")), "keyctl", true},
        {PROFILE("SCMP_ACT_ERRNO", X86_64, ALLOW("\"read\"")), "keyctl", false},
        {PROFILE("SCMP_ACT_ALLOW", X86_64, ""), "keyctl", true},
        {PROFILE("SCMP_ACT_LOG", X86_64, ""), "keyctl", true},
        {PROFILE("SCMP_ACT_TRAP", X86_64, ""), "keyctl", false},
        /* arguments decide: Docker's filter on clone, and sockets by family */
        {PROFILE("SCMP_ACT_ERRNO", X86_64,
                 "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":2114060288,"
                 "\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}"),
         "user-namespace-by-clone", false},
        {PROFILE("SCMP_ACT_ERRNO", X86_64, ALLOW("\"clone\"")), "user-namespace-by-clone", true},
        {PROFILE("SCMP_ACT_ERRNO", X86_64,
                 "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":38,"
                 "\"op\":\"SCMP_CMP_LT\"}]}"),
         "alg-socket", false},
        /* numbers beyond int64_t */
        {PROFILE("SCMP_ACT_ERRNO", X86_64,
                 "{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
                 "\"value\":18446744073709551615,\"op\":\"SCMP_CMP_LT\"}]}"),
         "personality-no-random", true},
        /* a rule for containers with a capability says nothing of those without */
        {PROFILE("SCMP_ACT_ERRNO", X86_64,
                 "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}"),
         "mount", false},
        /* the other door: refused as x86-64, which has no vm86, allowed as i386 */
        {PROFILE("SCMP_ACT_ERRNO", X86_64 ",\"SCMP_ARCH_X86\"", ALLOW("\"vm86\"")), "vm86", true},
        {PROFILE("SCMP_ACT_ERRNO", X86_64, ALLOW("\"vm86\"")), "vm86", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct node *facts = NULL;
        struct err err = ERR_INIT;
        cr_assert_eq(seccomp_breadth_facts(arena, "a", read_profile(rows[i].profile, arena), &facts, &err), 0, "%s",
                     err.sentence);
        cr_expect_eq(lists(node_get(facts, "passing"), "probe", rows[i].probe), rows[i].passes, "row %zu", i);
    }
}

Test(seccomp_breadth, siblings_names_and_counts)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node *facts = NULL;
    struct err err = ERR_INIT;
    const struct node *root =
        read_profile(PROFILE("SCMP_ACT_ERRNO", X86_64 ",\"SCMP_ARCH_X32\"", ALLOW("\"openat2\",\"execve\",\"execveat\",\"opne\"")), arena);
    cr_assert_eq(seccomp_breadth_facts(arena, "a", root, &facts, &err), 0);
    cr_expect(lists(node_get(facts, "undone"), "passes", "openat2"));
    cr_expect_not(lists(node_get(facts, "undone"), "passes", "execveat"));
    cr_expect(lists(node_get(facts, "unknown_names"), NULL, "opne"));
    cr_expect_eq(node_count(node_get(facts, "unknown_names")), 1);
    cr_expect(lists(node_get(facts, "abis"), NULL, "x32"));
    cr_expect_not(lists(node_get(facts, "abis"), NULL, "i386"));
    int64_t allowed = 0;
    cr_expect(node_integer(node_get(facts, "allowed_calls"), &allowed));
    cr_expect_eq(allowed, 3);
    cr_expect_eq(node_origin(node_first(node_get(facts, "undone")))->line, 1);
}

Test(seccomp_breadth, what_runtimes_refuse_is_refused)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node *facts = NULL;
    struct err err = ERR_INIT;
    cr_expect_lt(seccomp_breadth_facts(arena, "a", read_profile("{\"defaultAction\":\"SCMP_ACT_MAYBE\"}", arena), &facts, &err), 0);
    cr_expect_neq(err.sentence[0], '\0');
}

Test(seccomp_breadth, probes_name_real_calls_and_severities)
{
    cr_expect_geq(data_seccomp_probes_count, 40);
    for (size_t i = 0; i < data_seccomp_probes_count; i++) {
        const struct data_seccomp_probes *probe = &data_seccomp_probes[i];
        enum severity severity;
        cr_expect_not_null(syscall_by_name(probe->call), "%s", probe->call);
        cr_expect(severity_parse(probe->severity, &severity), "%s", probe->probe);
        cr_expect_gt(strlen(probe->why), 10, "%s", probe->probe);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(probe->probe, data_seccomp_probes[j].probe);
    }
}
