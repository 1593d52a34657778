#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/human.h"
#include "report/recording_text_parts.h"

enum { COLUMN = 14 };

/* ---- what was run, and how it ended --------------------------------------------------------- */

static void row_of_string(const struct recording *recording, const struct sheet *sheet, const char *label,
                          uint32_t string)
{
    if (string == STRING_NONE)
        return;
    AUTO_BUF struct buf text = BUF_INIT;
    summary_string(&text, recording, string);
    sheet_row(sheet, PAINT_NONE, label, COLUMN, "%s", buf_text(&text));
}

/* As a shell takes it, near enough to copy. */
static void add_word(struct buf *out, const struct recording *recording, uint32_t string)
{
    AUTO_BUF struct buf word = BUF_INIT;
    summary_string(&word, recording, string);
    bool bare = word.length > 0 && !strpbrk(buf_text(&word), " \\\"'`$&|;<>()*?[]#~!{}");
    if (bare) {
        buf_add_text(out, buf_text(&word));
        return;
    }
    buf_add_char(out, '\'');
    for (const char *c = buf_text(&word); *c; c++) {
        if (*c == '\'')
            buf_add_text(out, "'\\'");
        buf_add_char(out, *c);
    }
    buf_add_char(out, '\'');
}

static void print_command(const struct recording *recording, const struct sheet *sheet, const struct run *run)
{
    AUTO_BUF struct buf command = BUF_INIT;
    for (size_t i = 0; i < run->command_count; i++) {
        if (i > 0)
            buf_add_char(&command, ' ');
        add_word(&command, recording, run->command[i]);
    }
    sheet_row(sheet, PAINT_NONE, "command", COLUMN, "%s", buf_text(&command));
}

static void print_when(const struct sheet *sheet, const struct run *run)
{
    char when[HUMAN_MAX];
    char duration[HUMAN_MAX];
    sheet_row(sheet, PAINT_NONE, "recorded", COLUMN, "%s, for %s",
              run->started ? human_time(run->started, when) : "at an unknown time",
              human_duration(run->duration_ns, duration));
}

static void print_host(const struct recording *recording, const struct sheet *sheet, const struct run *run)
{
    const uint32_t parts[] = {run->kernel, run->machine, run->libc};
    AUTO_BUF struct buf host = BUF_INIT;
    buf_add_text(&host, "Linux");
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        if (parts[i] == STRING_NONE)
            continue;
        buf_add_text(&host, i == 2 ? ", " : " ");
        summary_string(&host, recording, parts[i]);
    }
    buf_printf(&host, ", as user %" PRIu32, run->user_id);
    sheet_row(sheet, PAINT_NONE, "on", COLUMN, "%s", buf_text(&host));
}

static void print_end(const struct sheet *sheet, const struct run *run)
{
    const char *signal = sigabbrev_np(run->end_value);
    switch (run->end) {
    case END_RUNNING:
        sheet_row(sheet, PAINT_RED, "ended", COLUMN, "not yet: this is a checkpoint");
        break;
    case END_EXITED:
        sheet_row(sheet, PAINT_NONE, "ended", COLUMN, "with status %d", run->end_value);
        break;
    case END_SIGNALED:
        sheet_row(sheet, PAINT_NONE, "ended", COLUMN, "by signal %d%s%s%s", run->end_value, signal ? " (SIG" : "",
                  signal ? signal : "", signal ? ")" : "");
        break;
    case END_DETACHED:
        sheet_row(sheet, PAINT_NONE, "ended", COLUMN, "profgen detached and the workload went on");
        break;
    case END_TIMEOUT:
        sheet_row(sheet, PAINT_NONE, "ended", COLUMN, "by the timeout of the recording");
        break;
    case END_INTERRUPTED:
        sheet_row(sheet, PAINT_NONE, "ended", COLUMN, "the recording was interrupted");
        break;
    case END_COUNT:
        break;
    }
}

static void print_phases(const struct recording *recording, const struct sheet *sheet, const struct run *run)
{
    if (run->serving_ns == UINT64_MAX) {
        sheet_row(sheet, PAINT_NONE, "phases", COLUMN, "start-up only; it never began to serve");
        return;
    }
    char after[HUMAN_MAX];
    AUTO_BUF struct buf sign = BUF_INIT;
    summary_string(&sign, recording, run->serving_sign);
    sheet_row(sheet, PAINT_NONE, "phases", COLUMN, "served after %s%s%s", human_duration(run->serving_ns, after),
              sign.length ? ": " : "", buf_text(&sign));
}

void summary_runs(const struct recording *recording, const struct sheet *sheet)
{
    char runs[HUMAN_MAX];
    sheet_row(sheet, recording_complete(recording) ? PAINT_GREEN : PAINT_RED,
              recording_complete(recording) ? "COMPLETE" : "INCOMPLETE", COLUMN, "%s",
              human_plural(recording->run_count, "run", "runs", runs));
    for (size_t i = 0; i < recording->run_count; i++) {
        const struct run *run = &recording->runs[i];
        if (recording->run_count > 1)
            sheet_heading(sheet, "Run %zu", i);
        print_command(recording, sheet, run);
        row_of_string(recording, sheet, "directory", run->directory);
        print_when(sheet, run);
        print_host(recording, sheet, run);
        row_of_string(recording, sheet, "method", run->method);
        print_end(sheet, run);
        print_phases(recording, sheet, run);
    }
}

/* ---- what was lost ------------------------------------------------------------------------------ */

static void print_loss(const struct recording *recording, const struct sheet *sheet, size_t run, enum loss_cause cause)
{
    const struct loss *loss = &recording->runs[run].losses[cause];
    char times[HUMAN_MAX];
    AUTO_BUF struct buf text = BUF_INIT;
    buf_printf(&text, "%s; %s", loss_cause_sentence(cause), human_plural(loss->count, "time", "times", times));
    if (recording->run_count > 1)
        buf_printf(&text, " in run %zu", run);
    if (loss->example != STRING_NONE) {
        buf_add_text(&text, ", first: ");
        summary_string(&text, recording, loss->example);
    }
    sheet_row(sheet, PAINT_RED, loss_cause_name(cause), COLUMN + 4, "%s", buf_text(&text));
}

void summary_losses(const struct recording *recording, const struct sheet *sheet)
{
    bool any = false;
    for (size_t run = 0; run < recording->run_count; run++)
        for (unsigned cause = 0; cause < LOSS_CAUSE_COUNT; cause++) {
            if (recording->runs[run].losses[cause].count == 0)
                continue;
            if (!any)
                sheet_heading(sheet, "Not seen: profiles made from this recording may be too tight");
            any = true;
            print_loss(recording, sheet, run, (enum loss_cause)cause);
        }
}

/* ---- what it consumed --------------------------------------------------------------------------- */

void summary_resources(const struct recording *recording, const struct sheet *sheet)
{
    struct resources most = {0};
    for (size_t i = 0; i < recording->run_count; i++) {
        const struct resources *run = &recording->runs[i].resources;
#define KEEP_LARGER(field) most.field = run->field > most.field ? run->field : most.field
        KEEP_LARGER(peak_memory_bytes);
        KEEP_LARGER(total_memory_bytes);
        KEEP_LARGER(cpu_user_ns);
        KEEP_LARGER(cpu_system_ns);
        KEEP_LARGER(peak_processes);
        KEEP_LARGER(peak_threads);
        KEEP_LARGER(peak_open_files);
        KEEP_LARGER(read_bytes);
        KEEP_LARGER(written_bytes);
#undef KEEP_LARGER
    }
    char a[HUMAN_MAX];
    char b[HUMAN_MAX];
    sheet_heading(sheet, recording->run_count > 1 ? "Resources, the most of any run" : "Resources");
    sheet_row(sheet, PAINT_NONE, "memory", COLUMN, "%s of one process, %s of all together",
              human_bytes(most.peak_memory_bytes, a), human_bytes(most.total_memory_bytes, b));
    sheet_row(sheet, PAINT_NONE, "CPU", COLUMN, "%s user, %s system", human_duration(most.cpu_user_ns, a),
              human_duration(most.cpu_system_ns, b));
    sheet_row(sheet, PAINT_NONE, "at once", COLUMN, "%" PRIu64 " processes, %" PRIu64 " threads, %" PRIu64 " open files",
              most.peak_processes, most.peak_threads, most.peak_open_files);
    sheet_row(sheet, PAINT_NONE, "moved", COLUMN, "%s read, %s written", human_bytes(most.read_bytes, a),
              human_bytes(most.written_bytes, b));
}
