#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/apparmor_breadth.h"
#include "audit/source.h"
#include "base/file.h"
#include "data.h"
#include "model/finding.h"
#include "support/collected.h"

/* Facts of the profile that stands first in the text. */
static const struct node *facts_of(const char *text, const char *path, struct arena *arena)
{
    struct node_stream stream;
    struct err err = ERR_INIT;
    struct apparmor_source file;
    struct apparmor_head head;
    cr_assert_eq(apparmor_read("a", text, strlen(text), arena, &stream, &err), 0, "%s: %s", text, err.sentence);
    const struct node *statements = node_get(stream.documents[0], "apparmor");
    apparmor_source_start(&file, arena, path, statements);
    for (const struct node *one = node_first(statements); one; one = one->next)
        if (apparmor_head_read(arena, one, &head))
            return apparmor_breadth_facts(&file, one, &head, head.name);
    cr_assert_fail("no profile in %s", text);
    return NULL;
}

static const struct node *item_with(const struct node *list, const char *key, const char *text)
{
    for (const struct node *item = node_first(list); item; item = item->next)
        if (node_is_text(key ? node_get(item, key) : item, text))
            return item;
    return NULL;
}

#define P(body) "profile p {\n" body "\n}\n"

Test(apparmor_breadth, probes_pass_as_the_rules_say)
{
    static const struct {
        const char *text, *probe;
        unsigned line; /* of the rule that lets it through; 0: none */
    } rows[] = {
        {P("  /proc/** rw,"), "core-pattern", 2},
        {P("  /proc/** r,"), "core-pattern", 0},
        {P("  /proc/** r,\n  @{PROC}/sys/kernel/* w,"), "core-pattern", 3},
        {P("  /proc/** rw,\n  deny /proc/sys/** w,"), "core-pattern", 0},
        {P("  deny /proc/sys/** r,\n  /proc/** rw,"), "core-pattern", 3},
        {P("  file,"), "core-pattern", 2},
        {P("  allow file,\n  deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,"), "core-pattern", 0},
        {P("  all,"), "core-pattern", 2},
        {P("  owner /etc/** rw,"), "shadow-read", 2},
        {P("  /etc/shado[v-x] r,"), "shadow-read", 2},
        {P("  /etc/shadow w,"), "shadow-read", 0},
        {P("  @{run}/docker.sock rw,"), "docker-socket", 2},
        {P("  @{run}/docker.sock r,"), "docker-socket", 0},
        {"@{D}=/var /run\n" P("  @{D}/docker.sock rw,"), "docker-socket", 3},
        {"@{run}=/elsewhere/\n" P("  @{run}/docker.sock rw,"), "docker-socket", 0},
        {P("  deny {\n  /proc/** w,\n  }\n  /proc/** rw,"), "core-pattern", 0},
        {P("  owner {\n    /etc/shadow r,\n  }"), "shadow-read", 3},
        {P("  profile child {\n    /etc/shadow r,\n  }"), "shadow-read", 0},
        {P("  ^hat {\n    /etc/shadow r,\n  }"), "shadow-read", 0},
        {P("  # /etc/shadow r,\n  /etc/x r, # /etc/shadow r,"), "shadow-read", 0},
        {P("  /etc/x r, /etc/shadow r,"), "shadow-read", 2},
        {P("  \"/etc/{a,shadow}\"\n    r,"), "shadow-read", 2},
        {P("  if $x {\n    /etc/shadow r,\n  }"), "shadow-read", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        const struct node *item = item_with(node_get(facts_of(rows[i].text, "-", arena), "passing"), "probe", rows[i].probe);
        cr_expect_eq(item ? node_origin(item)->line : 0, rows[i].line, "row %zu: %s", i, rows[i].text);
    }
}

Test(apparmor_breadth, facts_of_rules)
{
    static const struct {
        const char *text, *list, *key, *value;
        bool there;
    } rows[] = {
        {P("file,"), "bare", NULL, "file", true},
        {P("file /x r,"), "bare", NULL, "file", false},
        {P("/** rwlkmix,"), "bare", NULL, "file", false},
        {P("capability,"), "bare", NULL, "capability", true},
        {P("capability,\ndeny capability,"), "bare", NULL, "capability", false},
        {P("capability,\ndeny capability chown,"), "bare", NULL, "capability", true},
        {P("capability,\ndeny capability dac_read_search net_admin net_raw sys_module sys_rawio sys_ptrace sys_admin sys_boot"
           " sys_time audit_control mac_override mac_admin perfmon bpf,"),
         "bare", NULL, "capability", false},
        {P("capability chown,"), "bare", NULL, "capability", false},
        {P("mount,"), "bare", NULL, "mount", true},
        {P("mount fstype=tmpfs -> /x,"), "bare", NULL, "mount", false},
        {P("deny mount,"), "bare", NULL, "mount", false},
        {P("all,"), "bare", NULL, "ptrace", true},
        {P("network,"), "bare", NULL, "network", true},
        {P("network inet,"), "bare", NULL, "network", false},
        {P("capability sys_admin chown,"), "capabilities", NULL, "SYS_ADMIN", true},
        {P("capability sys_admin,\ndeny capability sys_admin,"), "capabilities", NULL, "SYS_ADMIN", false},
        {P("capability,\ndeny capability sys_admin,"), "capabilities", NULL, "SYS_ADMIN", false},
        {P("capability,\ndeny capability sys_admin,"), "capabilities", NULL, "SYS_MODULE", true},
        {P("/a/** rw,\ndeny /a/b/* w,"), "leaks", "path", "/a/b/x/x", true},
        {P("/a/** rw,\ndeny /a/b/** w,"), "leaks", "path", "/a/b/x/x", false},
        {P("/a/** rw,\ndeny /a/b/* w,\ndeny /a/b/*/** w,"), "leaks", "path", "/a/b/x/x", false},
        {P("/a/** r,\ndeny /a/b/* w,"), "leaks", "path", "/a/b/x/x", false},
        {P("/a/* rw,\ndeny /a/b a,"), "leaks", "path", "/a/b", true},
        {P("/a/* rw,\ndeny /a/b w,"), "leaks", "path", "/a/b", false},
        {P("/a/** rwix,"), "write_exec", "path", "/a/x", true},
        {P("/a/** rw,\n/a/bin/* ix,"), "write_exec", "path", "/a/bin/x", true},
        {P("/a/** rw,\n/a/bin/* ix,\ndeny /a/bin/** w,"), "write_exec", "path", "/a/bin/x", false},
        {P("/a/{b,c} a,\n/a/b ix,"), "write_exec", "path", "/a/b", true},
        {P("/a/** rw,\n/b/** ix,"), "write_exec", "pattern", "/b/**", false},
        {P("/x ux,"), "exec", "unconfined", "true", true},
        {P("/x PUx,"), "exec", "unconfined", "true", true},
        {P("/x px -> other,"), "exec", "target", "other", true},
        {P("/x px,"), "exec", "unconfined", "true", false},
        {P("/** px,"), "exec", "wide", "true", true},
        {P("/usr/bin/* px,"), "exec", "wide", "true", false},
        {P("deny /x x,"), "exec", "pattern", "/x", false},
        {P("change_profile,"), "change_profile", "unconfined", "true", true},
        {P("change_profile -> unconfined,"), "change_profile", "unconfined", "true", true},
        {P("change_profile -> web,"), "change_profile", "unconfined", "true", false},
        {P("deny change_profile,"), "change_profile", "unconfined", "true", false},
        {P("include <abstractions/none>"), "unresolved", NULL, "abstractions/none", true},
        {P("#include <abstractions/none>"), "unresolved", NULL, "abstractions/none", true},
        {P("include if exists <local/none>"), "unresolved", NULL, "local/none", false},
        {P("include if exists <local/none>"), "includes", "name", "local/none", true},
        {P("include \"/etc/passwd\""), "unresolved", NULL, "/etc/passwd", true},
        {P("include <../../../../../etc/passwd>"), "unresolved", NULL, "../../../../../etc/passwd", true},
        {P("@{nowhere}/x r,"), "unread", "text", "@{nowhere}/x r", true},
        {P("priority=high /x r,"), "unread", "text", "priority=high /x r", true},
        {P("if $x {\n  /y r,\n}"), "unread", "text", "if $x", true},
        {P("/x qq,"), "unread", "text", "/x qq", true},
        {P("/x r,"), "unread", "text", "/x r", false},
        {"profile p flags=(complain, attach_disconnected) {\n}\n", "flags", NULL, "attach_disconnected", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        const struct node *list = node_get(facts_of(rows[i].text, "-", arena), rows[i].list);
        cr_expect_eq(item_with(list, rows[i].key, rows[i].value) != NULL, rows[i].there, "row %zu: %s of %s", i, rows[i].list, rows[i].text);
    }
}

Test(apparmor_breadth, heads)
{
    static const struct {
        const char *head, *name, *attachment, *mode;
    } rows[] = {
        {"profile p", "p", NULL, "enforce"},
        {"profile p flags=(complain)", "p", NULL, "complain"},
        {"profile \"a b\" /x flags = ( unconfined )", "a b", "/x", "unconfined"},
        {"/usr/bin/{a,b} (kill)", "/usr/bin/{a,b}", "/usr/bin/{a,b}", "kill"},
        {"profile p /usr/{bin,sbin}/p xattrs=(user.x=complain) flags=(attach_disconnected)", "p", "/usr/{bin,sbin}/p", "enforce"},
        {"@{X}/bin/p", "@{X}/bin/p", "@{X}/bin/p", "enforce"},
        {"hat h flags=(prompt)", "h", NULL, "prompt"},
        {"^h", "h", NULL, "enforce"},
        {"profile p flags=(default_allow)", "p", NULL, "default_allow"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        AUTO_FREE char *text = mem_printf("%s {\n}\n", rows[i].head);
        const struct node *facts = facts_of(text, "-", arena);
        cr_expect_str_eq(node_text_at(facts, "name"), rows[i].name);
        cr_expect_str_eq(node_text_at(facts, "mode"), rows[i].mode, "%s", text);
        const char *attachment = node_text_at(facts, "attachment");
        cr_expect(attachment == rows[i].attachment || (attachment && rows[i].attachment && strcmp(attachment, rows[i].attachment) == 0), "%s", text);
    }
}

Test(apparmor_breadth, what_cannot_be_taken_apart_is_refused_with_its_line)
{
    static const struct {
        const char *text;
        uint32_t line;
        bool kept; /* the profile before it is judged all the same */
    } rows[] = {
        {"profile p {\n  /x r,\n", 3, true},          {"profile p {\n}\n}\n", 3, true},
        {"profile p {\n  /x r\n}\n", 3, true},         {"profile p {\n  \"/x r,\n}\n", 2, true},
        {"abi <abi/3.0>,\n/x r,\n}\n", 3, false},      {"profile p {\n  /x r,\n}\nrest", 4, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        cr_expect_lt(apparmor_read("a", rows[i].text, strlen(rows[i].text), arena, &stream, &err), 0, "row %zu", i);
        cr_expect_eq(stream.error_line, rows[i].line, "row %zu: %u: %s", i, stream.error_line, err.sentence);
        cr_expect_eq(stream.count, rows[i].kept, "row %zu", i);
    }
}

Test(apparmor_breadth, children_and_hats_are_subjects)
{
    AUTO_COLLECTED struct collected collected;
    collected_read(&collected, &document_kind_apparmor, "x",
                   "profile a {\n  profile b flags=(complain) {\n    ^c {\n    }\n  }\n  /x r,\n}\n/y {\n}\n", apparmor_read);
    cr_expect_eq(collected.subjects, 4);
    cr_expect(collected_has("facts", &collected.facts,
                            "a: mode=enforce@1:1\na//b: mode=complain@2:3\na//b//c: name=a//b//c@3:5\n/y: attachment=/y@8:1\n"));
    cr_expect_eq(collected.misses.length, 0);
}

static void write_text(const char *directory, const char *name, const char *text)
{
    AUTO_FREE char *path = mem_printf("%s/%s", directory, name);
    struct err err = ERR_INIT;
    cr_assert_eq(file_write(path, text, strlen(text), FILE_REPLACE, 0600, &err), 0, "%s", err.sentence);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

Test(apparmor_breadth, includes_beside_the_file)
{
    char directory[] = "/tmp/profgen-aa-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    static const char *const below[] = {"abstractions", "tunables", "parts", "deep"};
    for (size_t i = 0; i < ARRAY_COUNT(below); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", directory, below[i]);
        cr_assert_eq(mkdir(path, 0700), 0);
    }
    write_text(directory, "abstractions/one", "  /etc/sh@{WHAT} r,\n  include <abstractions/one>\n  include <abstractions/two>\n  /odd qq,\n");
    write_text(directory, "abstractions/two", "  capability sys_admin,\n");
    write_text(directory, "tunables/global", "@{WHAT}=adow\n");
    write_text(directory, "parts/a", "  /dev/mem rw,\n");
    write_text(directory, "parts/b.dpkg-old", "  /dev/sda rw,\n");
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO_FREE char *path = mem_printf("%s/deep/p", directory);
    const struct node *facts = facts_of(
        "include <tunables/global>\nprofile p {\n  include <abstractions/one>\n  include <parts>\n  include <parts/none>\n}\n", path, arena);
    const struct node *passing = node_get(facts, "passing"), *shadow = item_with(passing, "probe", "shadow-read");
    cr_assert_not_null(shadow);
    cr_expect_eq(node_origin(shadow)->line, 3);
    cr_expect(item_with(node_get(facts, "capabilities"), NULL, "SYS_ADMIN"));
    cr_expect(item_with(passing, "probe", "device-memory"));
    cr_expect_not(item_with(passing, "probe", "disk"));
    cr_expect_eq(node_count(node_get(facts, "unresolved")), 1);
    /* what another file says is not repeated */
    cr_expect_eq(node_count(node_get(facts, "unread")), 1);
    cr_expect(item_with(node_get(facts, "unread"), "text", "include <abstractions/one>"));
    cr_expect(node_is_true(node_get(facts, "partial")));
    cr_expect_eq(nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

Test(apparmor_breadth, probes_are_absolute_and_graded)
{
    cr_expect_geq(data_apparmor_probes_count, 40);
    for (size_t i = 0; i < data_apparmor_probes_count; i++) {
        const struct data_apparmor_probes *probe = &data_apparmor_probes[i];
        enum severity severity;
        cr_expect_eq(probe->path[0], '/');
        cr_expect_eq(probe->access[strspn(probe->access, "rw")], '\0', "%s", probe->probe);
        cr_expect(severity_parse(probe->severity, &severity), "%s", probe->probe);
        cr_expect_gt(strlen(probe->why), 10, "%s", probe->probe);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(probe->probe, data_apparmor_probes[j].probe);
    }
}

/* ---- what Debian ships (packages apparmor and apparmor-profiles) ----------------------------------------- */

static struct shipped {
    unsigned files, refused, profiles, unread;
} shipped;

static void count_profiles(const struct node *statements, struct apparmor_source *file, struct arena *arena)
{
    struct apparmor_head head;
    for (const struct node *one = node_first(statements); one; one = one->next) {
        if (!apparmor_head_read(arena, one, &head))
            continue;
        const struct node *facts = apparmor_breadth_facts(file, one, &head, head.name);
        shipped.profiles++;
        shipped.unread += (unsigned)node_count(node_get(facts, "unread"));
        for (const struct node *item = node_first(node_get(facts, "unread")); item; item = item->next)
            fprintf(stderr, "%s: not judged: %s (%s)\n", file->path, node_text_at(item, "text"), node_text_at(item, "why"));
        count_profiles(node_get(one, "body"), file, arena);
    }
}

static int read_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    AUTO_SOURCE struct source source = SOURCE_INIT;
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct apparmor_source file;
    struct err err = ERR_INIT;
    /* abi/ holds what kernels know, and no rules */
    if (type != FTW_F || st->st_size == 0 || strstr(path, "/abi/") || strcmp(path + at->base, "README") == 0 ||
        source_load(&source, path, &err) < 0)
        return 0;
    shipped.files++;
    if (apparmor_read(path, buf_text(&source.bytes), source.bytes.length, arena, &source.stream, &err) < 0) {
        shipped.refused++;
        fprintf(stderr, "%s\n", err.sentence);
        return 0;
    }
    const struct node *statements = node_get(source.stream.documents[0], "apparmor");
    apparmor_source_start(&file, arena, path, statements);
    count_profiles(statements, &file, arena);
    return 0;
}

Test(apparmor_breadth, every_shipped_profile_is_read)
{
    static const char *const directories[] = {"/etc/apparmor.d", "/usr/share/apparmor/extra-profiles"};
    shipped = (struct shipped){0};
    for (size_t i = 0; i < ARRAY_COUNT(directories); i++)
        if (access(directories[i], R_OK) == 0)
            (void)nftw(directories[i], read_one, 16, FTW_PHYS);
    fprintf(stderr, "%u files, %u refused; %u profiles, %u rules not judged\n", shipped.files, shipped.refused, shipped.profiles, shipped.unread);
    if (shipped.profiles < 50)
        cr_skip_test("the packages apparmor and apparmor-profiles are not installed");
    cr_expect_eq(shipped.refused, 0);
    cr_expect_lt(shipped.unread, shipped.profiles / 4);
}
