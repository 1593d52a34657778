#include "audit/profile_source.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/node_in.h"
#include "model/capability.h"

static const struct node *read_json(struct arena *arena, const char *text)
{
    struct node_stream stream;
    struct err err = ERR_INIT;
    cr_assert_eq(json_read("facts", text, strlen(text), arena, &stream, &err), 0, "%s: %s", text, err.sentence);
    return stream.documents[0];
}

static struct profile_source *find(struct collector *collector, const char *format, enum profile_kind kind, const char *name)
{
    AUTO_FREE char *facts = mem_printf("{\"%s\":{\"type\":\"localhost\",\"profile\":\"%s\"}}", kind == PROFILE_SECCOMP ? "seccomp" : "apparmor", name);
    const struct node *node = read_json(collector->arena, facts);
    return profile_source_of(collector, &(struct subject){.kind = SUBJECT_CONTAINER, .format = format, .facts = node, .where = node}, kind);
}

struct file {
    const char *path, *text; /* without a text a directory */
};

/* Each file has the profile that its first letter says, so that the place it was found in can be told. */
static const struct file files[] = {
    {"a", NULL},
    {"a/apparmor", NULL},
    {"a/apparmor.d", NULL},
    {"apparmor", NULL},
    {"root", NULL},
    {"root/apparmor.d", NULL},
    {"a/beside", "profile beside { capability kill, }"},
    {"a/ending.profile", "profile other {}\nprofile ending { capability kill, }"},
    {"a/apparmor.profile", "profile emitted { capability kill, }"},
    {"a/apparmor/below", "profile below { capability kill, }"},
    {"a/apparmor.d/usr.bin.web", "/usr/bin/web { capability kill, }"},
    {"apparmor/up.apparmor", "profile up { capability kill, }"},
    {"a/wrong", "profile another { capability kill, }"},
    {"a/torn", "profile torn { capability kill"},
    {"root/apparmor.d/rooted", "profile rooted { capability kill, }"},
    {"root/beside", "profile beside { capability chown, }"},
    {"a/s.json", "{\"defaultAction\":\"SCMP_ACT_LOG\"}"},
};

static void make_files(const char *directory)
{
    struct err err = ERR_INIT;
    for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, files[i].path);
        if (!files[i].text)
            cr_assert_eq(mkdir(path, 0700), 0);
        else
            cr_assert_eq(file_write(path, files[i].text, strlen(files[i].text), FILE_REPLACE, 0600, &err), 0, "%s", err.sentence);
    }
}

static void remove_files(const char *directory)
{
    for (size_t i = ARRAY_COUNT(files); i-- > 0;) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, files[i].path);
        cr_expect_eq(remove(path), 0, "%s", path);
    }
    cr_expect_eq(remove(directory), 0);
}

Test(profile_source, finds_apparmor_profiles)
{
    static const struct {
        const char *name;
        bool root;
        enum profile_state state;
        const char *capability;
    } rows[] = {
        {"beside", false, PROFILE_OPEN, "CAP_KILL"},
        {"ending", false, PROFILE_OPEN, "CAP_KILL"},
        {"emitted", false, PROFILE_OPEN, "CAP_KILL"},
        {"below", false, PROFILE_OPEN, "CAP_KILL"},
        {"/usr/bin/web", false, PROFILE_OPEN, "CAP_KILL"},
        {"up", false, PROFILE_OPEN, "CAP_KILL"},
        {"beside", true, PROFILE_OPEN, "CAP_CHOWN"},
        {"rooted", true, PROFILE_OPEN, "CAP_KILL"},
        {"up", true, PROFILE_ABSENT, NULL},
        {"wrong", false, PROFILE_ABSENT, NULL},
        {"torn", false, PROFILE_UNREADABLE, NULL},
        {"../a/beside", false, PROFILE_ABSENT, NULL},
        {"..", false, PROFILE_ABSENT, NULL},
        {"none", false, PROFILE_ABSENT, NULL},
    };
    char directory[] = "/tmp/profgen-source-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    make_files(directory);
    AUTO_FREE char *path = mem_printf("%s/a/x.yaml", directory), *root = mem_printf("%s/root", directory);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        AUTO(context_free_cleanup) struct context *context = context_new();
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
        struct collector collector = {.arena = arena, .context = context, .path = path, .profile_root = rows[i].root ? root : NULL};
        struct profile_source *source = find(&collector, "compose", PROFILE_APPARMOR, rows[i].name);
        bool partial = true;
        cr_assert_not_null(source);
        cr_expect_eq(source->state, rows[i].state, "%s: %u", rows[i].name, source->state);
        cr_expect_eq(source, find(&collector, "kubernetes", PROFILE_APPARMOR, rows[i].name));
        cr_expect_eq(context_find(context, CONTEXT_APPARMOR_PROFILE, "", rows[i].name, NULL), rows[i].state != PROFILE_ABSENT);
        if (rows[i].state != PROFILE_OPEN)
            continue;
        profile_source_apparmor(&collector, source, &policy, &partial);
        cr_expect(apparmor_policy_allows_capability(policy, rows[i].capability), "%s", rows[i].name);
        cr_expect(!apparmor_policy_allows_capability(policy, "CAP_SYS_ADMIN"), "%s", rows[i].name);
        cr_expect_str_eq(policy->name, rows[i].name);
        cr_expect(!partial);
    }
    remove_files(directory);
}

Test(profile_source, policies)
{
    char directory[] = "/tmp/profgen-source-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    make_files(directory);
    AUTO_FREE char *path = mem_printf("%s/a/x.yaml", directory);
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(context_free_cleanup) struct context *context = context_new();
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = NULL;
    struct collector collector = {.arena = arena, .context = context, .path = path};
    struct err err = ERR_INIT;
    struct profile_source *source = find(&collector, "kubernetes", PROFILE_SECCOMP, "s.json");
    cr_assert(source && source->state == PROFILE_OPEN);
    cr_assert_eq(profile_source_seccomp(source, &policy, &err), 0, "%s", err.sentence);
    cr_expect_eq(policy->default_action, SECCOMP_LOG);
    cr_expect_eq(find(&collector, "kubernetes", PROFILE_SECCOMP, "none.json")->state, PROFILE_ABSENT);
    cr_expect_null(find(&collector, "lxc", PROFILE_SECCOMP, "s.json"));
    remove_files(directory);
}

static bool asks(struct arena *arena, const char *rules, const char *path, aa_mask access, bool *ret_partial)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    AUTO_FREE char *text = mem_printf("profile x {\n%s\n}\n", rules);
    struct node *list = node_new_list(arena, NULL);
    struct err err = ERR_INIT;
    cr_assert_eq(apparmor_statements(arena, "x", text, strlen(text), list, NULL, &err), 0, "%s", err.sentence);
    struct profile_source source = {.statements = list, .block = node_first(list), .path = "-"};
    cr_assert(apparmor_head_read(arena, source.block, &source.head));
    profile_source_apparmor(&(struct collector){.arena = arena, .path = "-"}, &source, &policy, ret_partial);
    return apparmor_policy_evaluate(policy, path, strlen(path), access, false, NULL) == 0 && apparmor_policy_allows_other(policy, "ptrace");
}

/* Everything is in the policy, and what is not known is said. */
Test(profile_source, apparmor_rules_together)
{
    static const struct {
        const char *rules, *path;
        aa_mask access;
        bool allowed, partial;
    } rows[] = {
        {"ptrace, /a r,", "/a", AA_READ, true, false},
        {"ptrace, owner /a r,", "/a", AA_READ, false, false},
        {"ptrace, /a rw, deny /a w,", "/a", AA_WRITE, false, false},
        {"/a r,", "/a", AA_READ, false, false},
        {"all,", "/a", AA_WRITE | AA_EXEC, true, false},
        {"ptrace, /a r, include <none>", "/a", AA_READ, true, true},
        {"ptrace, /a r, include if exists <none>", "/a", AA_READ, true, false},
        {"ptrace, /a r, if $x { /b r, }", "/a", AA_READ, true, true},
        {"ptrace, profile inner { /a r, }", "/a", AA_READ, false, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        bool partial = false;
        cr_expect_eq(asks(arena, rows[i].rules, rows[i].path, rows[i].access, &partial), rows[i].allowed, "%s", rows[i].rules);
        cr_expect_eq(partial, rows[i].partial, "%s", rows[i].rules);
    }
}
