/* Capabilities, the user and gaining privilege: what was needed of what is declared. */
#include <string.h>

#include "audit/usage_maker.h"
#include "model/capability.h"

enum { NET_BIND_SERVICE = 10 }; /* linux/capability.h */

/* Without CAP_, as facts have them. */
static const char *name_of(const struct usage_maker *maker, int number)
{
    const struct data_capabilities *known = capability_get(number);
    return known ? known->capability + strlen("CAP_") : arena_printf(maker->arena, "%d", number);
}

static const char *capability_evidence(const struct usage_maker *maker, const struct need_capability *capability)
{
    const char *words = usage_evidence(maker, &capability->evidence);
    return capability->evidence.why ? arena_printf(maker->arena, "%s: %s", words, capability->evidence.why) : words;
}

/* For a port below 1024 the capability is asked for by kernels alone that are set up so: usage_network.c judges that. */
static void put_missing(const struct usage_maker *maker, const struct node *where)
{
    struct node *list = usage_list(maker, "missing_capabilities", where);
    for (size_t i = 0; i < maker->needs->capability_count; i++) {
        const struct need_capability *capability = &maker->needs->capabilities[i];
        if (maker->capabilities >> capability->number & 1 || capability->number == NET_BIND_SERVICE)
            continue;
        struct node *item = usage_item(maker, list, where);
        if (!item)
            return;
        usage_put_text(maker, item, "name", name_of(maker, capability->number));
        usage_put_text(maker, item, "evidence", capability_evidence(maker, capability));
    }
}

static const char *capability_fix(const struct usage_maker *maker)
{
    AUTO_BUF struct buf words = BUF_INIT;
    buf_add_text(&words, "drop: [ALL]");
    for (size_t i = 0; i < maker->needs->capability_count; i++)
        buf_printf(&words, "%s%s", i ? ", " : ", add: [", name_of(maker, maker->needs->capabilities[i].number));
    if (maker->needs->capability_count > 0)
        buf_add_char(&words, ']');
    return arena_strdup(maker->arena, buf_text(&words));
}

/* Those that runtimes give to every container (config-linux.md of the OCI runtime specification, "Default Devices"). */
static bool is_usual_device(const char *path)
{
    static const char *const usual[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
                                        "/dev/tty",  "/dev/console", "/dev/ptmx"};
    for (size_t i = 0; i < ARRAY_COUNT(usual); i++)
        if (strcmp(path, usual[i]) == 0)
            return true;
    return strncmp(path, "/dev/pts/", 9) == 0 || strncmp(path, "/dev/shm/", 9) == 0;
}

static void put_capabilities(const struct usage_maker *maker)
{
    const struct node *declared = node_get(maker->facts, "capabilities");
    struct node *needed = usage_list(maker, "capabilities", NULL);
    for (size_t i = 0; i < maker->needs->capability_count; i++)
        node_append(needed, node_new_text(maker->arena, name_of(maker, maker->needs->capabilities[i].number), NULL));
    if (!maker->not_root)
        put_missing(maker, declared);
    struct node *spare = usage_list(maker, "spare_capabilities", declared);
    if (maker->privileged || !node_is(declared, NODE_MAP))
        return;
    for (size_t number = 0; number < capability_count(); number++)
        if (maker->capabilities >> number & 1 && !(maker->needs->capability_set >> number & 1))
            node_append(spare, node_new_text(maker->arena, name_of(maker, (int)number), NULL));
    usage_put_int(maker, maker->used, "spare_capability_count", node_count(spare));
    usage_put_text(maker, maker->used, "capability_fix", capability_fix(maker));
}

/* Capabilities beyond every engine's default, mounts, settings of the kernel and devices of the host are what people run privileged for. */
static void put_need_of_privilege(const struct usage_maker *maker)
{
    const struct recording *recording = maker->needs->recording;
    for (size_t i = 0; i < maker->needs->capability_count; i++) {
        const struct need_capability *capability = &maker->needs->capabilities[i];
        const struct data_capabilities *known = capability_get(capability->number);
        if (known && strcmp(known->docker_default, "yes") == 0)
            continue;
        usage_put_text(maker, maker->used, "needs_privilege",
                       arena_printf(maker->arena, "%s for %s", name_of(maker, capability->number),
                                    capability_evidence(maker, capability)));
        return;
    }
    if (maker->needs->sets_kernel.what) {
        usage_put_text(maker, maker->used, "needs_privilege", usage_evidence(maker, &maker->needs->sets_kernel));
        return;
    }
    for (size_t i = 0; i < recording->path_count; i++) {
        const struct path_record *path = &recording->paths[i];
        const char *text = recording_text(recording, path->path);
        access_mask did = path->did[PHASE_STARTUP] | path->did[PHASE_SERVING];
        bool device = path->type == FILE_CHARACTER || path->type == FILE_BLOCK;
        if (!device || !(did & (ACCESS_READ | ACCESS_WRITE)) || (did & ACCESS_INHERIT) || is_usual_device(text))
            continue;
        usage_put_text(maker, maker->used, "needs_privilege", arena_printf(maker->arena, "use of the device %s", text));
        return;
    }
}

static const char *root_evidence(const struct usage_maker *maker)
{
    const struct workload_needs *needs = maker->needs;
    AUTO_BUF struct buf words = BUF_INIT;
    for (size_t i = 0; i < needs->capability_count; i++)
        buf_printf(&words, "%s%s", i ? ", " : "", name_of(maker, needs->capabilities[i].number));
    buf_printf(&words, ", as in %s", capability_evidence(maker, &needs->capabilities[0]));
    return arena_strdup(maker->arena, buf_text(&words));
}

static void put_user(const struct usage_maker *maker)
{
    const struct need_user *user = &maker->needs->user;
    struct node *item = node_new_map(maker->arena, node_get(maker->facts, "user"));
    node_put(maker->arena, maker->used, "user", item);
    usage_put_bool(maker, item, "known", user->known);
    if (!user->known)
        return;
    usage_put_int(maker, item, "id", user->id);
    usage_put_bool(maker, item, "root", user->root);
    usage_put_bool(maker, item, "root_needed", user->root_needed);
    usage_put_bool(maker, item, "declared_other", maker->not_root);
    usage_put_bool(maker, item, "becomes_another", user->becomes_another);
    if (user->root_needed)
        usage_put_text(maker, item, "needed_for", root_evidence(maker));
}

void usage_put_privileges(const struct usage_maker *maker)
{
    put_capabilities(maker);
    put_user(maker);
    put_need_of_privilege(maker);
    if (maker->needs->gains_privilege.what)
        usage_put_text(maker, maker->used, "gains_privilege", usage_evidence(maker, &maker->needs->gains_privilege));
    if (maker->needs->sets_kernel.what)
        usage_put_text(maker, maker->used, "sets_kernel", usage_evidence(maker, &maker->needs->sets_kernel));
}
