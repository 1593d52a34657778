/* What rules ask about a recording: one function each, by the name it has in profiles/advice-rules.csv. */
#include "model/advice_usage.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* linux/sched.h */
enum { NEW_TIME = 0x80 };

static char *escaped(const struct recording *recording, uint32_t string)
{
    AUTO_BUF struct buf text = BUF_INIT;
    size_t length = 0;
    const char *bytes = string == STRING_NONE ? "" : intern_get(recording->strings, string, &length);
    text_escape(&text, bytes, length);
    return mem_strdup(buf_text(&text));
}

static bool add_word(struct advice_evidence *evidence, const char *word, uint64_t count)
{
    advice_item_add(evidence, (struct advice_item){.what = mem_strdup(word), .count = count});
    return true;
}

static bool incomplete(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    (void)argument;
    (void)evidence;
    return !recording_complete(usage->recording);
}

/* ---- calls ------------------------------------------------------------------------------------ */

static bool calls(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++)
        for (size_t i = 0; i < syscall_count(); i++) {
            const char *name = syscall_at(i)->name;
            const struct call_use *use = advice_usage_call(usage, abi, name);
            if (use && call_use_works(use) && advice_listed(argument, name))
                advice_item_add_call(evidence, usage, abi, name, "", "");
        }
    return evidence->item_count > 0;
}

static bool any_call_works(const struct advice_usage *usage, const char *names)
{
    struct advice_evidence found = {0};
    bool works = calls(usage, names, &found);
    for (size_t i = 0; i < found.item_count; i++)
        free(found.items[i].what);
    free(found.items);
    return works;
}

static bool foreign_abi(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
        uint64_t count = 0;
        for (size_t number = 0; number < CALL_DENSE_MAX; number++)
            if (call_use_works(&usage->calls[abi][number]))
                count = advice_sum(count, call_use_total(&usage->calls[abi][number]));
        if (count > 0 && advice_listed(argument, arch_get(abi)->name))
            (void)add_word(evidence, arch_get(abi)->name, count);
    }
    return evidence->item_count > 0;
}

/* ---- processes -------------------------------------------------------------------------------- */

static uint64_t most_processes(const struct advice_usage *usage)
{
    uint64_t most = 0;
    for (size_t i = 0; i < usage->recording->run_count; i++) {
        const struct resources *resources = &usage->recording->runs[i].resources;
        uint64_t here = resources->total_processes > resources->peak_processes ? resources->total_processes
                                                                                : resources->peak_processes;
        most = here > most ? here : most;
    }
    return most;
}

static bool processes(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    static const char *const starters[] = {"fork", "vfork", "clone", "clone3"};
    (void)argument;
    uint64_t most = most_processes(usage);
    if (most <= 1)
        return false;
    AUTO_FREE char *word = mem_printf("%llu processes in one run", (unsigned long long)most);
    (void)add_word(evidence, word, 0);
    for (size_t i = 0; i < ARRAY_COUNT(starters); i++) {
        const struct call_use *use = advice_usage_call(usage, usage->native, starters[i]);
        if (use && call_use_works(use))
            advice_item_add_call(evidence, usage, usage->native, starters[i], "", "");
    }
    return true;
}

/* Each run starts with one exec that is the tracer's; one that was attached to has none. */
static uint64_t first_execs(const struct recording *recording)
{
    uint64_t first = 0;
    for (size_t i = 0; i < recording->run_count; i++) {
        const char *method = recording_text(recording, recording->runs[i].method);
        first += !method || strcmp(method, "attach") != 0;
    }
    return first;
}

static uint64_t later_execs(const struct recording *recording)
{
    uint64_t execs = 0;
    for (size_t i = 0; i < recording->image_count; i++)
        execs = advice_sum(execs, recording->images[i].execs);
    uint64_t first = first_execs(recording);
    return execs > first ? execs - first : 0;
}

static bool execs(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    (void)argument;
    const struct recording *recording = usage->recording;
    if (later_execs(recording) == 0)
        return false;
    for (size_t i = 0; i < recording->image_count; i++) {
        const struct image *image = &recording->images[i];
        /* Runs of one workload start with the first image. */
        uint64_t started = i == 0 ? first_execs(recording) : 0;
        if (image->execs <= started)
            continue;
        AUTO_FREE char *path = escaped(recording, image->script == STRING_NONE ? image->path : image->script);
        (void)add_word(evidence, path, image->execs - started);
    }
    return true;
}

static bool single(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    (void)argument;
    (void)evidence;
    return most_processes(usage) == 1 && later_execs(usage->recording) == 0;
}

static bool threads(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    (void)argument;
    for (size_t i = 0; i < usage->recording->run_count; i++) {
        const struct resources *resources = &usage->recording->runs[i].resources;
        if (resources->peak_threads <= resources->peak_processes || resources->peak_processes == 0)
            continue;
        AUTO_FREE char *word = mem_printf("%llu threads at once", (unsigned long long)resources->peak_threads);
        return add_word(evidence, word, 0);
    }
    return false;
}

/* ---- paths ------------------------------------------------------------------------------------ */

/* Opened by the workload itself; a terminal that it came with is the runtime's to give. */
#define ACCESS_OPENED (ACCESS_READ | ACCESS_WRITE | ACCESS_APPEND)

static access_mask did(const struct path_record *path)
{
    return path->did[PHASE_STARTUP] | path->did[PHASE_SERVING];
}

static void add_path(const struct advice_usage *usage, const struct path_record *path,
                     struct advice_evidence *evidence)
{
    char *text = escaped(usage->recording, path->path);
    for (size_t i = 0; i < evidence->item_count; i++)
        if (strcmp(evidence->items[i].what, text) == 0) {
            free(text);
            return;
        }
    advice_item_add(evidence, (struct advice_item){.what = text});
}

static bool is_opened(const struct path_record *path, enum file_type type)
{
    return path->type == type && did(path) & ACCESS_OPENED && !(did(path) & ACCESS_INHERIT);
}

static bool devices(const struct advice_usage *usage, const char *patterns, bool wanted, struct advice_evidence *evidence)
{
    const struct recording *recording = usage->recording;
    for (size_t i = 0; i < recording->path_count; i++) {
        const struct path_record *path = &recording->paths[i];
        if (!is_opened(path, FILE_CHARACTER))
            continue;
        const char *bytes = recording_text(recording, path->path);
        if (advice_listed_glob(patterns, bytes) == wanted)
            add_path(usage, path, evidence);
    }
    return evidence->item_count > 0;
}

static bool device(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    return devices(usage, argument, true, evidence);
}

static bool other_device(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    return devices(usage, argument, false, evidence);
}

static bool block_device(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    (void)argument;
    for (size_t i = 0; i < usage->recording->path_count; i++)
        if (is_opened(&usage->recording->paths[i], FILE_BLOCK))
            add_path(usage, &usage->recording->paths[i], evidence);
    return evidence->item_count > 0;
}

static bool is_kernel_path(const char *path)
{
    return strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0 || strncmp(path, "/dev/", 5) == 0;
}

static bool writes(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    (void)argument;
    const access_mask changes = ACCESS_WRITE | ACCESS_APPEND | ACCESS_CREATE | ACCESS_DELETE | ACCESS_RENAME;
    for (size_t i = 0; i < usage->recording->path_count; i++) {
        const struct path_record *path = &usage->recording->paths[i];
        bool file = path->type == FILE_REGULAR || path->type == FILE_DIRECTORY;
        if (file && did(path) & changes && !(did(path) & ACCESS_INHERIT) &&
            !is_kernel_path(recording_text(usage->recording, path->path)))
            add_path(usage, path, evidence);
        if (evidence->item_count == ADVICE_ITEMS_MAX)
            break;
    }
    return evidence->item_count > 0;
}

/* ---- sockets, mounts, namespaces -------------------------------------------------------------- */

static bool bound_here(const struct recording *recording, uint32_t path)
{
    for (size_t i = 0; i < recording->path_count; i++)
        if (recording->paths[i].path == path && did(&recording->paths[i]) & ACCESS_BIND)
            return true;
    return false;
}

static bool unix_outside(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    (void)argument;
    const struct recording *recording = usage->recording;
    for (size_t i = 0; i < recording->path_count && evidence->item_count < ADVICE_ITEMS_MAX; i++) {
        const struct path_record *path = &recording->paths[i];
        if (did(path) & ACCESS_CONNECT && path->type == FILE_SOCKET && !(did(path) & ACCESS_PROBE) &&
            !bound_here(recording, path->path))
            add_path(usage, path, evidence);
    }
    return evidence->item_count > 0;
}

static uint64_t fact_total(const struct fact *fact)
{
    return advice_sum(fact->count[PHASE_STARTUP], fact->count[PHASE_SERVING]);
}

/* The list's entry is the subject or the words that it begins with: "packet", "inet raw". */
static bool begins_with_listed(const char *list, const char *subject)
{
    for (size_t end = strlen(subject); end > 0; end--) {
        if (subject[end] != ' ' && subject[end] != '\0')
            continue;
        AUTO_FREE char *head = mem_dup(subject, end);
        if (advice_listed(list, head))
            return true;
    }
    return false;
}

static bool sockets(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    const struct recording *recording = usage->recording;
    if (!any_call_works(usage, "socket|socketcall|socketpair"))
        return false;
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        const char *subject = recording_text(recording, fact->subject);
        if (fact->kind == FACT_SOCKET && subject && begins_with_listed(argument, subject))
            (void)add_word(evidence, subject, fact_total(fact));
    }
    return evidence->item_count > 0;
}

/* A bind mount or a remount has no type of its own. */
static bool mount_type(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    const struct recording *recording = usage->recording;
    if (!any_call_works(usage, "mount|fsmount|move_mount"))
        return false;
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        const char *type = recording_text(recording, fact->note);
        if (fact->kind != FACT_MOUNT || !type || !*type || strcmp(type, "none") == 0 || advice_listed(argument, type))
            continue;
        AUTO_FREE char *target = escaped(recording, fact->subject);
        AUTO_FREE char *kind = escaped(recording, fact->note);
        AUTO_FREE char *word = mem_printf("%s on %s", kind, target);
        (void)add_word(evidence, word, fact_total(fact));
    }
    return evidence->item_count > 0;
}

static bool time_namespace(const struct advice_usage *usage, const char *argument, struct advice_evidence *evidence)
{
    (void)argument;
    const struct recording *recording = usage->recording;
    if (!any_call_works(usage, "unshare|setns|clone3"))
        return false;
    for (size_t i = 0; i < recording->fact_count; i++)
        if (recording->facts[i].kind == FACT_NAMESPACE && recording->facts[i].value & NEW_TIME)
            return add_word(evidence, recording_text(recording, recording->facts[i].subject),
                            fact_total(&recording->facts[i]));
    return false;
}

/* ---- by name ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    advice_predicate *holds;
} predicates[] = {
    {"abi", foreign_abi},
    {"block-device", block_device},
    {"calls", calls},
    {"device", device},
    {"execs", execs},
    {"gvisor-calls", advice_gvisor_calls},
    {"incomplete", incomplete},
    {"libos-calls", advice_libos_calls},
    {"mount-type", mount_type},
    {"other-device", other_device},
    {"processes", processes},
    {"single", single},
    {"socket", sockets},
    {"threads", threads},
    {"time-namespace", time_namespace},
    {"unix-outside", unix_outside},
    {"writes", writes},
};

advice_predicate *advice_predicate_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(predicates); i++)
        if (strcmp(predicates[i].name, name) == 0)
            return predicates[i].holds;
    return NULL;
}
