#include "model/provenance.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

/* ---- the mark ----------------------------------------------------------------------------------- */

#define MARK_TITLE "profgen-mark:"
enum { MARK_DIGITS = 16 };

/* Where the digits of the first mark are; NULL when there is none. */
static const char *find_digits(const char *bytes, size_t length)
{
    const char *mark = length ? memmem(bytes, length, MARK_TITLE, strlen(MARK_TITLE)) : NULL;
    if (!mark || (size_t)(bytes + length - mark) < strlen(PROVENANCE_MARK))
        return NULL;
    const char *digits = mark + strlen(MARK_TITLE);
    return strspn(digits, "0123456789abcdef") >= MARK_DIGITS ? digits : NULL;
}

/* FNV-1a, 64 bits, with the mark's own digits left out. */
static uint64_t checksum(const char *bytes, size_t length, const char *digits)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++) {
        if (bytes + i >= digits && bytes + i < digits + MARK_DIGITS)
            continue;
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    }
    return hash;
}

static void format_checksum(char text[MARK_DIGITS + 1], uint64_t hash)
{
    (void)snprintf(text, MARK_DIGITS + 1, "%016" PRIx64, hash);
}

bool provenance_stamp(struct buf *artefact)
{
    const char *digits = find_digits(artefact->data, artefact->length);
    if (!digits)
        return false;
    char text[MARK_DIGITS + 1];
    format_checksum(text, checksum(artefact->data, artefact->length, digits));
    memcpy(artefact->data + (digits - artefact->data), text, MARK_DIGITS);
    return true;
}

enum provenance_state provenance_state(const char *bytes, size_t length)
{
    const char *digits = find_digits(bytes, length);
    if (!digits)
        return PROVENANCE_NONE;
    char text[MARK_DIGITS + 1];
    format_checksum(text, checksum(bytes, length, digits));
    return memcmp(text, digits, MARK_DIGITS) == 0 ? PROVENANCE_INTACT : PROVENANCE_CHANGED;
}

/* ---- the words ---------------------------------------------------------------------------------- */

enum { COMMAND_SHOWN_MAX = 160 };

static void add_command(const struct recording *recording, const struct run *run, struct buf *out)
{
    AUTO_BUF struct buf line = BUF_INIT;
    for (size_t i = 0; i < run->command_count; i++) {
        size_t length;
        const char *word = intern_get(recording->strings, run->command[i], &length);
        buf_add_text(&line, i ? " " : "");
        text_escape(&line, word, length);
    }
    size_t end = 0;
    for (size_t step; end < line.length; end += step) {
        step = text_utf8_length(line.data + end, line.length - end);
        step = step ? step : 1;
        if (end + step > COMMAND_SHOWN_MAX)
            break;
    }
    buf_add(out, line.length ? line.data : "", end);
    buf_add_text(out, end < line.length ? "…" : "");
}

static void add_text(const struct recording *recording, uint32_t string, const char *otherwise, struct buf *out)
{
    size_t length;
    if (string == STRING_NONE) {
        buf_add_text(out, otherwise);
        return;
    }
    const char *text = intern_get(recording->strings, string, &length);
    text_escape(out, text, length < 64 ? length : 64);
}

static void add_run(const struct recording *recording, const struct run *run, struct buf *out)
{
    bool complete = run->end != END_RUNNING;
    for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        complete &= run->losses[cause].count == 0;
    add_command(recording, run, out);
    buf_add_text(out, " (Linux ");
    add_text(recording, run->kernel, "unknown", out);
    buf_add_text(out, ", ");
    add_text(recording, run->machine, "unknown machine", out);
    buf_add_text(out, ", libc ");
    add_text(recording, run->libc, "unknown", out);
    buf_printf(out, ", %s)", complete ? "complete" : "INCOMPLETE");
}

enum { RUNS_SHOWN_MAX = 8 };

void provenance_describe(const struct recording *recording, struct buf *out)
{
    buf_printf(out, "profgen %s, %s; made from ", PROFGEN_VERSION, PROVENANCE_MARK);
    for (size_t i = 0; i < recording->run_count && i < RUNS_SHOWN_MAX; i++) {
        buf_add_text(out, i ? "; " : "");
        add_run(recording, &recording->runs[i], out);
    }
    if (recording->run_count > RUNS_SHOWN_MAX)
        buf_printf(out, "; and %zu more runs", recording->run_count - RUNS_SHOWN_MAX);
    if (recording_complete(recording))
        return;
    buf_add_text(out, "; the recording is INCOMPLETE: ");
    provenance_losses(recording, out);
}

void provenance_losses(const struct recording *recording, struct buf *out)
{
    uint64_t counts[LOSS_CAUSE_COUNT] = {0};
    uint64_t total = 0;
    size_t running = 0;
    for (size_t i = 0; i < recording->run_count; i++) {
        running += recording->runs[i].end == END_RUNNING;
        for (int cause = 0; cause < LOSS_CAUSE_COUNT; cause++) {
            counts[cause] += recording->runs[i].losses[cause].count;
            total += recording->runs[i].losses[cause].count;
        }
    }
    if (total > 0) {
        buf_printf(out, "%" PRIu64 " %s (", total, total == 1 ? "loss" : "losses");
        const char *between = "";
        for (enum loss_cause cause = 0; cause < LOSS_CAUSE_COUNT; cause++) {
            if (counts[cause] == 0)
                continue;
            buf_printf(out, "%s%s", between, loss_cause_name(cause));
            between = ", ";
        }
        buf_add_text(out, ")");
    }
    if (running > 0)
        buf_printf(out, "%s%zu %s", total ? ", and " : "", running,
                   running == 1 ? "run had not ended" : "runs had not ended");
}
