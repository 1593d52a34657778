#include "cli/emit_manifest.h"

#include <errno.h>
#include <string.h>

#include "audit/collect.h"

enum { CANDIDATES_MAX = 10000 };

/* A container, with its pod, in the order of the file. */
struct candidate {
    const struct subject *subject;
    const struct workload_kind *kind; /* NULL of a Compose service */
};

struct search {
    struct collector collector; /* the first member, so that its functions find the rest */
    const struct manifest_wish *wish;
    struct candidate *items;
    size_t count, capacity;
    size_t foreign; /* containers of kinds that a strategic merge does not know */
};

static void search_done(struct search *search)
{
    context_free(search->collector.context);
    free(search->items);
}

static bool is_named(const char *wanted, const char *name)
{
    return !wanted || (name && strcmp(wanted, name) == 0);
}

/* "Deployment/web", or one half of it. */
static bool is_wanted_workload(const struct manifest_wish *wish, const struct subject *subject)
{
    const char *slash = wish->workload ? strchr(wish->workload, '/') : NULL;
    if (!wish->workload)
        return true;
    if (!slash)
        return strcasecmp(wish->workload, subject->names.kind) == 0 || is_named(wish->workload, subject->names.name);
    size_t length = (size_t)(slash - wish->workload);
    return strlen(subject->names.kind) == length && strncasecmp(wish->workload, subject->names.kind, length) == 0 &&
           is_named(slash + 1, subject->names.name);
}

static void add(struct collector *self, const struct subject *subject)
{
    struct search *search = (struct search *)self;
    bool is_compose = strcmp(subject->format, "compose") == 0;
    bool is_kubernetes = strcmp(subject->format, "kubernetes") == 0;
    if (subject->kind != SUBJECT_CONTAINER || (is_compose && !search->wish->compose) ||
        (is_kubernetes && !search->wish->kubernetes) || (!is_compose && !is_kubernetes))
        return;
    if (is_kubernetes && !is_wanted_workload(search->wish, subject))
        return;
    const struct workload_kind *kind = is_kubernetes ? workload_kind_find(subject->names.kind) : NULL;
    const char *version = is_kubernetes ? node_text_at(node_get(subject->facts, "object"), "apiVersion") : NULL;
    if (is_kubernetes && (!kind || !version || strcmp(version, kind->api_version) != 0)) {
        search->foreign++;
        return;
    }
    if (!is_named(search->wish->container, node_text_at(subject->facts, "name")) || search->count >= CANDIDATES_MAX)
        return;
    struct subject *kept = arena_alloc(self->arena, sizeof(*kept));
    *kept = *subject;
    MEM_GROW(search->items, search->count, search->capacity);
    search->items[search->count++] = (struct candidate){.subject = kept, .kind = kind};
}

static void __attribute__((format(printf, 3, 4)))
miss(struct collector *self, const struct node *where, const char *format, ...)
{
    (void)self;
    (void)where;
    (void)format;
}

/* ---- one of several ---------------------------------------------------------------------------------- */

static const char *role_of(const struct candidate *candidate)
{
    const char *role = node_text_at(candidate->subject->facts, "role");
    return role ? role : "container";
}

/* Init containers are meant only when they are named. */
static void prefer_main(struct search *search)
{
    size_t kept = 0;
    for (size_t i = 0; i < search->count && !search->wish->container; i++)
        if (strcmp(role_of(&search->items[i]), "container") == 0)
            search->items[kept++] = search->items[i];
    search->count = kept ? kept : search->count;
}

static void describe(const struct candidate *candidate, struct buf *out)
{
    const struct subject *subject = candidate->subject;
    const char *container = node_text_at(subject->facts, "name");
    if (candidate->kind)
        buf_printf(out, "%s %.60s, container ", subject->names.kind, subject->names.name ? subject->names.name : "without a name");
    buf_printf(out, "%.60s", container ? container : "without a name");
}

static int choose(const struct search *search, const struct candidate **ret, struct err *err)
{
    enum { SHOWN_MAX = 4 };
    const char *path = source_name(search->wish->path);
    AUTO_BUF struct buf all = BUF_INIT;
    for (size_t i = 0; i < search->count && i < SHOWN_MAX; i++) {
        buf_add_text(&all, i ? "; " : "");
        describe(&search->items[i], &all);
    }
    if (search->items && search->count == 1) {
        *ret = &search->items[0];
        return 0;
    }
    if (search->count > 1)
        return err_set(err, -EINVAL, "%s holds %zu containers that could be meant (%s%s): say which with --container and --workload KIND/NAME", path,
                       search->count, buf_text(&all), search->count > SHOWN_MAX ? "; …" : "");
    if (search->foreign > 0)
        return err_set(err, -ENOTSUP, "%s holds no workload that a strategic-merge patch can change: only the kinds of Kubernetes itself, in "
                       "their present API versions", path);
    return err_set(err, -EINVAL, "%s holds no container%s%.80s%s", path, search->wish->container ? " called " : "",
                   search->wish->container ? search->wish->container : "", search->wish->workload ? " in such a workload" : " to be fitted");
}

/* ---- what it says -------------------------------------------------------------------------------------- */

static const struct target_mount *read_mounts(struct arena *arena, const struct node *facts, size_t *ret_count)
{
    const struct node *mounts = node_get(facts, "mounts");
    struct target_mount *items = arena_alloc(arena, (node_count(mounts) + 1) * sizeof(*items));
    *ret_count = 0;
    for (const struct node *mount = node_first(mounts); mount; mount = mount->next) {
        const char *target = node_text_at(mount, "target");
        if (target && target[0] == '/')
            items[(*ret_count)++] = (struct target_mount){.path = facts_path(arena, target),
                                                          .read_only = node_is_true(node_get(mount, "read_only"))};
    }
    return items;
}

static const char *const *read_volumes(struct arena *arena, const struct node *facts, size_t *ret_count)
{
    const struct node *volumes = node_at(facts, "pod.volumes");
    const char **items = arena_alloc(arena, (node_count(volumes) + 1) * sizeof(*items));
    *ret_count = 0;
    for (const struct node *volume = node_first(volumes); volume; volume = volume->next) {
        const char *name = node_text_at(volume, "name");
        if (name)
            items[(*ret_count)++] = name;
    }
    return items;
}

static bool is_host(const struct node *facts, const char *namespace_)
{
    return node_is_text(node_get(node_get(facts, "namespaces"), namespace_), "host");
}

/* The pod's containers of all roles. */
static size_t count_containers(const struct node *pod_spec)
{
    return node_count(node_get(pod_spec, "containers")) + node_count(node_get(pod_spec, "initContainers"));
}

static void fill(const struct manifest_wish *wish, struct arena *arena, const struct candidate *candidate, struct emit_target *ret)
{
    const struct node *facts = candidate->subject->facts;
    const struct finding_subject *names = &candidate->subject->names;
    ret->manifest = wish->path;
    ret->container = node_text_at(facts, "name");
    ret->mounts = read_mounts(arena, facts, &ret->mount_count);
    ret->volumes = read_volumes(arena, facts, &ret->volume_count);
    if (!candidate->kind)
        return;
    ret->kind = candidate->kind;
    /* A name that is made when the object is (generateName) is none to patch. */
    ret->name = names->name && target_is_subdomain(names->name) ? names->name : NULL;
    ret->namespace_ = names->namespace_;
    ret->is_init = strcmp(role_of(candidate), "init") == 0 || strcmp(role_of(candidate), "sidecar") == 0;
    const struct node *root = node_get(facts, "object");
    const char *template = candidate->kind->template;
    ret->has_neighbours = count_containers(node_get(*template ? node_at(root, template) : root, "spec")) > 1;
    ret->host_network = is_host(node_get(facts, "pod"), "network");
    ret->host_pid = is_host(node_get(facts, "pod"), "pid");
    ret->host_ipc = is_host(node_get(facts, "pod"), "ipc");
}

int manifest_read(const struct manifest_wish *wish, struct arena *arena, struct source *source, struct emit_target *ret, struct err *err)
{
    AUTO(search_done) struct search search = {
        .collector = {.arena = arena, .context = context_new(), .path = wish->path, .replaced = wish->replaced, .add = add,
                      .miss = miss},
        .wish = wish};
    int result = source_load(source, wish->path, err);
    if (result == 0)
        result = source_parse(source, arena, err);
    if (result < 0)
        return err_prefix(err, "the manifest to fit cannot be read");
    for (size_t i = 0; i < source->stream.count; i++) {
        const struct document_kind *kind = document_kind_of(source->stream.documents[i]);
        if (kind == &document_kind_kubernetes || kind == &document_kind_compose)
            kind->collect(&search.collector, source->stream.documents[i]);
    }
    prefer_main(&search);
    const struct candidate *chosen = NULL;
    result = choose(&search, &chosen, err);
    if (result < 0)
        return result;
    if (!node_text_at(chosen->subject->facts, "name"))
        return err_set(err, -EINVAL, "the container in %s has no name", source_name(wish->path));
    fill(wish, arena, chosen, ret);
    return 0;
}
