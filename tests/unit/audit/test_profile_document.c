#include <criterion/criterion.h>

#include "audit/source.h"
#include "support/collected.h"

static bool is_known(const struct collected *collected, enum context_fact fact, const char *name)
{
    return context_find(collected->collector.context, fact, "", name, NULL);
}

Test(profile_document, a_seccomp_profile_is_known_by_the_parts_of_its_path)
{
    static const struct {
        const char *path, *name;
        bool known;
    } rows[] = {
        {"a/profiles/web.json", "web.json", true},           {"a/profiles/web.json", "profiles/web.json", true},
        {"a/profiles/web.json", "a/profiles/web.json", true}, {"a/profiles/web.json", "web", false},
        {"a/profiles/web.json", "b.json", false},             {"/x//web.json", "web.json", true},
        {"./web.json", "web.json", true},                     {"a/profiles/web.json", "les/web.json", false},
        {"/x/web.json", "x/web.json", true},                  {"web.json/", "", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_from(&collected, &document_kind_seccomp, rows[i].path, "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": []}");
        cr_expect_eq(is_known(&collected, CONTEXT_SECCOMP_PROFILE, rows[i].name), rows[i].known, "%s %s", rows[i].path, rows[i].name);
        cr_expect_eq(collected.skips.length, 0);
    }
}

Test(profile_document, recordings_are_passed_over_with_a_reason)
{
    AUTO_COLLECTED struct collected collected;
    collected_from(&collected, &document_kind_recording, "x.json", "{\"schema\": \"profgen-recording/1\", \"runs\": []}");
    cr_expect_str_eq(buf_text(&collected.skips), "a recording\n");
}

Test(profile_document, kinds_are_told_apart)
{
    static const struct {
        const char *text;
        const struct document_kind *kind;
    } rows[] = {
        {"{\"defaultAction\": \"SCMP_ACT_ALLOW\"}", &document_kind_seccomp},
        {"{\"defaultAction\": \"allow\"}", NULL},
        {"{\"schema\": \"profgen-recording/1\"}", &document_kind_recording},
        {"{\"schema\": \"profgen-audit/1\"}", NULL},
        {"{\"apparmor\": [\"x\"]}", &document_kind_apparmor},
        {"{\"ociVersion\": \"1.0\", \"process\": {}, \"linux\": {}}", &document_kind_oci},
        {"{\"plugins\": {\"cri\": {}}}", &document_kind_runtime_table},
        {"{\"lxc.net\": \"x\"}", &document_kind_lxc},
        {"{\"config\": {\"security.nesting\": \"true\"}}", &document_kind_lxc},
        {"{\"dockerfile\": [{\"name\": \"FROM\", \"rest\": \"a\"}]}", &document_kind_dockerfile},
        {"{\"dockerfile\": \"Dockerfile\"}", NULL},
        {"[]", NULL},
        {"{\"a\": null}", NULL},
        {"[[1], {\"config\": {}}]", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        struct node_stream stream;
        struct err err = ERR_INIT;
        cr_assert_eq(json_read("x", rows[i].text, strlen(rows[i].text), arena, &stream, &err), 0, "%s", err.sentence);
        const struct document_kind *kind = document_kind_of(stream.documents[0]);
        cr_expect_eq(kind, rows[i].kind, "%s is %s", rows[i].text, kind ? kind->name : "nothing");
    }
}

Test(profile_document, names_of_apparmor_profiles)
{
    static const struct {
        const char *text, *name;
        bool known;
    } rows[] = {
        {"profile web {\n}\n", "web", true},
        {"abi <abi/3.0>,\n#include <tunables/global>\nprofile docker-web /usr/bin/web flags=(attach_disconnected) {\n  /x rw,\n}\n",
         "docker-web", true},
        {"profile a {\n  profile child {\n    /x r,\n  }\n  ^hat {\n  }\n}\n  profile \"b c\" {\n}\n", "b c", true},
        {"profile a {\n  profile child {\n    /x r,\n  }\n}\n", "child", false},
        {"/usr/bin/x {\n  /usr/bin/y {\n  }\n}\n\"/opt/a b\" {\n}\n/x/{a,b} flags=(complain) {\n}\n", "/opt/a b", true},
        {"/x/{a,b} flags=(complain) {\n}\n", "/x/{a,b}", true},
        {"profile a flags=(attach_disconnected,\n  mediate_deleted) {\n  /x r,\n}\nprofile b{\n}\n", "b", true},
        {"# profile none {\nprofiles x {\n}\n", "none", false},
        {"profiles x {\n}\n", "x", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_COLLECTED struct collected collected;
        collected_read(&collected, &document_kind_apparmor, "x", rows[i].text, apparmor_read);
        cr_expect_eq(is_known(&collected, CONTEXT_APPARMOR_PROFILE, rows[i].name), rows[i].known, "%s", rows[i].text);
    }
}
