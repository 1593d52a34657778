/* A log as a recording. */
#include <inttypes.h>
#include <string.h>

#include "model/audit_log.h"

struct copying {
    const struct audit_log *log;
    struct recording *recording;
    size_t left;
};

static uint32_t copied(const struct copying *c, uint32_t string)
{
    size_t length;
    if (string == STRING_NONE)
        return STRING_NONE;
    const char *bytes = intern_get(c->log->strings, string, &length);
    return recording_bytes(c->recording, bytes, length);
}

/* The kernel cuts the names of tasks. */
enum { COMM_MAX = 15 };

static bool is_program_of(const char *path, size_t length, const char *comm)
{
    const char *slash = memrchr(path, '/', length);
    size_t name = slash ? length - (size_t)(slash + 1 - path) : 0;
    name = name > COMM_MAX ? COMM_MAX : name;
    return path[0] == '/' && !strpbrk(path, "*?[{") && name > 0 && strlen(comm) == name &&
           memcmp(slash + 1, comm, name) == 0;
}

/* The program where the log tells it; else the one that the profile is named after, if the task has its name; else the
 * name of the task; else the profile. */
static uint32_t image_of(const struct copying *c, const struct audit_thing *thing)
{
    const char *profile = audit_log_text(c->log, thing->profile);
    const char *comm = audit_log_text(c->log, thing->comm);
    uint32_t path = copied(c, thing->program);
    if (path == STRING_NONE && profile && comm && is_program_of(profile, audit_profile_length(profile), comm))
        path = recording_bytes(c->recording, profile, audit_profile_length(profile));
    if (path == STRING_NONE)
        path = copied(c, comm && *comm ? thing->comm : thing->profile);
    if (path == STRING_NONE)
        path = recording_string(c->recording, "unknown");
    return recording_image(c->recording, path, STRING_NONE, STRING_NONE);
}

static uint64_t since_start(const struct audit_log *log, const struct audit_entry *entry)
{
    return entry->first_ms == AUDIT_NO_TIME ? 0 : (uint64_t)(entry->first_ms - log->first_ms) * UINT64_C(1000000);
}

/* ---- one thing ---------------------------------------------------------------------------------- */

static bool copy_call(const struct copying *c, const struct audit_entry *entry, uint32_t image)
{
    struct call_record *call = recording_call(c->recording, image, entry->thing.abi, entry->thing.number);
    if (!call)
        return false;
    uint64_t first = since_start(c->log, entry);
    if (call_record_total(call) == 0 || first < call->first_ns)
        call->first_ns = first;
    call->count[PHASE_STARTUP] += entry->count;
    for (unsigned i = 0; i < ARRAY_COUNT(call->args); i++) {
        if (!call->args[i])
            call->args[i] = mem_zero(1, sizeof(*call->args[i]));
        for (uint32_t k = 0; entry->args[i] && k < entry->args[i]->count; k++)
            call_record_arg(call, i, entry->args[i]->values[k]);
        call->args[i]->overflow |= !entry->args[i] || entry->args[i]->overflow;
    }
    return true;
}

static bool copy_path(const struct copying *c, const struct audit_thing *thing, uint32_t image)
{
    size_t length;
    const char *path = intern_get(c->log->strings, thing->path, &length);
    bool directory = length > 1 && path[length - 1] == '/';
    if (path[0] != '/')
        return false;
    uint32_t string = recording_bytes(c->recording, path, length - directory);
    return recording_path(c->recording, string, image, PHASE_STARTUP, thing->did,
                          directory || length == 1 ? FILE_DIRECTORY : FILE_UNKNOWN) != NULL;
}

static bool copy_fact(const struct copying *c, const struct audit_entry *entry, uint32_t image)
{
    const struct audit_thing *thing = &entry->thing;
    struct fact fact = {.kind = thing->fact, .image = image, .subject = copied(c, thing->fact_subject),
                        .object = copied(c, thing->fact_object), .note = copied(c, thing->fact_note),
                        .value = thing->fact_value};
    return thing->fact != FACT_KIND_COUNT && recording_fact(c->recording, &fact, PHASE_STARTUP, entry->count);
}

static bool copy_entry(const struct copying *c, const struct audit_entry *entry, uint32_t image)
{
    if (image == IMAGE_NONE)
        return false;
    switch (entry->thing.kind) {
    case DENIAL_CALL:
        return copy_call(c, entry, image);
    case DENIAL_FILE:
        return copy_path(c, &entry->thing, image);
    case DENIAL_CAPABILITY:
    case DENIAL_NETWORK:
    case DENIAL_OTHER:
        return copy_fact(c, entry, image);
    case DENIAL_KIND_COUNT:
        break;
    }
    return false;
}

/* ---- the run ------------------------------------------------------------------------------------ */

static void add_run(struct copying *c, const char *name)
{
    struct run *run = recording_add_run(c->recording);
    uint64_t records = c->log->apparmor + c->log->seccomp;
    run->method = recording_string(c->recording, "log");
    run->end = END_DETACHED;
    if (c->log->first_ms != AUDIT_NO_TIME) {
        run->started = c->log->first_ms / 1000;
        run->duration_ns = (uint64_t)(c->log->last_ms - c->log->first_ms) * UINT64_C(1000000);
    }
    for (size_t i = 0; i < c->log->entry_count && run->machine == STRING_NONE; i++)
        if (c->log->entries[i].thing.kind == DENIAL_CALL)
            run->machine = recording_string(c->recording, arch_get(arch_get(c->log->entries[i].thing.abi)->family)->name);
    /* Even of an empty log: it is not the whole of what was done. */
    recording_loss(c->recording, run, LOSS_LOG, records ? records : 1, name);
}

struct recording *audit_log_recording(const struct audit_log *log, const char *name, uint32_t *images, size_t *ret_left)
{
    struct copying c = {.log = log, .recording = recording_new()};
    add_run(&c, name);
    for (size_t i = 0; i < log->entry_count; i++) {
        uint32_t image = image_of(&c, &log->entries[i].thing);
        c.left += !copy_entry(&c, &log->entries[i], image);
        if (images)
            images[i] = image;
    }
    if (ret_left)
        *ret_left = c.left;
    return c.recording;
}
