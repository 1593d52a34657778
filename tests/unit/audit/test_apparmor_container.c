#include "audit/apparmor_container.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/node_in.h"


static const struct node *breadth_of(struct arena *arena, const char *profile, const char *facts)
{
    struct collector collector = {.arena = arena, .path = "-"};
    struct node_stream stream;
    struct err err = ERR_INIT;
    struct node *list = node_new_list(arena, NULL);
    cr_assert_eq(json_read("facts", facts, strlen(facts), arena, &stream, &err), 0, "%s: %s", facts, err.sentence);
    cr_assert_eq(apparmor_statements(arena, "x", profile, strlen(profile), list, NULL, &err), 0, "%s: %s", profile, err.sentence);
    struct profile_source source = {.state = PROFILE_OPEN, .name = "x", .path = "-", .statements = list, .block = node_first(list)};
    cr_assert(apparmor_head_read(arena, source.block, &source.head));
    const struct situation situation = situation_of(stream.documents[0]);
    return apparmor_breadth_of_container(&collector, &source, &situation);
}

/* "used" "unused" "refused" at that path. */
static const char *answer(const struct node *breadth, const char *path, const char *access)
{
    for (const struct node *item = node_first(node_get(breadth, "passing")); item; item = item->next)
        if (node_is_text(node_get(item, "path"), path) && node_is_text(node_get(item, "access"), access))
            return node_is_true(node_get(item, "usable")) ? "used" : "unused";
    return "refused";
}

#define ALL "profile x { file, }"
#define ADMIN "\"capabilities\":{\"effective\":[\"SYS_ADMIN\"]}"
#define NOBODY "\"user\":{\"id\":1000},\"no_new_privileges\":true"
#define MOUNT(source, target, rest) "\"mounts\":[{\"source\":\"" source "\",\"target\":\"" target "\",\"kind\":\"bind\"" rest "}]"
#define DEVICE(source, target, permissions) "\"devices\":[{\"source\":\"" source "\",\"target\":\"" target "\",\"permissions\":\"" permissions "\"}]"

Test(apparmor_container, what_can_be_used)
{
    static const struct {
        const char *profile, *facts, *path, *access, *answer;
    } rows[] = {
        /* The runtime's masks, and what takes them away. */
        {ALL, "{}", "/proc/sys/kernel/core_pattern", "w", "unused"},
        {ALL, "{\"proc_mount\":\"Unmasked\"}", "/proc/sys/kernel/core_pattern", "w", "used"},
        {ALL, "{\"proc_mount\":\"Unmasked\"}", "/sys/kernel/uevent_helper", "w", "unused"},
        {ALL, "{\"privileged\":true}", "/proc/sys/kernel/core_pattern", "w", "used"},
        {ALL, "{\"privileged\":true}", "/sys/kernel/uevent_helper", "w", "used"},
        {ALL, "{\"privileged\":true," NOBODY "}", "/sys/kernel/uevent_helper", "w", "unused"},
        {ALL, "{\"privileged\":true,\"pod\":{\"host_users\":false}}", "/sys/kernel/uevent_helper", "w", "unused"},
        {ALL, "{" ADMIN "}", "/proc/sys/kernel/core_pattern", "w", "unused"},
        {"profile x { file, mount, }", "{" ADMIN "}", "/proc/sys/kernel/core_pattern", "w", "used"},
        {"profile x { file, umount, }", "{" ADMIN "}", "/sys/kernel/uevent_helper", "w", "used"},
        {"profile x { file, mount, }", "{}", "/proc/sys/kernel/core_pattern", "w", "unused"},
        {"profile x { file, mount, deny mount, }", "{" ADMIN "}", "/proc/sys/kernel/core_pattern", "w", "unused"},
        {"profile x { file, deny /proc/sys/** w, }", "{\"privileged\":true}", "/proc/sys/kernel/core_pattern", "w", "refused"},
        {"profile x { /etc/** r, }", "{\"privileged\":true}", "/proc/sys/kernel/core_pattern", "w", "refused"},
        /* Capabilities that the kernel asks for. */
        {ALL, "{}", "/proc/kallsyms", "r", "unused"},
        {ALL, "{\"capabilities\":{\"effective\":[\"SYSLOG\"]}}", "/proc/kallsyms", "r", "used"},
        {ALL, "{\"privileged\":true}", "/proc/kcore", "r", "used"},
        {ALL, "{\"proc_mount\":\"Unmasked\"}", "/proc/kcore", "r", "unused"},
        /* Sockets and directories of the host are where they are mounted. */
        {ALL, "{}", "/run/docker.sock", "rw", "unused"},
        {ALL, "{" MOUNT("/var/run/docker.sock", "/var/run/docker.sock", "") "}", "/run/docker.sock", "rw", "used"},
        {ALL, "{" MOUNT("/var/run/docker.sock", "/var/run/docker.sock", "") "}", "/var/run/docker.sock", "rw", "used"},
        {ALL, "{" MOUNT("/run/docker.sock", "/d.sock", ",\"read_only\":true") "," NOBODY "}", "/d.sock", "rw", "used"},
        {ALL, "{" MOUNT("/run", "/host/run", "") "}", "/host/run/containerd/containerd.sock", "rw", "used"},
        {ALL, "{" MOUNT("/", "/host", "") "}", "/host/etc/shadow", "w", "used"},
        {ALL, "{" MOUNT("/", "/host", "") "}", "/host/proc/sysrq-trigger", "w", "used"},
        {ALL, "{" MOUNT("/", "/host", ",\"read_only\":true") "}", "/host/etc/shadow", "w", "unused"},
        {ALL, "{" MOUNT("/", "/host", ",\"read_only\":true") "}", "/host/etc/shadow", "r", "used"},
        {ALL, "{" MOUNT("/", "/host", "") "," NOBODY "}", "/host/etc/shadow", "r", "unused"},
        {ALL, "{" MOUNT("/", "/host", "") ",\"pod\":{\"host_users\":false}}", "/host/etc/shadow", "w", "unused"},
        {"profile x { file, deny /host/** w, }", "{" MOUNT("/", "/host", "") "}", "/host/etc/shadow", "w", "refused"},
        {ALL, "{" MOUNT("/sys", "/sys", "") "}", "/sys/kernel/uevent_helper", "w", "used"},
        {ALL, "{" MOUNT("/opt", "/etc", "") "}", "/etc/cron.d/profgen-any", "w", "used"}, /* the image's own, root may write it */
        {ALL, "{\"mounts\":[{\"source\":\"cache\",\"target\":\"/run\",\"kind\":\"volume\"}]}", "/run/docker.sock", "rw", "unused"},
        /* Devices. */
        {ALL, "{}", "/dev/kvm", "rw", "unused"},
        {ALL, "{\"privileged\":true}", "/dev/kvm", "rw", "used"},
        {ALL, "{" DEVICE("/dev/kvm", "/dev/kvm", "rwm") "}", "/dev/kvm", "rw", "used"},
        {ALL, "{" DEVICE("/dev/sda", "/dev/xvda", "rwm") "}", "/dev/xvda", "rw", "used"},
        {ALL, "{" DEVICE("/dev/sda", "/dev/xvda", "r") "}", "/dev/xvda", "rw", "unused"},
        {"profile x { file, deny /dev/xvda rw, }", "{" DEVICE("/dev/sda", "/dev/xvda", "rwm") "}", "/dev/xvda", "rw", "refused"},
        /* The image's files, and the token. */
        {ALL, "{}", "/etc/shadow", "w", "used"},
        {ALL, "{\"read_only_root\":true}", "/etc/shadow", "w", "unused"},
        {ALL, "{\"read_only_root\":true}", "/etc/shadow", "r", "used"},
        {ALL, "{" NOBODY "}", "/etc/shadow", "r", "unused"},
        {ALL, "{}", "/run/secrets/kubernetes.io/serviceaccount/token", "r", "unused"},
        {ALL, "{\"pod\":{\"service_account_token\":true}}", "/run/secrets/kubernetes.io/serviceaccount/token", "r", "used"},
        /* Modes in which nothing is refused but what is denied. */
        {"profile x flags=(complain) { /a r, }", "{\"privileged\":true}", "/sys/kernel/uevent_helper", "w", "used"},
        {"profile x flags=(complain) { deny /sys/** w, }", "{\"privileged\":true}", "/sys/kernel/uevent_helper", "w", "refused"},
        {"profile x flags=(unconfined) { }", "{" MOUNT("/run/docker.sock", "/d.sock", "") "}", "/d.sock", "rw", "used"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        const struct node *breadth = breadth_of(arena, rows[i].profile, rows[i].facts);
        cr_expect_str_eq(answer(breadth, rows[i].path, rows[i].access), rows[i].answer, "row %zu: %s %s", i, rows[i].profile, rows[i].facts);
    }
}

static void expect_list(const struct node *list, const char *expected, size_t row)
{
    AUTO_BUF struct buf words = BUF_INIT;
    for (const struct node *item = node_first(list); item; item = item->next)
        buf_printf(&words, "%s%s", words.length ? " " : "", node_text(item));
    cr_expect_str_eq(buf_text(&words), expected, "row %zu: %s", row, buf_text(&words));
}

Test(apparmor_container, capabilities_and_kinds)
{
    static const struct {
        const char *profile, *facts, *capabilities, *kinds;
    } rows[] = {
        {"profile x { capability, mount, ptrace, userns, }", "{}", "", "userns"},
        {"profile x { capability sys_admin, mount, }", "{" ADMIN "}", "SYS_ADMIN", "mount"},
        {"profile x { capability, deny capability sys_admin, mount options=ro /a -> /b, }", "{" ADMIN "}", "", "mount"},
        {"profile x { mount, deny mount, pivot_root, remount, umount, }", "{" ADMIN "}", "", "remount umount pivot_root"},
        {"profile x { ptrace read, }", "{\"namespaces\":{\"pid\":\"host\"}}", "", "ptrace"},
        {"profile x { ptrace, deny ptrace, }", "{\"namespaces\":{\"pid\":\"host\"}}", "", ""},
        {"profile x { ptrace, }", "{\"capabilities\":{\"effective\":[\"SYS_PTRACE\"]}}", "", "ptrace"},
        {"profile x { ptrace, capability, }", "{\"capabilities\":{\"effective\":[\"SYS_PTRACE\"]}," NOBODY "}", "", ""},
        {"profile x { all, }", "{" ADMIN "}", "SYS_ADMIN", "mount remount umount pivot_root userns"},
        {"profile x flags=(complain) { deny capability sys_admin, deny umount, }", "{\"capabilities\":{\"effective\":[\"SYS_ADMIN\",\"KILL\"]}}", "KILL",
         "mount remount pivot_root userns"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        const struct node *breadth = breadth_of(arena, rows[i].profile, rows[i].facts);
        expect_list(node_get(breadth, "capabilities"), rows[i].capabilities, i);
        expect_list(node_get(breadth, "kinds"), rows[i].kinds, i);
    }
}

Test(apparmor_container, what_is_not_known_is_said)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    cr_expect(node_is_true(node_get(breadth_of(arena, "profile x {\ninclude <none>\n}", "{}"), "partial")));
    cr_expect(node_is_false(node_get(breadth_of(arena, "profile x {\ninclude if exists <none>\n}", "{}"), "partial")));
    cr_expect_str_eq(node_text_at(breadth_of(arena, "profile x flags=(complain) { }", "{}"), "mode"), "complain");
}

/* What is the host's is worse than the image's own. */
Test(apparmor_container, severity_of_what_is_the_hosts)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    const struct node *breadth = breadth_of(arena, ALL, "{" MOUNT("/etc", "/e", "") "}");
    for (const struct node *item = node_first(node_get(breadth, "passing")); item; item = item->next) {
        bool own = node_is_text(node_get(item, "path"), "/etc/shadow"), hosts = node_is_text(node_get(item, "path"), "/e/shadow");
        cr_expect(!own || node_is_text(node_get(item, "severity"), "medium"));
        cr_expect(!hosts || node_is_text(node_get(item, "severity"), "high"));
        cr_expect(!own || node_is_false(node_get(item, "host")));
        cr_expect(!hosts || node_is_true(node_get(item, "host")));
    }
    cr_expect_str_eq(answer(breadth, "/e/shadow", "w"), "used");
}
