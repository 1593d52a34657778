#include "audit/named_profile.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/node_in.h"

/* PROFILE allows what is named and no more; as text within JSON, QUOTED. */
#define PROFILE(names) "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[" names "],\"action\":\"SCMP_ACT_ALLOW\"}]}"
#define QUOTED(name) \
    "{\\\"defaultAction\\\":\\\"SCMP_ACT_ERRNO\\\",\\\"syscalls\\\":[{\\\"names\\\":[\\\"" name "\\\"],\\\"action\\\":\\\"SCMP_ACT_ALLOW\\\"}]}"
#define LOCAL(name) "\"seccomp\":{\"type\":\"localhost\",\"profile\":\"" name "\"}"
#define EFFECTIVE(names) ",\"capabilities\":{\"effective\":[" names "]}"

struct seen {
    struct collector collector; /* first */
    char miss[512];
    unsigned misses;
};

static void __attribute__((format(printf, 3, 4))) take_miss(struct collector *self, const struct node *where, const char *format, ...)
{
    struct seen *seen = (struct seen *)self;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(seen->miss, sizeof(seen->miss), format, arguments);
    va_end(arguments);
    cr_expect_not_null(where);
    seen->misses++;
}

static const struct node *read_json(struct arena *arena, const char *text)
{
    struct node_stream stream;
    struct err err = ERR_INIT;
    cr_assert_eq(json_read("facts", text, strlen(text), arena, &stream, &err), 0, "%s: %s", text, err.sentence);
    return stream.documents[0];
}

static const struct node *judge(struct seen *seen, const char *format, const char *facts)
{
    const struct node *node = read_json(seen->collector.arena, facts);
    named_profile_judge(&seen->collector, &(struct subject){.kind = SUBJECT_CONTAINER, .format = format, .facts = node, .where = node});
    return node_at(node, "seccomp.breadth");
}

static const struct node *probe(const struct node *breadth, const char *call)
{
    for (const struct node *item = node_first(node_get(breadth, "passing")); item; item = item->next)
        if (node_is_text(node_get(item, "call"), call))
            return item;
    return NULL;
}

static void write_text(const char *directory, const char *name, const char *text)
{
    AUTO_FREE char *path = mem_printf("%s/%s", directory, name);
    struct err err = ERR_INIT;
    cr_assert_eq(file_write(path, text, strlen(text), FILE_REPLACE, 0600, &err), 0, "%s", err.sentence);
}

static void write_files(const char *directory)
{
    static const char *const below[] = {"deploy", "deploy/seccomp", "root"};
    for (size_t i = 0; i < ARRAY_COUNT(below); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, below[i]);
        cr_assert_eq(mkdir(path, 0700), 0);
    }
    write_text(directory, "deploy/a.json", PROFILE("\"keyctl\""));
    write_text(directory, "deploy/seccomp/b.json", PROFILE("\"bpf\""));
    write_text(directory, "root/a.json", PROFILE("\"mount\""));
    write_text(directory, "deploy/bad.json", "{\"defaultAction\":\"SCMP_ACT_MAYBE\"}");
    write_text(directory, "deploy/torn.json", "{\"defaultAction\":");
}

static void remove_files(const char *directory)
{
    static const char *const names[] = {"deploy/a.json", "deploy/seccomp/b.json", "root/a.json", "deploy/bad.json", "deploy/torn.json",
                                        "deploy/seccomp", "deploy", "root", ""};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, names[i]);
        cr_expect_eq(remove(path), 0, "%s", path);
    }
}

Test(named_profile, is_found_and_judged)
{
    static const struct {
        const char *format, *facts;
        bool root;        /* with a profile root */
        const char *call; /* that passes; NULL: no profile is opened */
        const char *miss; /* how the sentence begins */
    } rows[] = {
        {"compose", "{" LOCAL("./a.json") "}", false, "keyctl", NULL},
        {"compose", "{" LOCAL("seccomp/b.json") "}", false, "bpf", NULL},
        {"compose", "{" LOCAL("../root/a.json") "}", false, "mount", NULL},
        {"compose", "{" LOCAL("none.json") "}", false, NULL, NULL},
        {"compose", "{" LOCAL("bad.json") "}", false, NULL, "runtimes refuse"},
        {"compose", "{" LOCAL("torn.json") "}", false, NULL, "the seccomp profile that it names is not read: torn.json:1"},
        {"compose", "{" LOCAL("seccomp") "}", false, NULL, "the seccomp profile that it names is not read"},
        {"compose", "{\"seccomp\":{\"type\":\"default\"}}", false, NULL, NULL},
        {"kubernetes", "{" LOCAL("a.json") "}", false, "keyctl", NULL},
        {"kubernetes", "{" LOCAL("b.json") "}", false, "bpf", NULL},
        {"kubernetes", "{" LOCAL("a.json") "}", true, "mount", NULL},
        {"kubernetes", "{" LOCAL("b.json") "}", true, NULL, NULL},
        {"kubernetes", "{" LOCAL("../root/a.json") "}", false, NULL, NULL},
        {"kubernetes", "{" LOCAL("/etc/passwd") "}", false, NULL, NULL},
        {"inspect", "{\"seccomp\":{\"type\":\"localhost\"}}", false, NULL, NULL},
        {"oci", "{\"seccomp\":{\"type\":\"localhost\"},\"raw\":{\"linux\":{\"seccomp\":" PROFILE("\"keyctl\"") "}}}", false, "keyctl", NULL},
        {"oci", "{\"seccomp\":{\"type\":\"localhost\"},\"raw\":{\"linux\":{\"seccomp\":{\"defaultAction\":1}}}}", false, NULL, "runtimes refuse"},
        {"lxc", "{" LOCAL("a.json") "}", false, NULL, NULL},
    };
    char directory[] = "/tmp/profgen-named-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    write_files(directory);
    AUTO_FREE char *path = mem_printf("%s/deploy/x.yaml", directory), *root = mem_printf("%s/root", directory);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        AUTO(context_free_cleanup) struct context *context = context_new();
        struct seen seen = {.collector = {.arena = arena, .context = context, .path = path, .profile_root = rows[i].root ? root : NULL,
                                          .miss = take_miss}};
        const struct node *breadth = judge(&seen, rows[i].format, rows[i].facts);
        cr_expect_eq(breadth != NULL, rows[i].call != NULL, "row %zu: %s", i, seen.miss);
        cr_expect(!rows[i].call || probe(breadth, rows[i].call), "row %zu", i);
        cr_expect_eq(seen.misses, rows[i].miss != NULL, "row %zu: %s", i, seen.miss);
        cr_expect(!rows[i].miss || strncmp(seen.miss, rows[i].miss, strlen(rows[i].miss)) == 0, "row %zu: %s", i, seen.miss);
        const char *name = node_text_at(read_json(arena, rows[i].facts), "seccomp.profile");
        if (rows[i].call && name)
            cr_expect(context_find(context, CONTEXT_SECCOMP_PROFILE, "", name, NULL), "row %zu", i);
    }
    remove_files(directory);
}

#define OCI(names, rest) "{\"seccomp\":{\"type\":\"localhost\"},\"raw\":{\"linux\":{\"seccomp\":" PROFILE(names) "}}" rest "}"

Test(named_profile, capabilities_decide_what_can_be_used)
{
    static const struct {
        const char *facts, *call;
        bool usable, beyond;
    } rows[] = {
        {OCI("\"mount\"", ""), "mount", false, true},
        {OCI("\"mount\"", EFFECTIVE("\"CHOWN\"")), "mount", false, true},
        {OCI("\"mount\"", EFFECTIVE("\"CHOWN\",\"SYS_ADMIN\"")), "mount", true, false},
        {OCI("\"mount\"", EFFECTIVE("\"ALL\"")), "mount", true, false},
        {OCI("\"mount\"", ",\"privileged\":true"), "mount", true, false},
        {OCI("\"keyctl\"", ""), "keyctl", true, true},
        {OCI("\"keyctl\"", EFFECTIVE("\"ALL\"")), "keyctl", true, true},
        {OCI("\"open_by_handle_at\"", EFFECTIVE("\"DAC_READ_SEARCH\"")), "open_by_handle_at", true, false},
        {OCI("\"bpf\"", EFFECTIVE("\"BPF\"")), "bpf", true, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct seen seen = {.collector = {.arena = arena, .path = "x", .miss = take_miss}};
        const struct node *breadth = judge(&seen, "oci", rows[i].facts), *item = probe(breadth, rows[i].call);
        cr_assert_not_null(item, "row %zu: %s", i, seen.miss);
        cr_expect_eq(node_is_true(node_get(item, "usable")), rows[i].usable, "row %zu", i);
        cr_expect_eq(node_get(breadth, "beyond_default") != NULL, rows[i].beyond, "row %zu", i);
    }
}

static const struct node *judge_option(struct seen *seen, const char *option)
{
    AUTO_FREE char *list = mem_printf("{\"security_opt\":[\"%s\"]}", option);
    struct arena *arena = seen->collector.arena;
    const struct node *item = node_first(node_get(read_json(arena, list), "security_opt"));
    struct node *facts = node_new_map(arena, NULL), *seccomp = node_new_map(arena, item);
    node_put(arena, facts, "seccomp", seccomp);
    node_put(arena, seccomp, "type", node_new_text(arena, "localhost", item));
    named_profile_judge(&seen->collector, &(struct subject){.kind = SUBJECT_CONTAINER, .format = "inspect", .facts = facts, .where = facts});
    return node_get(seccomp, "breadth");
}

/* The same text is judged once, and complained of once; after many different ones no more is. */
Test(named_profile, options_of_inspect)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct seen seen = {.collector = {.arena = arena, .path = "x", .miss = take_miss}};
    const struct node *one = judge_option(&seen, "seccomp=" QUOTED("keyctl")), *two = judge_option(&seen, "seccomp:" QUOTED("keyctl"));
    cr_assert(one && two);
    cr_expect(probe(one, "keyctl"));
    cr_expect_eq(node_get(one, "passing"), node_get(two, "passing"));
    cr_expect_null(judge_option(&seen, "seccomp={"));
    cr_expect_null(judge_option(&seen, "seccomp={"));
    cr_expect_eq(seen.misses, 1);
    for (unsigned i = 0; i < 220; i++) {
        AUTO_FREE char *option = mem_printf("seccomp={%u", i);
        cr_expect_null(judge_option(&seen, option));
    }
    cr_expect_str_eq(seen.miss, "the seccomp profile that it names is not read: the file names more profiles than are opened");
}
