#include "model/advice_usage.h"

#include <fnmatch.h>
#include <signal.h>
#include <string.h>

#include "base/mem.h"

/* From here on an error is a restart code, which no program sees (include/linux/errno.h). */
enum { FIRST_RESTART_CODE = 512 };

uint64_t advice_bound(unsigned __int128 number)
{
    return number > INT64_MAX ? INT64_MAX : (uint64_t)number;
}

uint64_t advice_sum(uint64_t a, uint64_t b)
{
    return advice_bound((unsigned __int128)a + b);
}

static void add_results(struct call_use *use, const struct call_record *call)
{
    for (size_t i = 0; i < call->result_count; i++) {
        const struct call_result *result = &call->results[i];
        use->seen = advice_sum(use->seen, result->count);
        if (result->error == 0 || result->error >= FIRST_RESTART_CODE)
            continue;
        use->failed = advice_sum(use->failed, result->count);
        if (result->count > use->error_count) {
            use->error = result->error;
            use->error_count = result->count;
        }
    }
}

static void add_call(void *context, const struct image *image, enum abi abi, const struct call_record *call)
{
    (void)image;
    struct advice_usage *usage = context;
    if (call->number >= CALL_DENSE_MAX)
        return;
    struct call_use *use = &usage->calls[abi][call->number];
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        use->count[phase] = advice_sum(use->count[phase], call->count[phase]);
    add_results(use, call);
}

/* A server is ended from outside; that is not its failure. */
static bool run_ended_well(const struct run *run)
{
    switch (run->end) {
    case END_EXITED:
        return run->end_value == 0;
    case END_SIGNALED:
        return run->end_value == SIGTERM || run->end_value == SIGINT || run->end_value == SIGQUIT ||
               run->end_value == SIGHUP || run->end_value == SIGKILL;
    case END_RUNNING:
    case END_DETACHED:
    case END_TIMEOUT:
    case END_INTERRUPTED:
    case END_COUNT:
        break;
    }
    return true;
}

static enum abi native_abi(const struct recording *recording)
{
    for (size_t i = 0; i < recording->run_count; i++) {
        const char *machine = recording_text(recording, recording->runs[i].machine);
        enum abi abi = machine ? arch_from_name(machine) : ABI_NONE;
        if (abi != ABI_NONE)
            return abi;
    }
    return ABI_X86_64;
}

struct advice_usage *advice_usage_new(const struct recording *recording)
{
    struct advice_usage *usage = mem_zero(1, sizeof(*usage));
    usage->recording = recording;
    usage->native = native_abi(recording);
    usage->ended_well = true;
    for (size_t i = 0; i < recording->run_count; i++)
        usage->ended_well = usage->ended_well && run_ended_well(&recording->runs[i]);
    recording_each_call(recording, add_call, usage);
    return usage;
}

uint64_t call_use_total(const struct call_use *use)
{
    uint64_t total = 0;
    for (unsigned phase = 0; phase < PHASE_COUNT; phase++)
        total = advice_sum(total, use->count[phase]);
    return total;
}

bool call_use_works(const struct call_use *use)
{
    return call_use_total(use) > 0 && (use->seen == 0 || use->failed < use->seen);
}

const struct call_use *advice_usage_call(const struct advice_usage *usage, enum abi abi, const char *name)
{
    int number = syscall_number(abi, name);
    return number >= 0 && number < CALL_DENSE_MAX ? &usage->calls[abi][number] : NULL;
}

uint64_t advice_usage_count(const struct advice_usage *usage, const char *const *names, enum phase phase)
{
    uint64_t count = 0;
    for (; *names; names++)
        for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
            const struct call_use *use = advice_usage_call(usage, abi, *names);
            count = use ? advice_sum(count, use->count[phase]) : count;
        }
    return count;
}

/* ---- items ------------------------------------------------------------------------------------ */

void advice_item_add(struct advice_evidence *evidence, struct advice_item item)
{
    if (evidence->item_count == ADVICE_ITEMS_MAX) {
        evidence->omitted++;
        free(item.what);
        return;
    }
    item.answer = item.answer ? item.answer : "";
    item.detail = item.detail ? item.detail : "";
    MEM_GROW(evidence->items, evidence->item_count, evidence->item_capacity);
    evidence->items[evidence->item_count++] = item;
}

void advice_item_add_call(struct advice_evidence *evidence, const struct advice_usage *usage, enum abi abi,
                          const char *name, const char *answer, const char *detail)
{
    const struct call_use *use = advice_usage_call(usage, abi, name);
    if (!use)
        return;
    bool foreign = abi != usage->native;
    advice_item_add(evidence, (struct advice_item){
                                  .what = foreign ? mem_printf("%s (%s)", name, arch_get(abi)->name) : mem_strdup(name),
                                  .count = call_use_total(use),
                                  .seen = use->seen,
                                  .failed = use->failed,
                                  .error = use->error,
                                  .answer = answer,
                                  .detail = detail,
                              });
}

/* ---- lists in the tables ---------------------------------------------------------------------- */

static bool listed(const char *list, const char *word, bool glob)
{
    AUTO_FREE char *copy = mem_strdup(list);
    char *rest = copy;
    for (char *entry; (entry = strsep(&rest, "|"));)
        if (glob ? fnmatch(entry, word, 0) == 0 : strcmp(entry, word) == 0)
            return true;
    return false;
}

bool advice_listed(const char *list, const char *word)
{
    return listed(list, word, false);
}

bool advice_listed_glob(const char *list, const char *word)
{
    return listed(list, word, true);
}
