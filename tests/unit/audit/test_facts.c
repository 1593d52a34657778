#include <criterion/criterion.h>
#include <inttypes.h>

#include "audit/collect.h"
#include "support/facts_text.h"

Test(facts, quantities_are_exact)
{
    static const struct {
        const char *text;
        bool good;
        int64_t thousandths;
    } rows[] = {
        {"0", true, 0},
        {"1", true, 1000},
        {"100m", true, 100},
        {"0.1", true, 100},
        {".5", true, 500},
        {"5.", true, 5000},
        {"+2", true, 2000},
        {"-2", true, -2000},
        {"1k", true, 1000 * 1000},
        {"1Ki", true, 1024 * 1000},
        {"1.5Gi", true, INT64_C(1610612736) * 1000},
        {"2Ti", true, (INT64_C(2) << 40) * 1000},
        {"1P", true, INT64_C(1000000000000000) * 1000},
        {"1e3", true, 1000 * 1000},
        {"1E3", true, 1000 * 1000},
        {"12e-3", true, 12},
        {"1E", true, INT64_C(1000000000000000000) > INT64_MAX / 1000 ? INT64_MAX : 0},
        {"1Pi", true, (INT64_C(1) << 50) * 1000},
        {"1Ei", true, INT64_MAX},
        {"-1Ei", true, -INT64_MAX},
        {"129e6", true, INT64_C(129000000) * 1000},
        {"128974848000m", true, INT64_C(128974848000)},
        /* Below a thousandth: rounded away from zero, as resource.Quantity does. */
        {"1u", true, 1},
        {"1n", true, 1},
        {"1000u", true, 1},
        {"1001u", true, 2},
        {"-1n", true, -1},
        {"0.0001", true, 1},
        {"0.123456789012345678901234567890", true, 124},
        {"0.000000000000000000000000000000000000000000001", true, 1},
        {"0.00000000000000000000000000000", true, 0},
        {"1e-9999999999", true, 1},
        {"1e9999999999", true, INT64_MAX},
        {"0e9999999999", true, 0},
        {"100000000000000000000000000000e-29", true, 1000},
        {"99999999999999999999999999999999999999999", true, INT64_MAX},
        {"", false, 0},
        {".", false, 0},
        {"-", false, 0},
        {"m", false, 0},
        {"1 ", false, 0},
        {" 1", false, 0},
        {"1K", false, 0},
        {"1ki", false, 0},
        {"1mi", false, 0},
        {"1GiB", false, 0},
        {"1e", false, 0},
        {"1e+", false, 0},
        {"1e1.5", false, 0},
        {"1.2.3", false, 0},
        {"0x10", false, 0},
        {"one", false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t value = 0;
        bool good = facts_quantity(rows[i].text, &value);
        cr_expect_eq(good, rows[i].good, "\"%s\"", rows[i].text);
        cr_expect(!good || value == rows[i].thousandths, "\"%s\" gives %" PRId64, rows[i].text, value);
    }
}

Test(facts, sizes_of_docker)
{
    static const struct {
        const char *text;
        bool good;
        int64_t bytes;
    } rows[] = {
        {"0", true, 0},       {"1024", true, 1024},      {"-1", true, -1},          {"512m", true, 512 << 20},
        {"512M", true, 512 << 20}, {"512mb", true, 512 << 20}, {"512MiB", true, 512 << 20}, {"512Mi", true, 512 << 20},
        {"1g", true, 1 << 30}, {"1.5g", true, 3 << 29},  {"64 k", true, 64 << 10},  {"10b", true, 10},
        {"1t", true, INT64_C(1) << 40}, {"2p", true, INT64_C(2) << 50}, {"9e", true, INT64_MAX}, {"0.5", true, 0},
        {"", false, 0},       {"m", false, 0},           {"1x", false, 0},          {"1mm", false, 0},
        {"-1m", false, 0},    {"1 mb ", false, 0},       {"+1", false, 0},          {"1  m", false, 0},
        {"max", false, 0},    {"50%", false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t value = 0;
        bool good = facts_bytes(rows[i].text, &value);
        cr_expect_eq(good, rows[i].good, "\"%s\"", rows[i].text);
        cr_expect(!good || value == rows[i].bytes, "\"%s\" gives %" PRId64, rows[i].text, value);
    }
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

Test(facts, image_references)
{
    static const struct {
        const char *reference;
        const char *parts;
    } rows[] = {
        {"nginx", "registry=docker.io\nrepository=library/nginx\n"},
        {"nginx:1.27", "registry=docker.io\nrepository=library/nginx\ntag=1.27\n"},
        {"docker.io/nginx", "registry=docker.io\nrepository=library/nginx\n"},
        {"index.docker.io/nginx", "registry=docker.io\nrepository=library/nginx\n"},
        {"bitnami/redis:7", "registry=docker.io\nrepository=bitnami/redis\ntag=7\n"},
        /* A port is no tag. */
        {"registry:5000/app", "registry=registry:5000\nrepository=app\n"},
        {"registry:5000/team/app:1.2@sha256:" HEX64,
         "registry=registry:5000\nrepository=team/app\ntag=1.2\ndigest=sha256:" HEX64 "\n"},
        {"localhost/app", "registry=localhost\nrepository=app\n"},
        {"localhost:5000/app:v1", "registry=localhost:5000\nrepository=app\ntag=v1\n"},
        {"ghcr.io/a/b/c:x_1.Y-2", "registry=ghcr.io\nrepository=a/b/c\ntag=x_1.Y-2\n"},
        {"[::1]:5000/app", "registry=[::1]:5000\nrepository=app\n"},
        {"REG/app", "registry=REG\nrepository=app\n"},
        {"app@sha256:" HEX64, "registry=docker.io\nrepository=library/app\ndigest=sha256:" HEX64 "\n"},
        {"sha256:" HEX64, "digest=sha256:" HEX64 "\n"},
        {HEX64, "digest=sha256:" HEX64 "\n"},
        {"a__b/c--d", "registry=docker.io\nrepository=a__b/c--d\n"},
        /* Not references: what they would be of is not made up. */
        {"Nginx", ""},
        {"nginx:", ""},
        {"nginx:-x", ""},
        {"nginx@sha256:12", ""},
        {"/nginx", ""},
        {"a//b", ""},
        {"a/", ""},
        {"-a", ""},
        {"${IMAGE}:1", ""},
        {"nginx latest", ""},
        {"", ""},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_BUF struct buf got = BUF_INIT, want = BUF_INIT;
        const struct node *image = facts_image(arena, node_new_text(arena, rows[i].reference, NULL));
        facts_text("", image, &got);
        buf_printf(&want, "reference=%s\n%s", rows[i].reference, rows[i].parts);
        cr_expect_str_eq(buf_text(&got), buf_text(&want));
    }
    cr_expect_null(facts_image(arena, node_new_list(arena, NULL)));
    cr_expect_null(facts_image(arena, NULL));
}

Test(facts, paths)
{
    static const char *const rows[][2] = {
        {"/", "/"}, {"//", "/"}, {"/a/", "/a"}, {"/a//b", "/a/b"}, {"/./a/.", "/a"}, {"/a/../b", "/b"}, {"/..", "/"},
        {"/../../a", "/a"}, {"/a/b/../..", "/"}, {"/var/run/../run/docker.sock", "/var/run/docker.sock"},
        {"/...", "/..."}, {"/a/..b", "/a/..b"}, {"/a/.b/", "/a/.b"}, {"a/../b", "a/../b"}, {"./a", "./a"}, {"", ""},
        {"~/x/", "~/x/"}, {"C:\\x", "C:\\x"},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_str_eq(facts_path(arena, rows[i][0]), rows[i][1], "%s gives %s", rows[i][0], facts_path(arena, rows[i][0]));
}

static struct node *list_of(struct arena *arena, const char *words)
{
    struct node *list = node_new_list(arena, NULL);
    while (*words) {
        size_t length = strcspn(words, ",");
        node_append(list, node_new_text(arena, arena_dup(arena, words, length), NULL));
        words += length + (words[length] == ',');
    }
    return list;
}

#define DOCKER_REST "FSETID,KILL,SETGID,SETUID,SETPCAP,NET_BIND_SERVICE"

Test(facts, effective_capabilities)
{
    static const char all[] = "*"; /* 41 of them */
    static const struct {
        const char *engine, *add, *drop;
        bool privileged;
        const char *effective;
    } rows[] = {
        {"docker", "", "", false,
         "CHOWN,DAC_OVERRIDE,FOWNER," DOCKER_REST ",NET_RAW,SYS_CHROOT,MKNOD,AUDIT_WRITE,SETFCAP"},
        {"containerd", "", "", false,
         "CHOWN,DAC_OVERRIDE,FOWNER," DOCKER_REST ",NET_RAW,SYS_CHROOT,MKNOD,AUDIT_WRITE,SETFCAP"},
        {"podman", "", "", false, "CHOWN,DAC_OVERRIDE,FOWNER," DOCKER_REST ",SYS_CHROOT,SETFCAP"},
        {"cri-o", "", "", false, "CHOWN,DAC_OVERRIDE,FOWNER," DOCKER_REST},
        {"lxc", "", "", false, all},
        {"docker", "SYS_ADMIN", "ALL", false, "SYS_ADMIN"},
        {"docker", "cap_sys_admin", "all", false, "SYS_ADMIN"},
        {"containerd", "SYS_ADMIN", "ALL", false, "SYS_ADMIN"},
        {"docker", "ALL", "", false, all},
        {"docker", "", "ALL", true, all},
        {"docker", "", "ALL", false, ""},
        /* Both name the same: Docker adds last, the CRI drops last. */
        {"docker", "NET_RAW", "ALL,NET_RAW", false, "NET_RAW"},
        {"containerd", "NET_RAW", "ALL,NET_RAW", false, ""},
        {"docker", "ALL", "ALL", false, all},
        {"containerd", "ALL", "ALL", false, ""},
        {"docker", "NO_SUCH", "ALL", false, ""},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct node *capabilities = node_new_map(arena, NULL);
        node_put(arena, capabilities, "add", list_of(arena, rows[i].add));
        node_put(arena, capabilities, "drop", list_of(arena, rows[i].drop));
        facts_effective_capabilities(arena, capabilities, rows[i].engine, rows[i].privileged);
        AUTO_BUF struct buf got = BUF_INIT;
        const struct node *effective = node_get(capabilities, "effective");
        for (const struct node *one = node_first(effective); one; one = one->next)
            buf_printf(&got, "%s%s", got.length ? "," : "", one->text);
        if (rows[i].effective == all)
            cr_expect_eq(node_count(effective), 41, "row %zu: %s", i, buf_text(&got));
        else
            cr_expect_str_eq(buf_text(&got), rows[i].effective, "row %zu: %s", i, buf_text(&got));
    }
}

Test(facts, capability_names)
{
    static const char *const rows[][2] = {
        {"CAP_SYS_ADMIN", "SYS_ADMIN"}, {"sys_admin", "SYS_ADMIN"}, {"cap_net_raw", "NET_RAW"}, {"all", "ALL"}, {"", ""},
    };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_str_eq(facts_capability(arena, node_new_text(arena, rows[i][0], NULL))->text, rows[i][1]);
    cr_expect_null(facts_capability(arena, node_new_map(arena, NULL)));
}

Test(facts, commands)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    const struct node *words = list_of(arena, "sh,-c,echo  a  b"), *text = node_new_text(arena, "  run \t it\nnow ", NULL);
    cr_expect_str_eq(facts_command(arena, words, NULL)->text, "sh -c echo  a  b");
    cr_expect_str_eq(facts_command(arena, text, NULL)->text, "run it\nnow");
    cr_expect_str_eq(facts_command(arena, words, text)->text, "sh -c echo  a  b run it\nnow");
    cr_expect_str_eq(facts_command(arena, NULL, words)->text, "sh -c echo  a  b");
    cr_expect_null(facts_command(arena, NULL, NULL));
    cr_expect_null(facts_command(arena, node_new_list(arena, NULL), NULL));
}
