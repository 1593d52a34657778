#include "emit/fitting.h"

#include <linux/capability.h>
#include <string.h>

#include "base/strings.h"
#include "base/text.h"
#include "model/syscall.h"

#define TOKEN_DIRECTORY "/var/run/secrets/kubernetes.io/serviceaccount"

enum { KIB = 1 << 10, MIB = 1 << 20 };

char *fitting_evidence(const struct need_evidence *evidence)
{
    AUTO_BUF struct buf text = BUF_INIT;
    need_evidence_describe(evidence, &text);
    return buf_take(&text);
}

bool fitting_binds_only(const struct workload_needs *needs)
{
    return needs->capability_set == 1ull << CAP_NET_BIND_SERVICE;
}

bool fitting_sayable(const char *path)
{
    size_t left = strlen(path);
    for (size_t step = 1; left > 0 && step > 0; left -= step, path += step)
        step = text_utf8_length(path, left);
    return left == 0;
}

struct need_mounts fitting_mounts(const struct emit_target *target)
{
    const char **paths = mem_zero(target->mount_count, sizeof(*paths));
    for (size_t i = 0; i < target->mount_count; i++)
        paths[i] = target->mounts[i].path;
    return (struct need_mounts){.targets = paths, .count = target->mount_count};
}

static void note(struct fitting *fitting, char *text)
{
    strings_add(&fitting->notes, &fitting->note_count, text);
    free(text);
}

static char *shown(const char *path)
{
    AUTO_BUF struct buf text = BUF_INIT;
    text_escape(&text, path, strlen(path));
    return buf_take(&text);
}

/* ---- files ----------------------------------------------------------------------------------------- */

static void note_place(struct fitting *fitting, const struct need_place *place)
{
    AUTO_FREE char *path = shown(place->path);
    AUTO_FREE char *evidence = fitting_evidence(&place->evidence);
    AUTO_FREE char *hides = place->hides ? shown(place->hides) : NULL;
    if (place->kind == PLACE_CROWDED)
        note(fitting, mem_printf("the root file system stays writable: it writes to %s (%s), and an empty directory there would hide %s, which it "
                                 "uses", path, evidence, hides ? hides : "what it uses"));
    else if (place->kind == PLACE_SYSTEM)
        note(fitting, mem_printf("the root file system stays writable: it changes %s (%s), which no empty directory can stand in for", path, evidence));
    else if (!fitting_sayable(place->path))
        note(fitting, mem_printf("the root file system stays writable: it writes to %s, and YAML cannot hold that name", path));
}

static void find_places(struct fitting *fitting)
{
    struct need_mounts mounts = fitting_mounts(fitting->target);
    AUTO_FREE const char *const *targets = mounts.targets;
    mounts.targets = targets;
    workload_needs_places(fitting->needs, &mounts, &fitting->places);
    fitting->read_only_root = fitting->places.mountable;
    for (size_t i = 0; i < fitting->places.count; i++) {
        note_place(fitting, &fitting->places.items[i]);
        fitting->read_only_root &= fitting_sayable(fitting->places.items[i].path);
    }
    if (fitting->places.omitted > 0)
        note(fitting, mem_printf("the root file system stays writable: it writes to %zu places and more", fitting->places.count));
}

/* What a mount of the manifest takes away. */
static void check_mounts(struct fitting *fitting)
{
    struct need_mounts mounts = fitting_mounts(fitting->target);
    AUTO_FREE const char *const *targets = mounts.targets;
    mounts.targets = targets;
    for (size_t i = 0; i < fitting->target->mount_count; i++) {
        const struct target_mount *mount = &fitting->target->mounts[i];
        struct path_use use;
        workload_needs_path(fitting->needs, mount->path, &mounts, &use);
        if (!mount->read_only || !use.written)
            continue;
        AUTO_FREE char *evidence = fitting_evidence(&use.written_by);
        note(fitting, mem_printf("%s mounts %s read-only, and the workload writes there: %s", fitting->target->manifest, mount->path, evidence));
    }
}

/* ---- sizes ----------------------------------------------------------------------------------------- */

static uint64_t mib_with_margin(uint64_t bytes, unsigned margin)
{
    unsigned __int128 wide = (unsigned __int128)bytes * (100 + margin);
    unsigned __int128 unit = (unsigned __int128)MIB * 100;
    unsigned __int128 mib = (wide + unit - 1) / unit;
    return mib > INT32_MAX ? INT32_MAX : (uint64_t)mib;
}

static void measure_storage(struct fitting *fitting)
{
    const struct recording *recording = fitting->needs->recording;
    for (size_t i = 0; i < recording->run_count; i++)
        if (recording->runs[i].resources.written_bytes > fitting->written_bytes)
            fitting->written_bytes = recording->runs[i].resources.written_bytes;
    uint64_t most = mib_with_margin(fitting->written_bytes, fitting->needs->limits.margin);
    fitting->place_mib = most > FITTING_PLACE_MIB ? most : FITTING_PLACE_MIB;
    fitting->storage_request_mib = most ? most : 1;
    fitting->storage_limit_mib = fitting->place_mib * (fitting->places.count + 1);
}

/* ---- privileges ------------------------------------------------------------------------------------ */

static void find_privileges(struct fitting *fitting)
{
    const struct need_evidence *gains = &fitting->needs->gains_privilege;
    fitting->may_gain = gains->what != NULL;
    fitting->has_sys_admin = fitting->needs->capability_set >> CAP_SYS_ADMIN & 1;
    if (fitting->may_gain) {
        AUTO_FREE char *evidence = fitting_evidence(gains);
        note(fitting, mem_printf("it may gain privileges, because it ran a set-user-ID program: %s", evidence));
    }
    if (fitting->needs->sets_kernel.what) {
        AUTO_FREE char *evidence = fitting_evidence(&fitting->needs->sets_kernel);
        note(fitting, mem_printf("only a privileged container may do this: %s; set it on the node or by the manifest's sysctls, or privileged has to "
                                 "stay", evidence));
    }
}

static void find_token(struct fitting *fitting)
{
    struct path_use use;
    const struct need_mounts none = {0};
    workload_needs_path(fitting->needs, TOKEN_DIRECTORY, &none, &use);
    fitting->wants_token = use.did != 0;
    fitting->token = use.opened ? use.opened_by : (struct need_evidence){0};
    if (!fitting->wants_token && fitting->target->has_neighbours)
        note(fitting, mem_printf("the pod has other containers, which may read the service account's token that %s does not: automountServiceAccountToken "
                                 "is left as it is", fitting->target->container));
}

/* Who shares the node's IPC shares its /dev/shm, where POSIX has its memory and semaphores. */
static void look_for_shared_files(struct fitting *fitting)
{
    struct path_use use;
    const struct need_mounts none = {0};
    workload_needs_path(fitting->needs, "/dev/shm", &none, &use);
    fitting->shares_memory |= use.opened;
}

static void look_for_ipc(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    static const char *const names[] = {"ipc", "mq_open", "msgget", "semget", "shmget", NULL};
    struct fitting *fitting = context;
    const struct syscall *known = syscall_by_number(abi, call->number);
    (void)image;
    for (size_t i = 0; known && names[i]; i++)
        fitting->shares_memory |= strcmp(names[i], known->name) == 0;
}

/* Which processes there are is looked for in /proc itself. */
static bool lists_processes(const struct recording *recording)
{
    for (size_t i = 0; i < recording->path_count; i++) {
        const struct path_record *record = &recording->paths[i];
        access_mask did = record->did[PHASE_STARTUP] | record->did[PHASE_SERVING];
        if ((did & ACCESS_LIST) && strcmp(recording_text(recording, record->path), "/proc") == 0)
            return true;
    }
    return false;
}

/* What the namespaces of the node would be for. */
static void find_outside(struct fitting *fitting)
{
    const struct recording *recording = fitting->needs->recording;
    recording_each_call(recording, look_for_ipc, fitting);
    look_for_shared_files(fitting);
    fitting->reaches_outside = lists_processes(recording);
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        const char *object = recording_text(recording, fact->object);
        if ((fact->kind == FACT_SIGNAL || fact->kind == FACT_PTRACE) && object && strcmp(object, "outside") == 0)
            fitting->reaches_outside = true;
    }
    const struct emit_target *target = fitting->target;
    if (target->host_network)
        note(fitting, mem_printf("%s shares the node's network, and whether it needs that no recording shows", target->manifest));
    if ((target->host_pid || target->host_ipc) && target->has_neighbours)
        note(fitting, mem_printf("%s shares the node's processes or IPC, and other containers of the pod may need that", target->manifest));
}

struct fitting *fitting_new(const struct workload_needs *needs, const struct emit_target *target)
{
    struct fitting *fitting = mem_zero(1, sizeof(*fitting));
    fitting->needs = needs;
    fitting->target = target;
    find_places(fitting);
    check_mounts(fitting);
    measure_storage(fitting);
    find_privileges(fitting);
    find_token(fitting);
    find_outside(fitting);
    return fitting;
}

void fitting_free(struct fitting *fitting)
{
    if (!fitting)
        return;
    need_places_done(&fitting->places);
    strings_free(&fitting->notes, &fitting->note_count);
    free(fitting);
}
