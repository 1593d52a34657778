/* From recordings to AppArmor policies: what is denied, what is left, and that nothing recorded breaks. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <sys/socket.h>

#include "aa_oracle.h"
#include "model/aa_generalise.h"
#include "model/apparmor_derive.h"

struct did {
    const char *path;
    access_mask did;
    enum file_type type;
};

static struct recording *record(const struct did *rows, size_t count)
{
    struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->end = END_EXITED;
    uint32_t image = recording_image(recording, recording_string(recording, "/usr/bin/app"), STRING_NONE, STRING_NONE);
    for (size_t i = 0; i < count; i++)
        (void)recording_path(recording, recording_string(recording, rows[i].path), image, PHASE_SERVING, rows[i].did,
                             rows[i].type);
    return recording;
}

static const struct did WEB_SERVER[] = {
    {"/usr/bin/app", ACCESS_EXEC | ACCESS_READ | ACCESS_MAP_EXEC, FILE_REGULAR},
    {"/usr/lib/x86_64-linux-gnu/libc.so.6", ACCESS_READ | ACCESS_MAP_EXEC, FILE_REGULAR},
    {"/etc/app/app.conf", ACCESS_READ, FILE_REGULAR},
    {"/var/log/app/access.log", ACCESS_APPEND | ACCESS_CREATE, FILE_REGULAR},
    {"/run/app.pid", ACCESS_WRITE | ACCESS_CREATE, FILE_REGULAR},
    {"/proc/4711/oom_score_adj", ACCESS_WRITE, FILE_REGULAR},
    {"/proc/4711/task/4712/comm", ACCESS_WRITE, FILE_REGULAR},
    {"/usr/share/app/cache/x", ACCESS_WRITE | ACCESS_CREATE, FILE_REGULAR},
    {"/usr/share/app/cache", ACCESS_CREATE, FILE_DIRECTORY},
    {"/tmp/app.aB3dE9", ACCESS_WRITE | ACCESS_CREATE | ACCESS_DELETE, FILE_REGULAR},
    {"/etc/shadow", ACCESS_PROBE | ACCESS_STAT, FILE_REGULAR},
};

static struct apparmor_policy *derive(const struct recording *recording, enum apparmor_mode mode, const char *generalise)
{
    struct apparmor_derive_options options = APPARMOR_DERIVE_OPTIONS_DEFAULT;
    struct apparmor_policy *policy = NULL;
    struct err err = ERR_INIT;
    options.mode = mode;
    options.generalise = generalise;
    cr_assert_eq(apparmor_derive(recording, &options, &policy, &err), 0, "%s", err.sentence);
    return policy;
}

struct verdict {
    const char *path;
    aa_mask access;
    bool denied;
};

static void judge(const struct apparmor_policy *policy, const struct verdict *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(apparmor_policy_evaluate(policy, rows[i].path, strlen(rows[i].path), rows[i].access, true, NULL) != 0,
                     rows[i].denied, "%s (%x) should be %s", rows[i].path, rows[i].access,
                     rows[i].denied ? "denied" : "allowed");
}

Test(apparmor_derive, the_deny_list_denies_what_was_not_needed)
{
    static const struct verdict rows[] = {
        {"/etc/app/app.conf", AA_READ, false},
        {"/etc/passwd", AA_READ, false},
        {"/etc/passwd", AA_WRITE, true},
        {"/etc/shadow", AA_READ, true},
        {"/root/.ssh/id_rsa", AA_READ, true},
        {"/home/me/.aws/credentials", AA_READ, true},
        {"/run/secrets/kubernetes.io/serviceaccount/token", AA_READ, true},
        {"/var/run/secrets/kubernetes.io/serviceaccount/token", AA_READ, true},
        {"/run/docker.sock", AA_READ | AA_WRITE, true},
        {"/var/run/docker.sock", AA_WRITE, true},
        {"/run/containerd/containerd.sock", AA_WRITE, true},
        {"/run/crio/crio.sock", AA_WRITE, true},
        {"/run/podman/podman.sock", AA_WRITE, true},
        {"/proc/sysrq-trigger", AA_WRITE, true},
        {"/proc/kcore", AA_READ, true},
        {"/proc/sys/kernel/core_pattern", AA_WRITE, true},
        {"/proc/1/oom_score_adj", AA_WRITE, false},
        {"/proc/1/oom_adj", AA_WRITE, true},
        {"/proc/99/task/100/comm", AA_WRITE, false},
        {"/proc/99/task/100/attr", AA_WRITE, true},
        {"/proc/99/mem", AA_WRITE, true},
        {"/proc/99/status", AA_READ, false},
        {"/sys/fs/cgroup/release_agent", AA_WRITE, true},
        {"/sys/class/net/eth0/address", AA_READ, false},
        {"/sys/firmware/acpi/tables/DSDT", AA_READ, true},
        {"/usr/share/app/cache/x", AA_WRITE, false},
        {"/usr/share/app/cache/", AA_WRITE, false},
        {"/usr/share/app/cache/y", AA_WRITE, true},
        {"/usr/share/app/cache/x/y", AA_WRITE, true},
        {"/usr/bin/app", AA_WRITE, true},
        {"/usr/bin/app", AA_EXEC, false},
        {"/bin/sh", AA_EXEC, true},
        {"/usr/bin/dash", AA_EXEC, true},
        {"/usr/bin/bash", AA_EXEC, true},
        {"/usr/bin/python3.11", AA_EXEC, true},
        {"/usr/bin/true", AA_EXEC, false},
        {"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", AA_EXEC, true},
        {"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", AA_READ | AA_MAP_EXEC, false},
        {"/tmp/app.aB3dE9", AA_WRITE, false},
        {"/tmp/dropped", AA_WRITE, false},
        {"/tmp/dropped", AA_EXEC, true},
        {"/dev/shm/dropped", AA_MAP_EXEC, true},
        {"/dev/sda", AA_READ, true},
        {"/dev/mem", AA_READ, true},
        {"/dev/null", AA_WRITE, false},
        {"/srv/data/file", AA_READ | AA_WRITE | AA_LOCK, false},
        {"/var/log/app/access.log", AA_APPEND, false},
        {"/boot/vmlinuz", AA_READ, true},
    };
    AUTO(recording_free_cleanup) struct recording *recording = record(WEB_SERVER, ARRAY_COUNT(WEB_SERVER));
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = derive(recording, APPARMOR_DENY_LIST, "all");
    judge(policy, rows, ARRAY_COUNT(rows));
    struct err err = ERR_INIT;
    cr_expect_eq(apparmor_policy_check(policy, recording, NULL, &err), 0, "%s", err.sentence);
    cr_expect(!apparmor_policy_allows_capability(policy, "sys_admin"));
    cr_expect(!apparmor_policy_allows_network(policy, "inet", "stream"));
    cr_expect(!apparmor_policy_allows_network(policy, "packet", "raw"));
    cr_expect(!apparmor_policy_allows_other(policy, "mount"));
    cr_expect(!apparmor_policy_allows_other(policy, "pivot_root"));
}

Test(apparmor_derive, nothing_new_is_executed_where_no_programs_are)
{
    static const struct did app[] = {
        {"/usr/bin/app", ACCESS_EXEC | ACCESS_READ | ACCESS_MAP_EXEC, FILE_REGULAR},
        {"/srv/app/helper", ACCESS_EXEC | ACCESS_READ, FILE_REGULAR},
        {"/srv/app/self", ACCESS_EXEC | ACCESS_READ | ACCESS_WRITE, FILE_REGULAR},
        {"/srv/data/x", ACCESS_WRITE | ACCESS_CREATE, FILE_REGULAR},
    };
    static const struct verdict rows[] = {
        {"/usr/bin/other", AA_EXEC, false},
        {"/opt/app/bin/other", AA_EXEC, false},
        {"/usr/bin/app", AA_WRITE, true},
        {"/srv/app/helper", AA_EXEC, false},
        {"/srv/app/helper", AA_WRITE, true},
        {"/srv/app/helper", AA_LINK, true},
        {"/srv/app/self", AA_EXEC, false},
        {"/srv/app/self", AA_WRITE, false}, /* it did both */
        {"/srv/data/x", AA_EXEC, true},
        {"/srv/data/x", AA_WRITE | AA_READ | AA_MAP_EXEC, false},
        {"/srv/app/other", AA_EXEC, true},
        {"/tmp/x", AA_EXEC, true},
        {"/home/me/x", AA_EXEC, true},
        {"/x", AA_EXEC, true},
        {"/usr2/x", AA_EXEC, true},
        {"/memfd:x (deleted)", AA_EXEC, true},
    };
    AUTO(recording_free_cleanup) struct recording *recording = record(app, ARRAY_COUNT(app));
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = derive(recording, APPARMOR_DENY_LIST, "all");
    judge(policy, rows, ARRAY_COUNT(rows));
}

Test(apparmor_derive, the_allow_list_allows_what_was_needed)
{
    static const struct verdict rows[] = {
        {"/etc/app/app.conf", AA_READ, false},
        {"/etc/app/app.conf", AA_WRITE, true},
        {"/etc/passwd", AA_READ, true},
        {"/var/log/app/access.log", AA_WRITE, false}, /* an append with O_CREAT asks for it */
        {"/usr/bin/app", AA_READ | AA_MAP_EXEC | AA_EXEC, false},
        {"/bin/sh", AA_EXEC, true},
        {"/proc/1/oom_score_adj", AA_WRITE, false},
        {"/proc/x/oom_score_adj", AA_WRITE, true},
        {"/tmp/app.Zz9Yy8", AA_WRITE, false},
        {"/tmp/app.Zz9Yy88", AA_WRITE, true},
        {"/etc/shadow", AA_READ, true},
    };
    AUTO(recording_free_cleanup) struct recording *recording = record(WEB_SERVER, ARRAY_COUNT(WEB_SERVER));
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = derive(recording, APPARMOR_ALLOW_LIST, "all");
    judge(policy, rows, ARRAY_COUNT(rows));
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *exact = derive(recording, APPARMOR_ALLOW_LIST, "none");
    cr_expect_neq(apparmor_policy_evaluate(exact, "/tmp/app.Zz9Yy8", 15, AA_WRITE, true, NULL), 0);
    cr_expect_eq(apparmor_policy_evaluate(exact, "/tmp/app.aB3dE9", 15, AA_WRITE, true, NULL), 0);
}

Test(apparmor_derive, capabilities_sockets_and_operations_follow_the_facts)
{
    AUTO(recording_free_cleanup) struct recording *recording = record(WEB_SERVER, 1);
    struct fact facts[] = {
        {.kind = FACT_CAPABILITY, .subject = STRING_NONE, .object = STRING_NONE, .note = STRING_NONE, .value = CAP_NET_BIND_SERVICE},
        {.kind = FACT_SOCKET, .subject = STRING_NONE, .object = STRING_NONE, .note = STRING_NONE,
         .value = (uint64_t)AF_INET << 32 | SOCK_STREAM << 16 | 6},
        {.kind = FACT_MOUNT, .subject = STRING_NONE, .object = STRING_NONE, .note = STRING_NONE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(facts); i++)
        cr_assert(recording_fact(recording, &facts[i], PHASE_STARTUP, 1));
    for (int mode = APPARMOR_DENY_LIST; mode <= APPARMOR_ALLOW_LIST; mode++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = derive(recording, (enum apparmor_mode)mode, "all");
        struct err err = ERR_INIT;
        cr_expect_eq(apparmor_policy_check(policy, recording, NULL, &err), 0, "%s", err.sentence);
        cr_expect(apparmor_policy_allows_capability(policy, "net_bind_service"));
        cr_expect(!apparmor_policy_allows_capability(policy, "net_raw"));
        cr_expect(apparmor_policy_allows_network(policy, "inet", "stream"));
        cr_expect_eq(apparmor_policy_allows_network(policy, "inet6", "stream"), mode == APPARMOR_DENY_LIST);
        cr_expect(!apparmor_policy_allows_network(policy, "inet", "raw"));
        cr_expect(!apparmor_policy_allows_network(policy, "packet", "raw"));
        cr_expect(apparmor_policy_allows_other(policy, "mount"));
        cr_expect(!apparmor_policy_allows_other(policy, "umount"));
    }
}

Test(apparmor_derive, the_check_names_what_would_be_denied)
{
    AUTO(recording_free_cleanup) struct recording *recording = record(WEB_SERVER, ARRAY_COUNT(WEB_SERVER));
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = derive(recording, APPARMOR_DENY_LIST, "all");
    struct err err = ERR_INIT;
    size_t denied = 0;
    cr_assert_eq(apparmor_policy_add_file(policy, true, "/etc/app/**", AA_READ, NULL, NULL, NULL), 0);
    cr_expect_eq(apparmor_policy_check(policy, recording, &denied, &err), -EINVAL);
    cr_expect_eq(denied, 1);
    cr_expect(strstr(err.sentence, "r on /etc/app/app.conf by /usr/bin/app"), "%s", err.sentence);
    cr_expect(strstr(err.sentence, "deny /etc/app/**"), "%s", err.sentence);
}

Test(apparmor_derive, bad_options_get_a_sentence)
{
    static const struct apparmor_derive_options rows[] = {
        {.generalise = "pid,nonsense", .name = "x"}, {.generalise = "all", .name = ""},
        {.generalise = "all", .name = "a\nb"},       {.generalise = "all", .name = "a\"b"},
        {.generalise = "all", .name = "a b"},        {.generalise = "all", .name = "a*"},
    };
    AUTO(recording_free_cleanup) struct recording *recording = record(WEB_SERVER, 1);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct apparmor_policy *policy = NULL;
        struct err err = ERR_INIT;
        cr_expect_eq(apparmor_derive(recording, &rows[i], &policy, &err), -EINVAL);
        cr_expect(err.sentence[0]);
    }
}

Test(apparmor_derive, variable_parts_become_patterns)
{
    static const struct {
        const char *path;
        const char *pattern;
    } rows[] = {
        {"/proc/123/status", "/proc/[0-9]*/status"},
        {"/proc/123/task/456/comm", "/proc/[0-9]*/task/[0-9]*/comm"},
        {"/proc/sys/kernel/pid_max", "/proc/sys/kernel/pid_max"},
        {"/proc/123/", "/proc/[0-9]*/"},
        {"/dev/pts/3", "/dev/pts/[0-9]*"},
        {"/tmp/tmpab3_xy9z", "/tmp/tmp[a-z0-9_][a-z0-9_][a-z0-9_][a-z0-9_][a-z0-9_][a-z0-9_][a-z0-9_][a-z0-9_]"},
        {"/tmp/foo.aB3dE9", "/tmp/foo.[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]"},
        {"/tmp/config", "/tmp/config"},
        {"/srv/data/file10", "/srv/data/file10"},
        {"/srv/data/.index.html.aB3dE9", "/srv/data/.index.html.[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]"},
        {"/r/.git/tuK9ksA", "/r/.git/t[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]"},
        {"/usr/share/icons/theme2", "/usr/share/icons/theme2"},
        {"/opt/app-Debian", "/opt/app-Debian"},
        {"/usr/lib/libfoo.so.6", "/usr/lib/libfoo.so.6"},
        {"/usr/bin/python3.11", "/usr/bin/python3.11"},
        {"/etc/app/0a1b2c3d-1111-2222-3333-444455556666.json",
         "/etc/app/[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]-"
         "[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]-[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]-"
         "[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]-[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]"
         "[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f].json"},
        {"/var/lib/redis/temp-1234.rdb", "/var/lib/redis/temp-[0-9]*.rdb"},
        {"/var/lib/redis/temp-rewriteaof-bg-1234.aof", "/var/lib/redis/temp-rewriteaof-bg-[0-9]*.aof"},
        {"/var/lib/redis/appendonlydir/appendonly.aof.12.incr.aof",
         "/var/lib/redis/appendonlydir/appendonly.aof.[0-9]*.incr.aof"},
        {"/home/me/.#file", "/home/me/.#*"},
        {"/var/lib/php/sessions/sess_abcdefgh12345678", "/var/lib/php/sessions/sess_*"},
        {"/r/.git/objects/72/tmp_obj_ab12CD", "/r/.git/objects/[0-9a-f][0-9a-f]/tmp_obj_[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]"
                                              "[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]"},
        {"/run/user/1000/bus", "/run/user/[0-9]*/bus"},
        {"/a b/[x]", "/a b/\\[x\\]"},
    };
    AUTO(aa_generaliser_free_cleanup) struct aa_generaliser *generaliser = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(aa_generaliser_new("all", &generaliser, &err), 0, "%s", err.sentence);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_BUF struct buf pattern = BUF_INIT;
        AUTO_BUF struct buf reasons = BUF_INIT;
        bool changed = aa_generalise(generaliser, rows[i].path, strlen(rows[i].path), &pattern, &reasons);
        cr_expect_str_eq(buf_text(&pattern), rows[i].pattern);
        cr_expect_eq(changed, reasons.length > 0);
    }
}

/* ---- any recording ------------------------------------------------------------------------ */

static void random_recording(uint64_t *seed, struct recording *recording, uint32_t image)
{
    static const char *const tops[] = {"/proc", "/proc/12", "/sys", "/usr", "/etc", "/tmp", "/run", "/root/.ssh", "/home/a b/.aws",
                                       "/dev", "/var/lib/docker", "/usr/bin", "/bin", "/srv", "/lib/modules", "/var/run/secrets"};
    static const char *const names[] = {"a", "sh", "python3", "12", "x y", "[", "{a,b}", "@{HOME}", "a,b", "#", "\\", "q\"uote",
                                        "\303\251", "\377\376", "new\nline", "docker.sock", "shadow", "tmp.aB3dE9", "mem", "^", "*",
                                        "sda", "kcore", "0123456789abcdef0123456789abcdef", "]", "-", "**", "?", "'", "$(x)"};
    for (uint32_t count = 1 + oracle_random(seed, 60); count > 0; count--) {
        AUTO_BUF struct buf path = BUF_INIT;
        buf_add_text(&path, tops[oracle_random(seed, (uint32_t)ARRAY_COUNT(tops))]);
        for (uint32_t depth = oracle_random(seed, 4); depth > 0; depth--)
            buf_printf(&path, "/%s", names[oracle_random(seed, (uint32_t)ARRAY_COUNT(names))]);
        access_mask did = oracle_random(seed, 1u << ACCESS_BITS) & oracle_random(seed, 1u << ACCESS_BITS);
        (void)recording_path(recording, recording_bytes(recording, path.data, path.length), image, PHASE_STARTUP, did,
                             (enum file_type)oracle_random(seed, FILE_TYPE_COUNT));
    }
}

/* Ten thousand files in directories that are generalised become as many patterns below one: judging must
 * not run them all for each. A quadratic walk would take minutes. */
Test(apparmor_derive, many_patterns_below_one_directory_stay_cheap, .timeout = 30)
{
    AUTO(recording_free_cleanup) struct recording *recording = record(WEB_SERVER, 1);
    for (unsigned i = 0; i < 10000; i++) {
        AUTO_FREE char *path = mem_printf("/proc/%u/x/file%u", i, i);
        (void)recording_path(recording, recording_string(recording, path), 0, PHASE_STARTUP, ACCESS_READ, FILE_REGULAR);
        AUTO_FREE char *temporary = mem_printf("/tmp/tmpab3_xy9z/file%u", i);
        (void)recording_path(recording, recording_string(recording, temporary), 0, PHASE_STARTUP, ACCESS_WRITE, FILE_REGULAR);
    }
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = derive(recording, APPARMOR_ALLOW_LIST, "all");
    struct err err = ERR_INIT;
    cr_expect_eq(apparmor_policy_check(policy, recording, NULL, &err), 0, "%s", err.sentence);
    cr_expect_gt(policy->file_count, 10000);
}

Test(apparmor_derive, nothing_recorded_is_ever_denied, .timeout = 240)
{
    const char *missing = oracle_missing();
    uint64_t seed = 1234567;
    size_t asked = 0;
    for (unsigned run = 0; run < 40; run++) {
        AUTO(recording_free_cleanup) struct recording *recording = recording_new();
        uint32_t image = recording_image(recording, recording_string(recording, "/usr/bin/app"), STRING_NONE, STRING_NONE);
        random_recording(&seed, recording, image);
        for (unsigned mode = 0; mode < 4; mode++) {
            AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy =
                derive(recording, mode & 1 ? APPARMOR_ALLOW_LIST : APPARMOR_DENY_LIST, mode & 2 ? "none" : "all");
            AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *again = NULL;
            AUTO_BUF struct buf text = BUF_INIT;
            struct err err = ERR_INIT;
            apparmor_policy_write(policy, &text);
            cr_assert_eq(apparmor_policy_parse("own", buf_text(&text), text.length, &again, &err), 0, "%s", err.sentence);
            cr_assert_eq(apparmor_policy_check(again, recording, NULL, &err), 0, "%s\n%s", err.sentence, buf_text(&text));
            if (missing || (run + mode) % 4 != 0)
                continue;
            struct oracle *oracle = mem_zero(1, sizeof(*oracle));
            cr_assert(oracle_compile(buf_text(&text), text.length, oracle), "%s", buf_text(&text));
            oracle_done(oracle);
            free(oracle);
            asked++;
        }
    }
    (void)printf("160 policies deny nothing that was recorded; apparmor_parser took %zu of them%s%s\n", asked,
                 missing ? ": " : "", missing ? missing : "");
}
