#include "audit/used_recording.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "model/profile.h"
#include "model/recording_file.h"

struct used_recordings {
    struct used_recording *items;
    size_t count, capacity;
};

struct used_recordings *used_recordings_new(void)
{
    return mem_zero(1, sizeof(struct used_recordings));
}

static void recording_done(struct used_recording *used)
{
    advice_free(used->advice);
    workload_needs_free(used->needs);
    recording_free(used->recording);
    free(used->name);
    free(used->workload);
    free(used->container);
    free(used->program);
    free(used->granted);
}

void used_recordings_free(struct used_recordings *recordings)
{
    for (size_t i = 0; recordings && i < recordings->count; i++)
        recording_done(&recordings->items[i]);
    if (recordings)
        free(recordings->items);
    free(recordings);
}

size_t used_recordings_count(const struct used_recordings *recordings)
{
    return recordings ? recordings->count : 0;
}

const struct used_recording *used_recordings_get(const struct used_recordings *recordings, size_t index)
{
    return &recordings->items[index];
}

/* ---- reading ------------------------------------------------------------------------------------ */

/* Names of containers, services and workloads, with one slash at most; else the = is part of a file's name. */
static bool is_container(const char *text, size_t length)
{
    size_t slashes = 0;
    for (size_t i = 0; i < length; i++) {
        slashes += text[i] == '/';
        if (!isalnum((unsigned char)text[i]) && !strchr("-_./", text[i]))
            return false;
    }
    return length > 0 && slashes <= 1 && text[0] != '/' && text[0] != '.' && text[length - 1] != '/';
}

static void split_spec(const char *spec, struct used_recording *used, const char **ret_file)
{
    const char *equals = strchr(spec, '=');
    *ret_file = spec;
    if (!equals || !is_container(spec, (size_t)(equals - spec)) || access(spec, F_OK) == 0)
        return;
    const char *slash = memchr(spec, '/', (size_t)(equals - spec));
    const char *container = slash ? slash + 1 : spec;
    used->workload = slash ? mem_dup(spec, (size_t)(slash - spec)) : NULL;
    used->container = mem_dup(container, (size_t)(equals - container));
    *ret_file = equals + 1;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "/usr/sbin/nginx" is nginx; of `sh -c` nobody can say what it is by that name, but by that name it is recorded. */
static char *program_of(const struct recording *recording)
{
    const struct run *run = recording->run_count > 0 ? &recording->runs[0] : NULL;
    const char *first = run && run->command_count > 0 ? recording_text(recording, run->command[0]) : NULL;
    const char *name = first ? base_name(first) : "";
    return *name ? mem_strdup(name) : NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_command(const struct recording *a, const struct recording *b)
{
    const struct run *first = &a->runs[0];
    const struct run *second = &b->runs[0];
    if (first->command_count != second->command_count)
        return false;
    for (size_t i = 0; i < first->command_count; i++)
        if (!same_text(recording_text(a, first->command[i]), recording_text(b, second->command[i])))
            return false;
    return true;
}

/* What it runs is told by what stands behind it. */
static bool is_interpreter(const char *program)
{
    static const char *const names[] = {"ash", "bash", "bun", "busybox", "dash", "deno", "dotnet", "dumb-init", "env", "java", "node",
                                        "perl", "php", "ruby", "sh", "tini", "zsh"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(names[i], program) == 0)
            return true;
    return strncmp(program, "python", 6) == 0 || strstr(program, "entrypoint");
}

static bool same_workload(const struct used_recording *a, const struct used_recording *b)
{
    if (!a->program || !same_text(a->program, b->program))
        return false;
    return !is_interpreter(a->program) || same_command(a->recording, b->recording);
}

static struct used_recording *find_same(struct used_recordings *recordings, const struct used_recording *used)
{
    for (size_t i = 0; i < recordings->count; i++) {
        struct used_recording *known = &recordings->items[i];
        if (same_text(known->container, used->container) && same_text(known->workload, used->workload) &&
            (used->container || same_workload(known, used)))
            return known;
    }
    return NULL;
}

static void take(struct used_recordings *recordings, struct used_recording *used)
{
    struct used_recording *known = find_same(recordings, used);
    if (!known) {
        MEM_GROW(recordings->items, recordings->count, recordings->capacity);
        recordings->items[recordings->count++] = *used;
        return;
    }
    char *both = mem_printf("%s, %s", known->name, used->name);
    free(known->name);
    known->name = both;
    recording_merge(known->recording, used->recording);
    recording_done(used);
}

static void complete(struct used_recording *used, const char *file)
{
    AUTO_BUF struct buf name = BUF_INIT;
    text_escape(&name, file, strlen(file));
    used->name = buf_take(&name);
    used->program = program_of(used->recording);
}

int used_recordings_add(struct used_recordings *recordings, const char *spec, struct err *err)
{
    struct used_recording used = {0};
    const char *file;
    if (recordings->count == USED_RECORDINGS_MAX)
        return err_set(err, -E2BIG, "there are more than %d recordings", USED_RECORDINGS_MAX);
    split_spec(spec, &used, &file);
    int rc = *file ? recording_read(file, &used.recording, err) : err_set(err, -EINVAL, "there is no recording's file behind '%s'", spec);
    if (rc == 0 && used.recording->run_count == 0)
        rc = err_set(err, -EINVAL, "%s holds no run, so that nothing can be held against it", file);
    if (rc < 0) {
        recording_done(&used);
        return rc;
    }
    complete(&used, file);
    take(recordings, &used);
    return 0;
}

void used_recordings_put(struct used_recordings *recordings, const char *name, const char *container, struct recording *recording)
{
    struct used_recording used = {.recording = recording, .container = container ? mem_strdup(container) : NULL};
    complete(&used, name);
    take(recordings, &used);
}

/* ---- what follows from it -------------------------------------------------------------------------- */

static enum abi native_of(const struct recording *recording)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        if (recording_used_abi(recording, abi))
            return arch_get(abi)->family;
    return ABI_X86_64;
}

/* What emit would let pass, with no argument in particular: what a narrower profile would refuse is not among it. */
static void find_granted(struct used_recording *used)
{
    const struct profile_options options = PROFILE_OPTIONS_DEFAULT;
    const struct seccomp_context context = {.native = used->native};
    AUTO(profile_free_cleanup) struct profile *profile = NULL;
    struct err err = ERR_INIT;
    if (profile_new(used->recording, &options, &profile, &err) < 0)
        return;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *policy = profile_seccomp_policy(profile);
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    if (seccomp_evaluator_new(policy, &context, &evaluator, &err) < 0)
        return;
    used->granted = mem_zero(CALL_DENSE_MAX, sizeof(bool));
    for (uint32_t number = 0; number < CALL_DENSE_MAX; number++) {
        const struct syscall *call = syscall_by_number(used->native, number);
        enum seccomp_action action =
            seccomp_evaluator_ask(evaluator, used->native, number, (const uint64_t[6]){0}).action;
        const struct profile_call *entry = call ? profile_find(profile, used->native, call->name) : NULL;
        bool in_part = entry && entry->origin < ORIGIN_ENOSYS; /* with other arguments */
        used->granted[number] = action == SECCOMP_ALLOW || action == SECCOMP_LOG || in_part;
    }
}

void used_recordings_prepare(struct used_recordings *recordings)
{
    for (size_t i = 0; i < recordings->count; i++) {
        struct used_recording *used = &recordings->items[i];
        const struct recording *one[] = {used->recording};
        used->native = native_of(used->recording);
        used->needs = workload_needs_new(used->recording, ADVICE_MARGIN);
        used->advice = advice_new(one, 1, ADVICE_MARGIN);
        find_granted(used);
    }
}
