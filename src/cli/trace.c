#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/command.h"
#include "cli/container.h"
#include "cli/recordings.h"
#include "cli/tracing.h"
#include "model/recording_file.h"

enum {
    OPTION_OUTPUT = 1,
    OPTION_ATTACH,
    OPTION_CONTAINER,
    OPTION_TIMEOUT,
    OPTION_PHASE_AFTER,
    OPTION_METHOD,
    OPTION_NO_PIN,
    OPTION_QUIET,
    OPTION_FORCE
};

struct trace_command {
    struct tracing tracing;
    const char *output;
    const char *container;
    pid_t *attach;
    size_t attach_capacity;
    bool force;
    bool checkpoint_failed;
};

/* ---- writing -------------------------------------------------------------------------------------------- */

static int write_recording(const struct trace_command *self, const struct recording *recording, struct err *err)
{
    AUTO_BUF struct buf text = BUF_INIT;
    recording_write(recording, &text);
    return file_write(self->output, text.data, text.length, FILE_REPLACE, 0666, err);
}

/* A checkpoint that cannot be written is told once; the recording itself may still be. */
static void on_checkpoint(void *context, const struct recording *recording)
{
    struct tracing *tracing = context;
    struct trace_command *self = tracing->context;
    struct err err = ERR_INIT;
    if (strcmp(self->output, "-") == 0 || self->checkpoint_failed || write_recording(self, recording, &err) == 0)
        return;
    self->checkpoint_failed = true;
    tracing_clear_progress(tracing);
    say_note("no checkpoint: %s", err.sentence);
}

/* ---- the command line ------------------------------------------------------------------------------------ */

static bool add_attach(struct trace_command *self, const char *text)
{
    uint64_t pid;
    if (!num_parse_u64(text, INT32_MAX, &pid) || pid == 0) {
        say_error("--attach needs a process id, not '%s'", text);
        return false;
    }
    MEM_GROW(self->attach, self->tracing.options.attach_count, self->attach_capacity);
    self->attach[self->tracing.options.attach_count++] = (pid_t)pid;
    return true;
}

static bool parse_duration(const char *option, const char *text, uint64_t *ret)
{
    if (num_parse_duration(text, ret) && *ret > 0)
        return true;
    say_error("--%s needs a time such as 30s, 500ms or 2m, not '%s'", option, text);
    return false;
}

static bool parse_method(struct trace_command *self, const char *text)
{
    static const struct {
        const char *name;
        enum trace_method method;
    } methods[] = {{"auto", TRACE_AUTO}, {"seccomp", TRACE_SECCOMP}, {"stops", TRACE_STOPS}};
    for (size_t i = 0; i < ARRAY_COUNT(methods); i++) {
        if (strcmp(text, methods[i].name) != 0)
            continue;
        self->tracing.options.method = methods[i].method;
        return true;
    }
    say_error("--method is auto, seccomp or stops, not '%s'", text);
    return false;
}

static bool take_option(struct trace_command *self, int id, const char *value)
{
    switch (id) {
    case OPTION_OUTPUT:
        self->output = value;
        return true;
    case OPTION_ATTACH:
        return add_attach(self, value);
    case OPTION_CONTAINER:
        self->container = value;
        return true;
    case OPTION_TIMEOUT:
        return parse_duration("timeout", value, &self->tracing.options.timeout_ns);
    case OPTION_PHASE_AFTER:
        return parse_duration("phase-after", value, &self->tracing.options.phase_after_ns);
    case OPTION_METHOD:
        return parse_method(self, value);
    case OPTION_NO_PIN:
        self->tracing.options.keep_affinity = true;
        return true;
    case OPTION_QUIET:
        self->tracing.quiet = true;
        return true;
    default:
        self->force = true;
        return true;
    }
}

/* ---- the run ------------------------------------------------------------------------------------------- */

static void summarise(const struct trace_command *self, const struct recording *recording)
{
    const struct run *run = &recording->runs[0];
    if (self->tracing.quiet)
        return;
    say_note("recorded %zu program%s and %zu path%s in %.1f s to %s", recording->image_count,
             recording->image_count == 1 ? "" : "s", recording->path_count, recording->path_count == 1 ? "" : "s",
             (double)run->duration_ns / 1e9, self->output);
    for (enum loss_cause cause = 0; cause < LOSS_CAUSE_COUNT; cause++)
        if (run->losses[cause].count > 0)
            say_note("incomplete: %s (%llu times, first: %s)", loss_cause_sentence(cause),
                     (unsigned long long)run->losses[cause].count,
                     recording_text(recording, run->losses[cause].example));
}

static int record(struct trace_command *self)
{
    AUTO(recording_free_cleanup) struct recording *recording = NULL;
    struct err err = ERR_INIT;
    if (!self->force && recordings_check_output(self->output, &err) < 0)
        return say_failure(&err, STATUS_RUN_FAILED);
    self->tracing.context = self;
    self->tracing.options.hooks.checkpoint = on_checkpoint;
    if (tracing_run(&self->tracing, &recording, &err) < 0)
        return say_failure(&err, tracing_status_of_failure(&err));
    if (write_recording(self, recording, &err) < 0)
        return say_failure(&err, STATUS_RUN_FAILED);
    summarise(self, recording);
    return tracing_status_of_run(&recording->runs[0]);
}

static int check_usage(struct trace_command *self, const struct option_walk *walk)
{
    struct err err = ERR_INIT;
    bool attaching = self->tracing.options.attach_count > 0 || self->container;
    if (self->container &&
        container_processes(self->container, &self->attach, &self->tracing.options.attach_count, &err) < 0)
        return say_failure(&err, STATUS_RUN_FAILED);
    if (attaching && walk->operand_count > 0) {
        say_error("trace either runs a command or attaches to a process, not both");
        return STATUS_RUN_FAILED;
    }
    if (!attaching && walk->operand_count == 0) {
        say_error("nothing to trace; for example: profgen trace -- ls /tmp");
        return STATUS_RUN_FAILED;
    }
    self->tracing.options.attach = self->attach;
    self->tracing.options.command = attaching ? NULL : walk->operands;
    return STATUS_CLEAN;
}

static int run_trace(const struct command *command, int argc, char **argv)
{
    struct trace_command self = {.output = RECORDING_DEFAULT_PATH};
    struct option_walk walk;
    option_walk_init(&walk, command, argc, argv);
    for (int id = option_next(&walk); id != OPTION_END; id = option_next(&walk)) {
        if (id == OPTION_HELP)
            return STATUS_CLEAN;
        if (id == OPTION_BAD || !take_option(&self, id, walk.value)) {
            free(self.attach);
            return STATUS_RUN_FAILED;
        }
    }
    int status = check_usage(&self, &walk);
    if (status == STATUS_CLEAN)
        status = record(&self);
    free(self.attach);
    return status;
}

static const char *const method_choices[] = {"auto", "seccomp", "stops", NULL};

static const struct option_row trace_options[] = {
    {.id = OPTION_OUTPUT, .letter = 'o', .name = "output", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Write the recording to FILE (default: " RECORDING_DEFAULT_PATH ")"},
    {.id = OPTION_ATTACH, .letter = 'p', .name = "attach", .value = VALUE_REQUIRED, .placeholder = "PID",
     .help = "Attach to all threads of a running process; may be given again"},
    {.id = OPTION_CONTAINER, .name = "container", .value = VALUE_REQUIRED, .placeholder = "ID",
     .help = "Attach to every process of a running container"},
    {.id = OPTION_TIMEOUT, .letter = 't', .name = "timeout", .value = VALUE_REQUIRED, .placeholder = "TIME",
     .help = "End the recording after TIME (30s, 2m): ask the workload to end, or detach"},
    {.id = OPTION_PHASE_AFTER, .name = "phase-after", .value = VALUE_REQUIRED, .placeholder = "TIME",
     .help = "Count what happens after TIME as serving, not as start-up"},
    {.id = OPTION_METHOD, .name = "method", .value = VALUE_REQUIRED, .placeholder = "METHOD",
     .complete = COMPLETE_CHOICES, .choices = method_choices,
     .help = "How to stop the workload; seccomp is fast, stops is plain ptrace"},
    {.id = OPTION_NO_PIN, .name = "no-pin", .help = "Never keep the workload on the tracer's processor"},
    {.id = OPTION_FORCE, .letter = 'f', .name = "force", .help = "Replace FILE even if it is not a recording"},
    {.id = OPTION_QUIET, .letter = 'q', .name = "quiet", .help = "Print no progress and no summary"},
    {0},
};

const struct command command_trace = {
    .name = "trace",
    .synopsis = "[OPTIONS] -- COMMAND [ARGUMENT...]",
    .summary = "Record the system calls and file access of a workload",
    .description = "Runs COMMAND, or attaches to what runs already, and records every system call and\n"
                   "every path of all its threads and processes. The exit status is the command's own,\n"
                   "128+N when signal N ended it; 125 when profgen failed, 126 when the command cannot\n"
                   "be executed, 127 when it is not found. SIGINT and SIGTERM end the recording in good\n"
                   "order; SIGUSR1 says that start-up is over.",
    .examples = "profgen trace -- ./server --port 8080\n"
                "profgen trace --timeout 60s -o nginx.json -- nginx -g 'daemon off;'\n"
                "profgen trace -p 1234 -t 10m",
    .options = trace_options,
    .operands = COMPLETE_COMMAND,
    .run = run_trace,
};
