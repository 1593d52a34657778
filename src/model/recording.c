#include "model/recording.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "model/recording_index.h"

struct recording *recording_new(void)
{
    struct recording *recording = mem_zero(1, sizeof(*recording));
    recording->strings = intern_new();
    recording->index = recording_index_new();
    return recording;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    for (size_t i = 0; i < recording->image_count; i++)
        for (unsigned abi = 0; abi < ABI_COUNT; abi++)
            call_table_done(&recording->images[i].calls[abi]);
    for (size_t i = 0; i < recording->run_count; i++)
        free(recording->runs[i].command);
    free(recording->images);
    free(recording->runs);
    free(recording->paths);
    free(recording->facts);
    recording_index_free(recording->index);
    intern_free(recording->strings);
    free(recording);
}

uint32_t recording_bytes(struct recording *recording, const void *bytes, size_t length)
{
    if (length == 0 || !memchr(bytes, '\0', length))
        return intern_add(recording->strings, bytes, length);
    AUTO_FREE char *copy = mem_dup(bytes, length);
    for (char *nul = copy; (nul = memchr(nul, '\0', length - (size_t)(nul - copy)));)
        *nul = '@';
    return intern_add(recording->strings, copy, length);
}

uint32_t recording_string(struct recording *recording, const char *text)
{
    return intern_add(recording->strings, text, strlen(text));
}

const char *recording_text(const struct recording *recording, uint32_t string)
{
    return string == STRING_NONE ? NULL : intern_get(recording->strings, string, NULL);
}

struct run *recording_add_run(struct recording *recording)
{
    recording->runs = mem_resize(recording->runs, recording->run_count + 1, sizeof(*recording->runs));
    struct run *run = &recording->runs[recording->run_count++];
    *run = (struct run){
        .directory = STRING_NONE,
        .kernel = STRING_NONE,
        .machine = STRING_NONE,
        .libc = STRING_NONE,
        .method = STRING_NONE,
        .serving_ns = UINT64_MAX,
        .serving_sign = STRING_NONE,
        .end = END_RUNNING,
    };
    for (unsigned cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        run->losses[cause].example = STRING_NONE;
    return run;
}

void recording_loss(struct recording *recording, struct run *run, enum loss_cause cause, uint64_t count,
                    const char *example)
{
    assert(cause < LOSS_CAUSE_COUNT);
    struct loss *loss = &run->losses[cause];
    if (count == 0)
        return;
    loss->count = count_sum(loss->count, count);
    if (loss->example == STRING_NONE && example)
        loss->example = recording_string(recording, example);
}

static bool run_complete(const struct run *run)
{
    for (unsigned cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        if (run->losses[cause].count > 0)
            return false;
    return run->end != END_RUNNING;
}

bool recording_complete(const struct recording *recording)
{
    for (size_t i = 0; i < recording->run_count; i++)
        if (!run_complete(&recording->runs[i]))
            return false;
    return recording->run_count > 0;
}
