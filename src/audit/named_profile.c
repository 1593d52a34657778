#include "audit/named_profile.h"

#include <string.h>
#include <sys/stat.h>

#include "audit/seccomp_breadth.h"
#include "audit/source.h"
#include "model/capability.h"
#include "model/seccomp_policy.h"

enum { PROFILES_MAX = 200 };

/* ---- where it stands ------------------------------------------------------------------------------------ */

static const char *directory_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_dup(arena, path, (size_t)(slash - path) + 1) : "";
}

static bool is_there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

/* The name of a kubelet's profile is a path below its directory; any other is refused by the API server. */
static bool stays_below(const char *name)
{
    AUTO_FREE char *wrapped = mem_printf("/%s/", name);
    return name[0] != '/' && !strstr(wrapped, "/../");
}

static const char *kubernetes_path(const struct collector *collector, const char *name)
{
    static const char *const beside[] = {"", "seccomp/", "../", "../seccomp/"};
    struct arena *arena = collector->arena;
    if (!stays_below(name))
        return NULL;
    if (collector->profile_root) {
        const char *path = arena_printf(arena, "%s/%s", collector->profile_root, name);
        return is_there(path) ? path : NULL;
    }
    for (size_t i = 0; strcmp(collector->path, "-") != 0 && i < ARRAY_COUNT(beside); i++) {
        const char *path = arena_printf(arena, "%s%s%s", directory_of(arena, collector->path), beside[i], name);
        if (is_there(path))
            return path;
    }
    return NULL;
}

static const char *compose_path(const struct collector *collector, const char *name)
{
    struct arena *arena = collector->arena;
    if (name[0] != '/' && strcmp(collector->path, "-") == 0)
        return NULL;
    const char *path = name[0] == '/' ? name : arena_printf(arena, "%s%s", directory_of(arena, collector->path), name);
    return is_there(path) ? path : NULL;
}

/* ---- judging ----------------------------------------------------------------------------------------------- */

struct named {
    struct collector *collector;
    struct node *seccomp;     /* the fact */
    const struct node *where; /* that names it */
    const char *source;       /* for sentences */
    uint64_t capabilities;
    const char *key;          /* the capabilities and the file or the text; NULL: of this container alone */
};

/* Many containers name the same: it is read and judged once for each set of capabilities, and complained of once. */
static void remember(const struct named *named, struct node *breadth)
{
    struct collector *collector = named->collector;
    if (named->key)
        node_put(collector->arena, collector->named_profiles, named->key,
                 breadth ? breadth : node_new_bool(collector->arena, false, NULL));
    if (breadth)
        node_put(collector->arena, named->seccomp, "breadth", node_copy(collector->arena, breadth));
}

/* True when it was judged before, or when there are too many. */
static bool is_judged(const struct named *named)
{
    struct collector *collector = named->collector;
    if (!collector->named_profiles)
        collector->named_profiles = node_new_map(collector->arena, NULL);
    const struct node *known = node_get(collector->named_profiles, named->key);
    if (node_is(known, NODE_MAP))
        node_put(collector->arena, named->seccomp, "breadth", node_copy(collector->arena, known));
    if (known)
        return true;
    if (node_count(collector->named_profiles) < PROFILES_MAX)
        return false;
    collector->miss(collector, named->where, "it names more seccomp profiles than are opened");
    return true;
}

static void judge(const struct named *named, const struct node *root)
{
    struct collector *collector = named->collector;
    struct node *breadth = NULL;
    struct err err = ERR_INIT;
    if (seccomp_breadth_of_container(collector->arena, named->source, root, named->capabilities, &breadth, &err) < 0)
        collector->miss(collector, named->where, "runtimes refuse the seccomp profile that it names: %s", err.sentence);
    else
        node_put(collector->arena, breadth, "source", node_new_text(collector->arena, named->source, named->where));
    remember(named, breadth);
}

static void judge_text(const struct named *named, const char *text, size_t length)
{
    struct collector *collector = named->collector;
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    if (json_read(named->source, text, length, collector->arena, &stream, &err) == 0 && stream.count == 1) {
        judge(named, stream.documents[0]);
        return;
    }
    collector->miss(collector, named->where, "the seccomp profile that it names is not read: %s",
                    err.sentence[0] ? err.sentence : "it is not one JSON object");
    remember(named, NULL);
}

static void judge_file(struct named *named, const char *name, const char *path)
{
    struct collector *collector = named->collector;
    AUTO_SOURCE struct source source = SOURCE_INIT;
    struct err err = ERR_INIT;
    if (!path)
        return;
    context_add(collector->context, CONTEXT_SECCOMP_PROFILE, "", name, "");
    named->key = arena_printf(collector->arena, "%llx %s", (unsigned long long)named->capabilities, path);
    named->source = name;
    if (is_judged(named))
        return;
    if (source_load_named(&source, path, SECCOMP_POLICY_BYTES_MAX, &err) == 0) {
        judge_text(named, buf_text(&source.bytes), source.bytes.length);
        return;
    }
    collector->miss(collector, named->where, "the seccomp profile that it names is not read: %s", err.sentence);
    remember(named, NULL);
}

/* docker inspect: "seccomp={…}", on the line that the whole option stands on. */
static void judge_option(struct named *named)
{
    const char *text = node_text(named->where);
    const char *profile = text ? strchr(text, '{') : NULL;
    if (!profile)
        return;
    named->key = arena_printf(named->collector->arena, "%llx %s", (unsigned long long)named->capabilities, profile);
    named->source = "in the option itself";
    if (!is_judged(named))
        judge_text(named, profile, strlen(profile));
}

static uint64_t capabilities_of(const struct node *facts)
{
    uint64_t bits = 0;
    if (node_is_true(node_get(facts, "privileged")))
        return UINT64_MAX;
    for (const struct node *item = node_first(node_at(facts, "capabilities.effective")); item; item = item->next) {
        const struct data_capabilities *capability = node_text(item) ? capability_by_name(node_text(item)) : NULL;
        if (node_is_text(item, "ALL"))
            return UINT64_MAX;
        bits |= capability ? UINT64_C(1) << capability->number : 0;
    }
    return bits;
}

void named_profile_judge(struct collector *collector, const struct subject *subject)
{
    const struct node *seccomp = node_get(subject->facts, "seccomp");
    const char *name = node_text_at(seccomp, "profile");
    if (subject->kind != SUBJECT_CONTAINER || !node_is_text(node_get(seccomp, "type"), "localhost") || node_get(seccomp, "breadth"))
        return;
    struct named named = {
        .collector = collector,
        .seccomp = (struct node *)(uintptr_t)seccomp, /* made for this subject, so it may be added to */
        .where = node_origin(seccomp),
        .source = "in the file itself",
        .capabilities = capabilities_of(subject->facts),
    };
    if (strcmp(subject->format, "oci") == 0)
        judge(&named, node_at(node_get(subject->facts, "raw"), "linux.seccomp"));
    else if (strcmp(subject->format, "inspect") == 0)
        judge_option(&named);
    else if (name && strcmp(subject->format, "compose") == 0)
        judge_file(&named, name, compose_path(collector, name));
    else if (name && strcmp(subject->format, "kubernetes") == 0)
        judge_file(&named, name, kubernetes_path(collector, name));
}
