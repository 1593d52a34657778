/*
 * The score: what must come out better than what, that its sum is what is shown, and that nothing that lets more pass ever scores higher.
 */
#include "model/breadth.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "model/capability.h"
#include "model/default_profile.h"
#include "support/random_policy.h"

static struct seccomp_context context_of(const char *capabilities)
{
    struct seccomp_context context = {.native = ABI_X86_64};
    struct err err = ERR_INIT;
    cr_assert_eq(capability_set_parse(capabilities, &context.capabilities, &err), 0, "%s", err.sentence);
    return context;
}

/* ---- profiles by name ---------------------------------------------------------------------------------- */

#define PROFILE(fallback, arches, names)                                                                    \
    "{\"defaultAction\": \"" fallback "\", \"architectures\": [" arches "],"                                \
    " \"syscalls\": [{\"names\": [" names "], \"action\": \"SCMP_ACT_ALLOW\"}]}"
#define X86_64 "\"SCMP_ARCH_X86_64\""
#define EVERY_ARCH "\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\", \"SCMP_ARCH_X32\""

static const struct {
    const char *name, *text;
} texts[] = {
    {"escapes", PROFILE("SCMP_ACT_ERRNO", X86_64,
                        "\"mount\", \"setns\", \"unshare\", \"open_by_handle_at\", \"userfaultfd\", \"read\", \"write\", \"execve\", \"exit_group\"")},
    {"escapes as well known", PROFILE("SCMP_ACT_KILL_PROCESS", EVERY_ARCH,
                        "\"mount\", \"setns\", \"unshare\", \"open_by_handle_at\", \"userfaultfd\", \"read\", \"write\", \"close\", \"mmap\", \"brk\", \"futex\", \"execve\", \"exit\"")},
    {"allow all", PROFILE("SCMP_ACT_ALLOW", EVERY_ARCH, "\"read\"")},
    {"log all", PROFILE("SCMP_ACT_LOG", EVERY_ARCH, "\"read\"")},
    {"little", PROFILE("SCMP_ACT_ERRNO", X86_64, "\"read\", \"write\", \"exit_group\"")},
    {"little, i386 too", PROFILE("SCMP_ACT_ERRNO", X86_64 ", \"SCMP_ARCH_X86\"", "\"read\", \"write\", \"exit_group\"")},
    {"little, i386 and x32", PROFILE("SCMP_ACT_ERRNO", EVERY_ARCH, "\"read\", \"write\", \"exit_group\"")},
    {"nothing", "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [" X86_64 "], \"syscalls\": []}"},
};

static const struct {
    const char *name, *path;
} files[] = {
    {"emitted", SOURCE_DIR "/testdata/golden/emit-seccomp/after/seccomp.json"},
    {"emitted for two ABIs", SOURCE_DIR "/testdata/golden/emit-abis/after/seccomp.json"},
};

static int find_policy(const char *name, struct seccomp_policy **ret, struct err *err)
{
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        if (strcmp(texts[i].name, name) == 0)
            return seccomp_policy_parse(name, texts[i].text, strlen(texts[i].text), ret, err);
    for (size_t i = 0; i < ARRAY_COUNT(files); i++)
        if (strcmp(files[i].name, name) == 0)
            return seccomp_policy_read(files[i].path, ret, err);
    return default_profile_seccomp(name, ret, err);
}

static void breadth_of(const char *name, const char *capabilities, struct breadth *ret)
{
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    const struct seccomp_context context = context_of(capabilities);
    struct err err = ERR_INIT;
    if (strcmp(name, "unconfined") == 0) {
        breadth_of_unconfined_seccomp(&context, ret);
        return;
    }
    cr_assert_eq(find_policy(name, &policy, &err), 0, "%s", err.sentence);
    cr_assert_eq(breadth_of_seccomp(policy, &context, ret, &err), 0, "%s: %s", name, err.sentence);
}

/* ---- what must come out ---------------------------------------------------------------------------------- */

static const struct {
    const char *better, *worse;
    unsigned least; /* points between them */
} orders[] = {
    {"docker", "podman", 20},
    {"containerd", "podman", 20},
    {"docker", "containerd", 1},
    {"podman", "escapes", 5},
    {"podman", "escapes as well known", 5},
    {"docker", "unconfined", 60},
    {"containerd", "unconfined", 50},
    {"podman", "unconfined", 30},
    {"escapes", "unconfined", 1},
    {"emitted", "docker", 5},
    {"emitted for two ABIs", "docker", 5},
    {"little", "emitted", 0},
    {"little", "little, i386 too", 1},
    {"little, i386 too", "little, i386 and x32", 1},
    {"nothing", "little", 0},
    {"unconfined", "allow all", 0},
    {"allow all", "unconfined", 0},
    {"log all", "unconfined", 0},
    {"unconfined", "log all", 0},
};

Test(breadth, what_is_better)
{
    static const char *const sets[] = {"docker", "none"};
    for (size_t i = 0; i < ARRAY_COUNT(orders); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(sets); j++) {
            struct breadth better, worse;
            breadth_of(orders[i].better, sets[j], &better);
            breadth_of(orders[i].worse, sets[j], &worse);
            cr_expect(better.score >= worse.score + orders[i].least, "capabilities %s: %s %u, %s %u", sets[j], orders[i].better,
                      better.score, orders[i].worse, worse.score);
            breadth_done(&better);
            breadth_done(&worse);
        }
    }
}

static const struct {
    const char *name, *capabilities, *grade;
} grades[] = {
    {"escapes", "docker", "bad"},      {"escapes", "none", "bad"},       {"unconfined", "docker", "open"}, {"allow all", "none", "open"},
    {"docker", "docker", "moderate"},  {"podman", "docker", "broad"},    {"emitted", "docker", "tight"},   {"nothing", "all", "tight"},
    /* Docker's default gives a container with all capabilities all that they are for. */
    {"docker", "all", "open"},
};

Test(breadth, grades)
{
    for (size_t i = 0; i < ARRAY_COUNT(grades); i++) {
        struct breadth breadth;
        breadth_of(grades[i].name, grades[i].capabilities, &breadth);
        cr_expect_str_eq(breadth.grade->grade, grades[i].grade, "%s, %s: %u", grades[i].name, grades[i].capabilities, breadth.score);
        breadth_done(&breadth);
    }
}

/* ---- the arithmetic -------------------------------------------------------------------------------------- */

static const struct breadth_row *find_row(const struct breadth *breadth, const char *name)
{
    for (size_t i = 0; i < breadth->row_count; i++)
        if (strcmp(breadth->rows[i].name, name) == 0)
            return &breadth->rows[i];
    return NULL;
}

Test(breadth, rows_add_up)
{
    static const char *const names[] = {"docker", "podman", "containerd", "escapes", "unconfined", "emitted"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        struct breadth breadth;
        breadth_of(names[i], "docker", &breadth);
        unsigned sum = 0;
        for (size_t j = 0; j < breadth.row_count; j++) {
            sum += breadth.rows[j].points;
            cr_expect(j == 0 || breadth.rows[j - 1].points >= breadth.rows[j].points);
            cr_expect(!breadth.rows[j].worst || breadth.rows[j].points == breadth.rows[j].worst->points);
        }
        cr_expect_eq(sum, breadth.lost);
        cr_expect_eq(breadth.score, sum < 100 ? 100 - sum : 0);
        breadth_done(&breadth);
    }
}

Test(breadth, the_sum_of_escapes)
{
    static const struct {
        const char *name;
        unsigned points;
        bool usable, by_user_namespace;
    } rows[] = {
        {"make user namespaces", 12, true, false},
        {"hold the kernel in page faults", 12, true, false},
        {"mount file systems", 12, true, true},
        {"enter other namespaces", 3, false, false},
        {"open the host's files by handle", 3, false, false},
    };
    struct breadth breadth;
    breadth_of("escapes", "none", &breadth);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct breadth_row *row = find_row(&breadth, rows[i].name);
        cr_assert_not_null(row, "%s", rows[i].name);
        cr_expect_eq(row->points, rows[i].points, "%s", row->name);
        cr_expect_eq(row->worst->usable, rows[i].usable, "%s", row->name);
        cr_expect_eq(row->worst->by_user_namespace, rows[i].by_user_namespace, "%s", row->name);
    }
    const struct breadth_row *both = find_row(&breadth, "make user namespaces, and hold the kernel in page faults");
    cr_assert_not_null(both);
    cr_expect_eq(both->kind, BREADTH_COMBINATION);
    cr_expect_eq(breadth.row_count, ARRAY_COUNT(rows) + 1);
    breadth_done(&breadth);
    /* With the capability it needs no user namespace. */
    breadth_of("escapes", "SYS_ADMIN,DAC_READ_SEARCH", &breadth);
    cr_expect_not(find_row(&breadth, "mount file systems")->worst->by_user_namespace);
    cr_expect_eq(find_row(&breadth, "enter other namespaces")->points, 12);
    cr_expect_eq(find_row(&breadth, "open the host's files by handle")->points, 12);
    breadth_done(&breadth);
}

Test(breadth, undone_denials_are_told)
{
    static const char text[] = PROFILE("SCMP_ACT_ERRNO", X86_64, "\"read\", \"openat2\"");
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    const struct seccomp_context context = context_of("none");
    struct breadth breadth;
    struct err err = ERR_INIT;
    cr_assert_eq(seccomp_policy_parse("t", text, strlen(text), &policy, &err), 0);
    cr_assert_eq(breadth_of_seccomp(policy, &context, &breadth, &err), 0);
    cr_expect_eq(breadth.undone_count, 2);
    cr_expect_eq(breadth.score, 100);
    cr_expect_eq(breadth.allowed_calls, 2);
    breadth_done(&breadth);
}

/* ---- more never scores higher -------------------------------------------------------------------------------- */

static const enum seccomp_action actions[] = {SECCOMP_ALLOW, SECCOMP_ALLOW, SECCOMP_ERRNO, SECCOMP_LOG, SECCOMP_KILL_PROCESS};
static const int errnos[] = {-1, 1, 38};

/* The calls of all probes, and some that are harmless. */
static size_t all_names(const char *names[static 64])
{
    static const char *const harmless[] = {"read", "write", "openat", "openat2", "execve", "execveat", "fork"};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(harmless); i++)
        names[count++] = harmless[i];
    for (size_t i = 0; i < data_seccomp_probes_count && count < 64; i++)
        names[count++] = data_seccomp_probes[i].call;
    return count;
}

static void forget(struct seccomp_policy *policy, const char *call)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        struct seccomp_rule *rule = &policy->rules[i];
        for (size_t k = 0; k < rule->name_count;) {
            if (strcmp(rule->names[k], call) != 0) {
                k++;
                continue;
            }
            free(rule->names[k]);
            rule->names[k] = rule->names[--rule->name_count];
        }
    }
}

static struct seccomp_context random_context(struct random *random)
{
    static const char *const sets[] = {"docker", "none", "all", "SYS_ADMIN", "NET_ADMIN,SYS_PTRACE"};
    return context_of(RANDOM_PICK(random, sets, ARRAY_COUNT(sets)));
}

/* The score, or -1 for a policy that contradicts itself. */
static int score_of(const struct seccomp_policy *policy, const struct seccomp_context *context)
{
    struct breadth breadth;
    struct err err = ERR_INIT;
    if (breadth_of_seccomp(policy, context, &breadth, &err) < 0)
        return -1;
    int score = (int)breadth.score;
    breadth_done(&breadth);
    return score;
}

/* One that the native ABI has: a rule for any other can make libseccomp 2.5 drop rules of its neighbours when x32 is let in (the evaluator says so as the
 * kernel does), so that one more line of the profile is fewer calls allowed. */
static const char *random_native(struct random *random, const char *const *names, size_t count)
{
    const char *call = RANDOM_PICK(random, names, count);
    while (syscall_number(ABI_X86_64, call) == SYSCALL_NONE)
        call = RANDOM_PICK(random, names, count);
    return call;
}

Test(breadth, one_more_call_never_scores_higher)
{
    const char *names[64];
    const struct policy_words words = {.names = names, .name_count = all_names(names), .actions = actions,
                                       .action_count = ARRAY_COUNT(actions), .errnos = errnos, .errno_count = ARRAY_COUNT(errnos)};
    struct random random = {.state = 7};
    size_t compared = 0, fell = 0;
    for (size_t i = 0; i < 2000; i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = random_policy(&random, &words);
        const struct seccomp_context context = random_context(&random);
        const char *call = random_native(&random, names, words.name_count);
        policy->default_action = i % 8 ? SECCOMP_ERRNO : SECCOMP_ALLOW;
        int before = score_of(policy, &context);
        forget(policy, call);
        seccomp_rule_add_name(seccomp_policy_add_rule(policy, policy->default_action == SECCOMP_ALLOW ? SECCOMP_LOG : SECCOMP_ALLOW), call);
        int after = score_of(policy, &context);
        if (before < 0 || after < 0)
            continue;
        compared++;
        fell += after < before;
        cr_expect(after <= before, "case %zu: %d, and %d with %s", i, before, after, call);
    }
    (void)printf("breadth: %zu profiles with one more call, %zu lost points\n", compared, fell);
    cr_expect(compared > 500 && fell > 100, "%zu, %zu", compared, fell);
}

Test(breadth, one_more_door_never_scores_higher)
{
    static const enum abi doors[] = {ABI_I386, ABI_X32};
    const char *names[64];
    const struct policy_words words = {.names = names, .name_count = all_names(names), .actions = actions,
                                       .action_count = ARRAY_COUNT(actions), .errnos = errnos, .errno_count = ARRAY_COUNT(errnos)};
    struct random random = {.state = 11};
    size_t compared = 0, fell = 0;
    for (size_t i = 0; i < 600; i++) {
        AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = random_policy(&random, &words);
        const struct seccomp_context context = random_context(&random);
        policy->default_action = SECCOMP_ERRNO;
        int before = score_of(policy, &context);
        seccomp_policy_add_abi(policy, RANDOM_PICK(&random, doors, ARRAY_COUNT(doors)));
        int after = score_of(policy, &context);
        if (before < 0 || after < 0)
            continue;
        compared++;
        fell += after < before;
        cr_expect(after <= before, "case %zu: %d, and %d with one ABI more", i, before, after);
    }
    cr_expect(compared > 250 && fell > 50, "%zu, %zu", compared, fell);
}

/* ---- AppArmor -------------------------------------------------------------------------------------------------- */

static struct breadth apparmor_breadth(const char *text, const char *capabilities)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    struct breadth breadth;
    struct err err = ERR_INIT;
    cr_assert_eq(apparmor_policy_parse("t", text, strlen(text), &policy, &err), 0, "%s", err.sentence);
    breadth_of_apparmor(policy, context_of(capabilities).capabilities, &breadth);
    return breadth;
}

static unsigned apparmor_score(const char *text)
{
    struct breadth breadth = apparmor_breadth(text, "docker");
    unsigned score = breadth.score;
    breadth_done(&breadth);
    return score;
}

static unsigned score_of_default(const char *engine)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    struct breadth breadth;
    struct err err = ERR_INIT;
    cr_assert_eq(default_profile_apparmor(engine, &policy, &err), 0, "%s", err.sentence);
    breadth_of_apparmor(policy, context_of("docker").capabilities, &breadth);
    unsigned score = breadth.score;
    breadth_done(&breadth);
    return score;
}

static unsigned score_of_file(const char *path)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    struct breadth breadth;
    struct err err = ERR_INIT;
    cr_assert_eq(apparmor_policy_read(path, NULL, &policy, &err), 0, "%s", err.sentence);
    breadth_of_apparmor(policy, context_of("docker").capabilities, &breadth);
    unsigned score = breadth.score;
    breadth_done(&breadth);
    return score;
}

Test(breadth, apparmor)
{
    struct breadth unconfined;
    breadth_of_unconfined_apparmor(context_of("docker").capabilities, &unconfined);
    cr_expect_eq(unconfined.score, 0);
    breadth_done(&unconfined);
    unsigned docker = score_of_default("docker");
    cr_expect(docker >= 40, "%u", docker);
    cr_expect(docker >= score_of_default("podman"));
    cr_expect(docker >= score_of_default("containerd"));
    cr_expect(score_of_file(SOURCE_DIR "/testdata/golden/emit-apparmor/after/allow.profile") > docker);
    cr_expect_eq(apparmor_score("profile a { }"), 100);
    cr_expect_eq(apparmor_score("profile a { /usr/lib/** mr, /usr/bin/web ix, }"), 100);
    cr_expect_eq(apparmor_score("profile a flags=(complain) { /usr/lib/** mr, }"), 0);
    cr_expect_eq(apparmor_score("profile a flags=(unconfined) { }"), 0);
    cr_expect(apparmor_score("profile a { file, capability, network, mount, ptrace, change_profile, /** ux, }") < 10);
    /* It costs nothing to deny, and something to allow. */
    cr_expect_eq(apparmor_score("profile a { deny /** rwklx, deny mount, deny ptrace, }"), 100);
    cr_expect_eq(apparmor_score("profile a { ptrace, }"), 96);
    cr_expect_eq(apparmor_score("profile a { ptrace (read, trace), }"), 96);
    cr_expect_eq(apparmor_score("profile a { ptrace trace, }"), 96);
    cr_expect_eq(apparmor_score("profile a { ptrace (readby, tracedby), ptrace (trace) peer=b, }"), 100);
    cr_expect_eq(apparmor_score("profile a { change_profile, }"), apparmor_score("profile a { change_profile -> **, }"));
    cr_expect_eq(apparmor_score("profile a { change_profile -> **, }"), 88);
    cr_expect_eq(apparmor_score("profile a { change_profile /bin/b -> \"**\", }"), 88);
    cr_expect_eq(apparmor_score("profile a { change_profile -> b, }"), 100);
    cr_expect_eq(apparmor_score("profile a { mount, }"), 97);
    cr_expect_eq(apparmor_score("profile a { /proc/sys/kernel/core_pattern w, }"), 88);
    /* What the kernel asks a capability for that the container does not have costs less. */
    cr_expect_eq(apparmor_score("profile a { /proc/kcore r, }"), 97);
    struct breadth able = apparmor_breadth("profile a { /proc/kcore r, }", "SYS_RAWIO");
    cr_expect_eq(able.score, 88);
    breadth_done(&able);
    cr_expect_eq(apparmor_score("profile a { /proc/kcore r, deny /proc/kcore r, }"), 100);
}

Test(breadth, one_more_rule_never_scores_higher)
{
    static const char *const rules[] = {
        "file,", "capability,", "capability sys_admin,", "capability net_raw,", "network,", "network packet raw,", "mount,", "umount,", "ptrace,",
        "ptrace peer=a,", "change_profile,", "/** rw,", "/proc/** rw,", "/proc/sys/** w,", "/sys/** r,", "/dev/** rw,", "/etc/** r,", "/etc/shadow w,",
        "/usr/** w,", "/usr/bin/* ux,", "/tmp/** rwix,", "/tmp/** w,", "/run/** rw,", "/root/** r,", "deny /proc/** w,", "deny /dev/** rw,",
        "deny mount,", "deny capability sys_admin,", "deny network packet,", "deny /sys/** w,", "deny /etc/shadow rw,", "deny ptrace,",
    };
    enum { ALLOWS = 24 }; /* the rows before the first denial */
    struct random random = {.state = 3};
    size_t fell = 0;
    for (size_t i = 0; i < 600; i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        buf_add_text(&text, "profile a {\n");
        for (size_t k = random_below(&random, 6); k > 0; k--)
            buf_printf(&text, "  %s\n", RANDOM_PICK(&random, rules, ARRAY_COUNT(rules)));
        AUTO_FREE char *before = mem_printf("%s}\n", buf_text(&text));
        AUTO_FREE char *after = mem_printf("%s  %s\n}\n", buf_text(&text), rules[random_below(&random, ALLOWS)]);
        unsigned one = apparmor_score(before), two = apparmor_score(after);
        fell += two < one;
        cr_expect(two <= one, "%u, %u:\n%s%s", one, two, before, after);
    }
    cr_expect(fell > 100, "%zu", fell);
}

/* ---- the tables -------------------------------------------------------------------------------------------------- */

static bool is_way(const char *kind, const char *way)
{
    for (size_t i = 0; i < data_score_ways_count; i++)
        if (strcmp(data_score_ways[i].kind, kind) == 0 && strcmp(data_score_ways[i].way, way) == 0)
            return true;
    for (size_t i = 0; i < data_apparmor_rule_probes_count; i++)
        if (strcmp(kind, "apparmor") == 0 && strcmp(data_apparmor_rule_probes[i].way, way) == 0)
            return true;
    return false;
}

static bool is_probe(const char *kind, const char *probe)
{
    bool seccomp = strcmp(kind, "seccomp") == 0;
    for (size_t i = 0; seccomp && i < data_seccomp_probes_count; i++)
        if (strcmp(data_seccomp_probes[i].probe, probe) == 0)
            return true;
    for (size_t i = 0; !seccomp && i < data_apparmor_probes_count; i++)
        if (strcmp(data_apparmor_probes[i].probe, probe) == 0)
            return true;
    return false;
}

Test(breadth, tables_name_what_there_is)
{
    for (size_t i = 0; i < data_score_ways_count; i++)
        cr_expect(is_probe(data_score_ways[i].kind, data_score_ways[i].probe), "%s", data_score_ways[i].probe);
    for (size_t i = 0; i < data_score_combinations_count; i++) {
        const struct data_score_combinations *row = &data_score_combinations[i];
        cr_expect(is_way(row->kind, row->first) && is_way(row->kind, row->second), "%s, %s", row->first, row->second);
    }
    for (size_t i = 0; i < data_apparmor_rule_probes_count; i++) {
        enum severity severity;
        cr_expect(severity_parse(data_apparmor_rule_probes[i].severity, &severity));
        cr_expect(!*data_apparmor_rule_probes[i].needs || capability_by_name(data_apparmor_rule_probes[i].needs));
    }
    for (size_t i = 1; i < data_score_grades_count; i++)
        cr_expect_gt(data_score_grades[i - 1].least, data_score_grades[i].least);
    cr_expect_eq(data_score_grades[data_score_grades_count - 1].least, 0);
    cr_expect(is_way("seccomp", "make user namespaces"));
}
