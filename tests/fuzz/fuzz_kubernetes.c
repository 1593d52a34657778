/*
 * Whatever YAML holds, its Kubernetes objects give subjects with facts of the vocabulary (audit/subject.h), of the right types,
 * without cycles, each standing in the file.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/collect.h"
#include "audit/named_profile.h"
#include "base/node_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { DEPTH_MAX = 20 };

struct fuzz {
    struct collector collector; /* first: add finds the rest from it */
    size_t containers;          /* since the last pod */
    size_t expected;            /* containers of the last pod */
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* The facts by name; what a letter stands for: b boolean, i integer, t text, a amount (an integer or a placeholder's text), m map, l
 * list, ? any. */
struct known {
    const char *key;
    char type;
};

static const struct known known_facts[] = {
    {"format", 't'},    {"role", 't'},        {"name", 't'},       {"image", 'm'},       {"pull_policy", 't'}, {"privileged", 'b'},
    {"no_new_privileges", 'b'}, {"user", 'm'}, {"read_only_root", 'b'}, {"capabilities", 'm'}, {"seccomp", 'm'}, {"apparmor", 'm'},
    {"selinux", 'm'},   {"proc_mount", 't'},  {"namespaces", 'm'}, {"share_process_namespace", 'b'}, {"host_paths", 'l'}, {"mounts", 'l'},
    {"volumes", 'l'},   {"sysctls", 'l'},     {"ports", 'l'},      {"environment", 'l'}, {"command", 't'},     {"commands", 'l'},
    {"memory", 'm'},    {"cpu", 'm'},         {"ephemeral_storage", 'm'}, {"hugepages", 'm'}, {"service_account_token", 'b'},
    {"service_account", 't'}, {"runtime", 't'}, {"restart", 'm'},  {"health_check", 't'}, {"groups", 'l'},     {"labels", 'm'},
    {"annotations", 'm'}, {"pod", 'm'},       {"raw", 'm'},        {"object", 'm'},      {"containers", 'l'},  {"host_users", 'b'},
    {"os", 't'},        {"windows_host_process", 'b'}, {"controller", 't'}, {"handler", 't'}, {"overhead", 'b'}, {"scheduling", 'b'},
    {"pod_security", 'm'}, {"api_version", 't'}, {"kind", 't'},
};

static bool has_type(const struct node *node, char type)
{
    switch (type) {
    case 'b':
        return node_is(node, NODE_BOOL);
    case 't':
        return node_text(node) && *node_text(node);
    case 'm':
        return node_is(node, NODE_MAP);
    case 'l':
        return node_is(node, NODE_LIST);
    default:
        return false;
    }
}

static void check_fact(const struct node *fact)
{
    for (size_t i = 0; i < ARRAY_COUNT(known_facts); i++) {
        if (strcmp(known_facts[i].key, fact->key) == 0) {
            check(has_type(fact, known_facts[i].type));
            return;
        }
    }
    abort();
}

/* Derived nodes alone: what they share with the file is the reader's. */
static void walk(const struct node *node, unsigned depth)
{
    check(depth < DEPTH_MAX);
    check(!node->origin || node->origin->line > 0);
    size_t entries = 0;
    for (const struct node *entry = node_first(node); entry; entry = entry->next, entries++) {
        bool files = entry->key && is_one_of(entry->key, (const char *const[]){"raw", "object", "pod", "labels", "annotations", NULL});
        if (!files)
            walk(entry, depth + 1);
    }
    check(entries >= node_count(node));
}

static void check_container(const struct subject *subject)
{
    static const char *const roles[] = {"container", "init", "sidecar", "ephemeral", NULL};
    static const char *const profiles[] = {"default", "localhost", "unconfined", NULL};
    const struct node *facts = subject->facts;
    const char *seccomp = node_text_at(facts, "seccomp.type");
    const char *apparmor = node_text_at(facts, "apparmor.type");
    check(is_one_of(node_text_at(facts, "role"), roles));
    check(!seccomp || is_one_of(seccomp, profiles));
    check(!apparmor || is_one_of(apparmor, profiles));
    check(node_is(node_at(facts, "capabilities.effective"), NODE_LIST));
    check(node_is(node_get(facts, "pod"), NODE_MAP) && !node_at(facts, "pod.containers"));
    const struct node *id = node_at(facts, "user.id");
    check(!id || node_is(id, NODE_INT));
}

static void add(struct collector *self, const struct subject *subject)
{
    struct fuzz *fuzz = (struct fuzz *)self;
    check(subject->names.kind && *subject->names.kind && subject->where && subject->where->line > 0 && !subject->where->origin);
    check(!subject->metadata || subject->metadata->kind == NODE_MAP);
    check(!subject->template_metadata || subject->template_metadata->kind == NODE_MAP);
    check((subject->kind == SUBJECT_POD) == (subject->pod_spec != NULL));
    bool profile = subject->kind == SUBJECT_SECCOMP_PROFILE || subject->kind == SUBJECT_APPARMOR_PROFILE;
    for (const struct node *fact = node_first(subject->facts); fact && !profile; fact = fact->next)
        check_fact(fact);
    walk(subject->facts, 0);
    if (subject->kind == SUBJECT_CONTAINER) {
        named_profile_judge(self, subject);
        check_container(subject);
        fuzz->containers++;
        return;
    }
    check(fuzz->containers == fuzz->expected);
    fuzz->containers = 0;
    fuzz->expected = node_count(node_get(subject->facts, "containers"));
}

static void __attribute__((format(printf, 3, 4)))
miss(struct collector *self, const struct node *where, const char *format, ...)
{
    char sentence[512];
    va_list arguments;
    (void)self;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    check(where && sentence[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(context_free_cleanup) struct context *context = context_new();
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    (void)yaml_read("input", (const char *)bytes, length, arena, &stream, &err);
    for (size_t i = 0; i < stream.count; i++) {
        struct fuzz fuzz = {.collector = {.arena = arena, .context = context, .path = "input", .add = add, .miss = miss}};
        if (!document_kind_kubernetes.recognises(stream.documents[i]))
            continue;
        document_kind_kubernetes.offer(&fuzz.collector, stream.documents[i]);
        document_kind_kubernetes.collect(&fuzz.collector, stream.documents[i]);
        check(fuzz.containers == fuzz.expected);
    }
    return 0;
}
