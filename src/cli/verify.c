/* profgen verify: what profiles would deny, of recordings or of a command that runs. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/num.h"
#include "cli/command.h"
#include "cli/recordings.h"
#include "cli/report_file.h"
#include "cli/tracing.h"
#include "cli/verify.h"
#include "model/capability.h"
#include "report/denials_report.h"

enum {
    OPTION_SECCOMP = 1,
    OPTION_APPARMOR,
    OPTION_PROFILE,
    OPTION_CAPABILITIES,
    OPTION_KERNEL,
    OPTION_RUNTIME,
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_STRICT,
    OPTION_TIMEOUT,
    OPTION_FORCE,
    OPTION_LOG,
    OPTION_SAVE,
};

static const char *const formats[] = {"text", "json", NULL};
static const char *const runtimes[] = {"runc", "crun", NULL};

static const struct option_row verify_options[] = {
    {.id = OPTION_SECCOMP, .letter = 's', .name = "seccomp", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Ask this seccomp profile, in the form of Docker, Podman or OCI"},
    {.id = OPTION_APPARMOR, .letter = 'a', .name = "apparmor", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Ask this AppArmor profile"},
    {.id = OPTION_PROFILE, .name = "profile", .value = VALUE_REQUIRED, .placeholder = "NAME",
     .help = "The profile of the AppArmor file to ask, where it holds several, and of a log to look at alone"},
    {.id = OPTION_LOG, .letter = 'l', .name = "log", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Read an audit or kernel log (- for standard input) instead of recordings; repeatable"},
    {.id = OPTION_SAVE, .name = "save", .value = VALUE_REQUIRED, .placeholder = "FILE", .complete = COMPLETE_FILE,
     .help = "Write what the logs show to FILE as a recording, for merge and emit"},
    {.id = OPTION_CAPABILITIES, .name = "capabilities", .value = VALUE_REQUIRED, .placeholder = "LIST",
     .help = "What the container has, for includes and excludes: docker (the default), all, none, or names"},
    {.id = OPTION_KERNEL, .name = "kernel", .value = VALUE_REQUIRED, .placeholder = "VERSION",
     .help = "The kernel it will run on, for minKernel; the recording's by default"},
    {.id = OPTION_RUNTIME, .name = "runtime", .value = VALUE_REQUIRED, .placeholder = "NAME",
     .complete = COMPLETE_CHOICES, .choices = runtimes, .help = "Who loads the seccomp profile, runc by default"},
    {.id = OPTION_FORMAT, .name = "format", .value = VALUE_REQUIRED, .placeholder = "FORMAT",
     .complete = COMPLETE_CHOICES, .choices = formats, .help = "Report as text or as JSON"},
    {.id = OPTION_OUTPUT, .letter = 'o', .name = "output", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE,
     .help = "Write the report to FILE; by default to standard output, or to standard error with a COMMAND"},
    {.id = OPTION_STRICT, .name = "strict", .help = "Fail when something cannot be told from what was recorded or logged"},
    {.id = OPTION_TIMEOUT, .letter = 't', .name = "timeout", .value = VALUE_REQUIRED, .placeholder = "TIME",
     .help = "Ask the COMMAND to end after TIME (30s, 2m)"},
    {.id = OPTION_FORCE, .letter = 'f', .name = "force", .help = "Replace FILE even if profgen did not write it"},
    {0},
};

static void verify_done(struct verify *self)
{
    seccomp_policy_free(self->seccomp);
    apparmor_policy_free(self->apparmor);
    free(self->logs);
}

/* ---- the command line ---------------------------------------------------------------------------- */

static int choose(const char *option, const char *const choices[2], const char *value, bool *ret_second,
                  struct err *err)
{
    *ret_second = strcmp(value, choices[1]) == 0;
    if (!*ret_second && strcmp(value, choices[0]) != 0)
        return err_set(err, -EINVAL, "--%s takes %s or %s, not '%s'", option, choices[0], choices[1], value);
    return 0;
}

static int read_kernel(struct verify *self, const char *value, struct err *err)
{
    self->context.kernel = kernel_version_parse(value);
    if (self->context.kernel == 0)
        return err_set(err, -EINVAL, "--kernel takes a release such as 6.1, not '%s'", value);
    return 0;
}

static int read_runtime(struct verify *self, const char *value, struct err *err)
{
    bool crun = false;
    int result = choose("runtime", runtimes, value, &crun, err);
    self->context.runc_stub = !crun;
    return result;
}

static int read_timeout(struct verify *self, const char *value, struct err *err)
{
    if (num_parse_duration(value, &self->tracing.options.timeout_ns) && self->tracing.options.timeout_ns > 0)
        return 0;
    return err_set(err, -EINVAL, "--timeout needs a time such as 30s, 500ms or 2m, not '%s'", value);
}

static int read_option(struct verify *self, int option, const char *value, struct err *err)
{
    switch (option) {
    case OPTION_SECCOMP:
        self->seccomp_file = value;
        return 0;
    case OPTION_APPARMOR:
        self->apparmor_file = value;
        return 0;
    case OPTION_PROFILE:
        self->profile = value;
        return 0;
    case OPTION_CAPABILITIES:
        self->capabilities = value;
        return capability_set_parse(value, &self->context.capabilities, err);
    case OPTION_KERNEL:
        return read_kernel(self, value, err);
    case OPTION_RUNTIME:
        return read_runtime(self, value, err);
    case OPTION_FORMAT:
        return choose("format", formats, value, &self->json, err);
    case OPTION_OUTPUT:
        self->output = value;
        return 0;
    case OPTION_STRICT:
        self->strict = true;
        return 0;
    case OPTION_TIMEOUT:
        return read_timeout(self, value, err);
    case OPTION_LOG:
        self->logs = mem_resize(self->logs, self->log_count + 1, sizeof(*self->logs));
        self->logs[self->log_count++] = (char *)(uintptr_t)value;
        return 0;
    case OPTION_SAVE:
        self->save = value;
        return 0;
    default:
        self->force = true;
        return 0;
    }
}

static int check_log_usage(const struct verify *self, const struct option_walk *walk, struct err *err)
{
    size_t standard_inputs = 0;
    for (size_t i = 0; i < self->log_count; i++)
        standard_inputs += strcmp(self->logs[i], "-") == 0;
    if (self->live || walk->operand_count > 0)
        return err_set(err, -EINVAL, "give logs, recordings or a command, only one of them");
    if (self->tracing.options.timeout_ns)
        return err_set(err, -EINVAL, "--timeout is for a command that runs, and logs are given");
    if (standard_inputs > 1)
        return err_set(err, -EINVAL, "standard input (-) can be read only once");
    if (self->save && strcmp(self->save, "-") == 0 && (!self->output || strcmp(self->output, "-") == 0))
        return err_set(err, -EINVAL, "with --save - the report needs a file: --output FILE");
    return 0;
}

static int check_usage(struct verify *self, const struct option_walk *walk, struct err *err)
{
    if (self->log_count > 0)
        return check_log_usage(self, walk, err);
    if (self->save)
        return err_set(err, -EINVAL, "--save writes what a log shows, and there is no --log FILE");
    if (!self->seccomp_file && !self->apparmor_file)
        return err_set(err, -EINVAL, "there is no profile to ask: give --seccomp FILE or --apparmor FILE");
    if (self->profile && !self->apparmor_file)
        return err_set(err, -EINVAL, "--profile chooses a profile of --apparmor FILE, which is not given");
    if (self->live && walk->operand_count == 0)
        return err_set(err, -EINVAL, "there is no command behind --");
    if (self->live && walk->operand_count != self->command_words)
        return err_set(err, -EINVAL, "give recordings or a command behind --, not both");
    if (!self->live && self->tracing.options.timeout_ns)
        return err_set(err, -EINVAL, "--timeout is for a command that runs, and recordings are given");
    return 0;
}

/* All that can be wrong with the profiles and the report's file is found before anything runs. */
static int prepare(struct verify *self, struct err *err)
{
    AUTO(seccomp_evaluator_free_cleanup) struct seccomp_evaluator *evaluator = NULL;
    struct seccomp_context native = self->context;
    int result = 0;
    native.native = arch_native();
    if (self->seccomp_file)
        result = seccomp_policy_read(self->seccomp_file, &self->seccomp, err);
    if (result == 0 && self->seccomp && seccomp_evaluator_new(self->seccomp, &native, &evaluator, err) < 0)
        result = err_prefix(err, "%.200s", self->seccomp_file);
    if (result == 0 && self->apparmor_file && self->log_count == 0)
        result = apparmor_policy_read(self->apparmor_file, self->profile, &self->apparmor, err);
    if (result == 0 && self->output && !self->force)
        result = report_file_check(self->output, err);
    return result;
}

/* ---- the judgement --------------------------------------------------------------------------------- */

/* minKernel is about the kernel that the profile will meet: the oldest of those that were recorded, unless told. */
static void take_kernel(struct verify *self, const struct recording *recording)
{
    if (self->context.kernel)
        return;
    for (size_t i = 0; i < recording->run_count; i++) {
        const char *release = recording_text(recording, recording->runs[i].kernel);
        kernel_version kernel = release ? kernel_version_parse(release) : 0;
        if (kernel && (self->context.kernel == 0 || kernel < self->context.kernel))
            self->context.kernel = kernel;
    }
}

static int judge(struct verify *self, const struct recording *recording, struct denials *denials, struct err *err)
{
    take_kernel(self, recording);
    denials_note_losses(denials, recording);
    if (self->seccomp && denials_add_seccomp(denials, recording, self->seccomp, &self->context, err) < 0)
        return err_prefix(err, "%.200s", self->seccomp_file);
    if (self->apparmor)
        denials_add_apparmor(denials, recording, self->apparmor);
    denials_sort(denials);
    return 0;
}

char *verify_describe_context(const struct verify *self)
{
    AUTO_BUF struct buf text = BUF_INIT;
    buf_printf(&text, "as %s would load the profile, capabilities: %s", runtimes[self->context.runc_stub ? 0 : 1],
               self->capabilities);
    if (self->context.kernel)
        buf_printf(&text, ", Linux %u.%u", self->context.kernel / 1000, self->context.kernel % 1000);
    return buf_take(&text);
}

static char *describe_recording(const struct recording *recording)
{
    return mem_printf("%s, %zu run%s", recording_complete(recording) ? "complete" : "incomplete", recording->run_count,
                      recording->run_count == 1 ? "" : "s");
}

static int render_text(const struct verify_form *form, const void *report, const struct sheet *like, struct buf *out,
                       struct err *err)
{
    char *bytes = NULL;
    size_t length = 0;
    struct sheet sheet = *like;
    sheet.out = open_memstream(&bytes, &length);
    if (!sheet.out)
        return err_set(err, -errno, "cannot make room for the report: %s", strerror(errno));
    form->text(report, &sheet);
    bool failed = fclose(sheet.out) != 0;
    buf_add(out, bytes, failed ? 0 : length);
    free(bytes);
    return failed ? err_set(err, -ENOMEM, "cannot make room for the report") : 0;
}

int verify_report(const struct verify *self, const struct verify_form *form, const void *report, struct err *err)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    FILE *stream = self->live && !self->output ? stderr : stdout;
    bool to_file = self->output && strcmp(self->output, "-") != 0;
    struct sheet like = {.color = !to_file && say_in_color(stream), .width = to_file ? 80 : say_width(stream)};
    int result = 0;
    if (self->json)
        form->json(report, &bytes);
    else
        result = render_text(form, report, &like, &bytes, err);
    if (result < 0)
        return result;
    if (stream == stdout)
        return file_write(self->output ? self->output : "-", bytes.data, bytes.length, FILE_REPLACE, 0666, err);
    (void)fwrite(bytes.data, 1, bytes.length, stderr);
    return 0;
}

static void write_text(const void *report, const struct sheet *sheet)
{
    denials_text(report, sheet);
}

static void write_json(const void *report, struct buf *out)
{
    denials_json(report, out);
}

/* Returns the exit status, own for what profgen could not do. */
static int verify_recording(struct verify *self, const struct recording *recording, int own)
{
    static const struct verify_form form = {write_text, write_json};
    AUTO_DENIALS struct denials denials = {0};
    AUTO(denials_remedy_done) struct denials_remedy remedy = {0};
    struct err err = ERR_INIT;
    if (judge(self, recording, &denials, &err) < 0)
        return say_failure(&err, own);
    denials_remedy(&denials, self->seccomp, self->apparmor, &remedy);
    AUTO_FREE char *recorded = describe_recording(recording);
    AUTO_FREE char *judged_as = verify_describe_context(self);
    struct denials_report report = {
        .denials = &denials, .remedy = &remedy, .recording = recording,
        .seccomp_file = self->seccomp_file, .apparmor_file = self->apparmor_file,
        .apparmor_profile = self->apparmor ? self->apparmor->name : NULL,
        .recorded = recorded, .judged_as = judged_as,
    };
    if (verify_report(self, &form, &report, &err) < 0)
        return say_failure(&err, own);
    if (denials_count(&denials, DENIAL_SURE) > 0)
        return STATUS_FOUND;
    bool unknown = denials_count(&denials, DENIAL_UNKNOWN) > 0 || !recording_complete(recording);
    return self->strict && unknown ? own : STATUS_CLEAN;
}

/* The workload's own status, unless that is 0. */
static int verify_command(struct verify *self, char *const *command)
{
    AUTO(recording_free_cleanup) struct recording *recording = NULL;
    struct err err = ERR_INIT;
    self->tracing.options.command = command;
    if (tracing_run(&self->tracing, &recording, &err) < 0)
        return say_failure(&err, tracing_status_of_failure(&err));
    int judged = verify_recording(self, recording, STATUS_RUN_FAILED);
    int status = tracing_status_of_run(&recording->runs[0]);
    return status ? status : judged;
}

static int verify_files(struct verify *self, const struct option_walk *walk)
{
    AUTO(recording_free_cleanup) struct recording *recording = NULL;
    struct err err = ERR_INIT;
    if (recordings_read(walk->operands, (size_t)walk->operand_count, NULL, &recording, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    return verify_recording(self, recording, STATUS_FAILED);
}

/* How many words stand behind the --, which getopt loses count of; -1 when there is none. */
static int words_of_command(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0)
            return argc - i - 1;
    return -1;
}

static int run_verify(const struct command *self, int argc, char **argv)
{
    AUTO(verify_done) struct verify verify = {.capabilities = "docker", .context = {.runc_stub = true}};
    struct err err = ERR_INIT;
    struct option_walk walk;
    int own = words_of_command(argc, argv) >= 0 ? STATUS_RUN_FAILED : STATUS_FAILED;
    verify.command_words = words_of_command(argc, argv);
    option_walk_init(&walk, self, argc, argv);
    (void)capability_set_parse(verify.capabilities, &verify.context.capabilities, NULL);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        if (option == OPTION_HELP)
            return STATUS_CLEAN;
        if (option == OPTION_BAD)
            return own;
        if (read_option(&verify, option, walk.value, &err) < 0)
            return say_failure(&err, own);
    }
    verify.live = walk.had_separator;
    own = verify.live ? STATUS_RUN_FAILED : STATUS_FAILED;
    if (check_usage(&verify, &walk, &err) < 0 || prepare(&verify, &err) < 0)
        return say_failure(&err, own);
    if (verify.log_count > 0)
        return verify_logs(&verify);
    return verify.live ? verify_command(&verify, walk.operands) : verify_files(&verify, &walk);
}

const struct command command_verify = {
    .name = "verify",
    .synopsis = "[OPTION...] [RECORDING...] | -l FILE... | -- COMMAND [ARGUMENT...]",
    .summary = "Say what profiles would deny, or what logs say was denied",
    .description = "Asks profiles about all that recordings (./profgen-recording.json when none is given)\n"
                   "show, and lists what would be denied, what breaks start-up first, and what would have\n"
                   "to be added. With a COMMAND it is run unharmed under the tracer, and the same is said\n"
                   "of it at its end. Exit status: 0 nothing would be denied, 1 something would be, 2 it\n"
                   "could not be told. With a COMMAND: its own when that is not 0, else 1 when something\n"
                   "would be denied; 125, 126 and 127 as for trace.\n\n"
                   "With --log audit and kernel logs are read instead: what AppArmor and seccomp denied,\n"
                   "or would have in complain mode, by profile and program, and what would have to be\n"
                   "added; with profiles, which of it they explain. Exit status: 0 nothing was denied, or\n"
                   "nothing that the profiles account for, 1 something was, 2 it could not be read.",
    .examples = "profgen verify --seccomp seccomp.json --apparmor apparmor.profile monday.json\n"
                "profgen verify --seccomp seccomp.json -- make check\n"
                "journalctl -k | profgen verify --log - --apparmor web.profile --save more.json",
    .options = verify_options,
    .operands = COMPLETE_FILE,
    .run = run_verify,
};
