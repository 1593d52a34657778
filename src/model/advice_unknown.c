/* What the recordings cannot know, said in sentences. */
#include "model/advice_usage.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/strings.h"
#include "model/saturation.h"

/* Shorter than this shows no daily cycle, no rotation, no leak. */
enum { SHORT_SECONDS = 600 };
#define NS_PER_SECOND 1e9

static void add(struct advice *advice, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct advice *advice, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char text[ERR_SENTENCE_MAX];
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    strings_add(&advice->unknown, &advice->unknown_count, text);
}

static void add_losses(struct advice *advice, const struct recording *recording)
{
    for (unsigned cause = 0; cause < LOSS_CAUSE_COUNT; cause++) {
        uint64_t count = 0;
        for (size_t i = 0; i < recording->run_count; i++)
            count += recording->runs[i].losses[cause].count;
        if (count > 0)
            add(advice, "incomplete: %s", loss_cause_sentence((enum loss_cause)cause));
    }
    for (size_t i = 0; i < recording->run_count; i++)
        if (recording->runs[i].end == END_RUNNING) {
            add(advice, "incomplete: a run had not ended when it was written down");
            break;
        }
}

static void add_extent(struct advice *advice)
{
    if (advice->run_count == 1)
        add(advice, "one run: what another input, configuration or day would do is not in it");
    if ((double)advice->load.duration_ns < SHORT_SECONDS * NS_PER_SECOND)
        add(advice, "%.1f s in all: memory that grows and work that comes later were not seen",
            (double)advice->load.duration_ns / NS_PER_SECOND);
    if (!advice->load.served)
        add(advice, "it never began to serve: all counts are of start-up and of the whole run alike");
}

static void add_saturation(struct advice *advice, const struct recording *const *recordings, size_t count)
{
    struct saturation saturation;
    saturation_measure(recordings, count, &saturation);
    if (saturation.calls == 0 || saturation_reached(&saturation))
        return;
    AUTO_BUF struct buf text = BUF_INIT;
    saturation_describe(&saturation, &text);
    add(advice, "another run may bring new calls: %s", buf_text(&text));
}

void advice_find_unknown(struct advice *advice, const struct advice_usage *usage,
                         const struct recording *const *recordings, size_t count)
{
    add_losses(advice, usage->recording);
    add_extent(advice);
    add_saturation(advice, recordings, count);
    if (usage->native != ABI_X86_64)
        add(advice, "what OSv, Nanos and Unikraft answer to single calls is known for x86-64 only");
    add(advice, "a call that worked may have a fallback in the program that the recording does not show: record once "
                "more with the call refused to find out");
    add(advice, "tracing slows a workload down: calls per second are at least these, and processor use is distorted");
    add(advice, "whether its code is trusted, and whether the nodes have virtualization, no recording tells");
}
