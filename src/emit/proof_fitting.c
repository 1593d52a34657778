/* A pod patch and a Compose override, read back and held against what the recording needs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/node_in.h"
#include "base/strings.h"
#include "emit/proof.h"
#include "model/capability.h"

enum { MIB = 1 << 20, OPTION_MAX = 4096 };

/* What a container is given, in the terms of both formats. */
struct given {
    const char *format;
    bool drops_all, read_only, no_new_privs;
    uint64_t capabilities;
    char **mounts;
    size_t mount_count;
    int64_t user;         /* -1: as the image says */
    uint64_t memory_mib;  /* 0: no limit */
};

static void given_done(struct given *given)
{
    strings_free(&given->mounts, &given->mount_count);
}

/* ---- judging ------------------------------------------------------------------------------------------ */

static int judge_capabilities(const struct given *given, const struct workload_needs *needs, struct err *err)
{
    uint64_t wanted = 0;
    for (int number = 0; number < 64; number++)
        if (needs->capability_set >> number & 1 && capability_get(number))
            wanted |= 1ull << number;
    uint64_t wrong = wanted ^ given->capabilities;
    if (!given->drops_all)
        return err_set(err, -EINVAL, "the %s just written does not drop all capabilities", given->format);
    if (wrong == 0)
        return 0;
    const struct data_capabilities *first = capability_get(__builtin_ctzll(wrong));
    return err_set(err, -EINVAL, "the %s just written is not right about %s", given->format, first ? first->capability : "a capability");
}

/* With its own mounts and the manifest's there is nothing left that it writes. */
static int judge_files(const struct given *given, const struct fitting *fitting, struct err *err)
{
    const struct emit_target *target = fitting->target;
    AUTO_FREE const char **paths = mem_zero(given->mount_count + target->mount_count, sizeof(*paths));
    struct need_mounts mounts = {.targets = paths};
    for (size_t i = 0; i < given->mount_count; i++)
        paths[mounts.count++] = given->mounts[i];
    for (size_t i = 0; i < target->mount_count; i++)
        paths[mounts.count++] = target->mounts[i].path;
    AUTO_NEED_PLACES struct need_places left = {0};
    workload_needs_places(fitting->needs, &mounts, &left);
    if (!given->read_only || left.count == 0)
        return 0;
    return err_set(err, -EINVAL, "the %s just written makes the root file system read-only, and nothing is mounted at %.200s, which is written",
                   given->format, left.items[0].path);
}

static int judge(const struct given *given, const struct fitting *fitting, struct err *err)
{
    const struct workload_needs *needs = fitting->needs;
    int result = judge_capabilities(given, needs, err);
    if (result == 0)
        result = judge_files(given, fitting, err);
    if (result < 0)
        return result;
    if (given->no_new_privs && fitting->may_gain)
        return err_set(err, -EINVAL, "the %s just written forbids the set-user-ID program that ran", given->format);
    if (given->user >= 0 && (!needs->user.known || given->user != (int64_t)needs->user.id))
        return err_set(err, -EINVAL, "the %s just written names another user than the recording", given->format);
    if (given->memory_mib > 0 && given->memory_mib < needs->load.peak_memory_bytes / MIB)
        return err_set(err, -EINVAL, "the %s just written gives less memory than was used", given->format);
    return 0;
}

/* ---- reading ------------------------------------------------------------------------------------------ */

static bool holds(const struct node *list, const char *text)
{
    for (const struct node *item = node_first(list); item; item = item->next)
        if (node_is_text(item, text))
            return true;
    return false;
}

static uint64_t read_capabilities(const struct node *list)
{
    uint64_t set = 0;
    for (const struct node *item = node_first(list); item; item = item->next) {
        const char *name = node_text(item);
        const struct data_capabilities *known = name ? capability_by_name(name) : NULL;
        set |= known ? 1ull << known->number : 1ull << 63;
    }
    return set;
}

/* "22Mi", "22m": in mebibytes, as both are written here. */
static uint64_t read_mib(const char *text)
{
    return text ? strtoull(text, NULL, 10) : 0;
}

static const struct node *find_container(const struct node *pod, const struct emit_target *target)
{
    const struct node *list = node_get(pod, target->is_init ? "initContainers" : "containers");
    for (const struct node *item = node_first(list); item; item = item->next)
        if (node_is_text(node_get(item, "name"), target->container))
            return item;
    return NULL;
}

/* A mount counts when its volume is an emptyDir of the patch's. */
static bool has_volume(const struct node *pod, const char *name)
{
    for (const struct node *item = node_first(node_get(pod, "volumes")); item; item = item->next)
        if (name && node_is_text(node_get(item, "name"), name))
            return node_is(node_get(item, "emptyDir"), NODE_MAP);
    return false;
}

static int64_t read_user(const struct node *node)
{
    int64_t user = -1;
    return node && node_integer(node, &user) ? user : -1;
}

static void read_container(const struct node *pod, const struct node *container, struct given *given)
{
    const struct node *security = node_get(container, "securityContext");
    given->drops_all = holds(node_at(security, "capabilities.drop"), "ALL");
    given->capabilities = read_capabilities(node_at(security, "capabilities.add"));
    given->read_only = node_is_true(node_get(security, "readOnlyRootFilesystem"));
    given->no_new_privs = node_is_false(node_get(security, "allowPrivilegeEscalation"));
    given->user = read_user(node_get(security, "runAsUser"));
    given->memory_mib = read_mib(node_text_at(container, "resources.limits.memory"));
    for (const struct node *mount = node_first(node_get(container, "volumeMounts")); mount; mount = mount->next) {
        const char *path = node_text_at(mount, "mountPath");
        if (path && has_volume(pod, node_text_at(mount, "name")))
            strings_add(&given->mounts, &given->mount_count, path);
    }
}

int proof_pod_patch(const struct emit_input *input, const struct buf *bytes, struct err *err)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(given_done) struct given given = {.format = "patch"};
    const struct emit_target *target = input->fitting->target;
    struct node_stream stream = {0};
    int result = yaml_read("the patch just written", buf_text(bytes), bytes->length, arena, &stream, err);
    if (result < 0)
        return result;
    const struct node *root = stream.count == 1 ? stream.documents[0] : NULL;
    const struct node *pod = node_get(*target->kind->template ? node_at(root, target->kind->template) : root, "spec");
    const struct node *container = find_container(pod, target);
    if (!container)
        return err_set(err, -EINVAL, "the patch just written does not hold the container %.80s", target->container);
    read_container(pod, container, &given);
    return judge(&given, input->fitting, err);
}

/* The path before the options of a tmpfs, in which Compose takes two dollar signs for one. */
static char *read_tmpfs(const char *text)
{
    char *path = mem_dup(text, strcspn(text, ":"));
    char *out = path;
    for (const char *at = path; *at; at++) {
        at += at[0] == '$' && at[1] == '$';
        *out++ = *at;
    }
    *out = '\0';
    return path;
}

static void read_service(const struct node *service, struct given *given)
{
    given->drops_all = holds(node_get(service, "cap_drop"), "ALL");
    given->capabilities = read_capabilities(node_get(service, "cap_add"));
    given->read_only = node_is_true(node_get(service, "read_only"));
    given->no_new_privs = holds(node_get(service, "security_opt"), "no-new-privileges:true");
    const char *user = node_text_at(service, "user");
    given->user = user ? atoll(user) : -1;
    given->memory_mib = read_mib(node_text_at(service, "mem_limit"));
    for (const struct node *mount = node_first(node_get(service, "tmpfs")); mount; mount = mount->next) {
        const char *text = node_text(mount);
        AUTO_FREE char *path = text ? read_tmpfs(text) : NULL;
        if (path)
            strings_add(&given->mounts, &given->mount_count, path);
    }
}

int proof_compose(const struct emit_input *input, const struct buf *bytes, struct err *err)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    AUTO(given_done) struct given given = {.format = "Compose file"};
    struct node_stream stream = {0};
    int result = yaml_read("the Compose file just written", buf_text(bytes), bytes->length, arena, &stream, err);
    if (result < 0)
        return result;
    const struct node *service = stream.count == 1 ? node_get(node_get(stream.documents[0], "services"), input->fitting->target->container) : NULL;
    if (!service)
        return err_set(err, -EINVAL, "the Compose file just written does not hold the service %.80s", input->fitting->target->container);
    read_service(service, &given);
    return judge(&given, input->fitting, err);
}
