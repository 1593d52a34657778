/* profgen run: a command confined by profiles. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/program.h"
#include "cli/command.h"
#include "emit/confinement.h"

enum { OPTION_SECCOMP = 1, OPTION_APPARMOR, OPTION_RUNTIME, OPTION_STRICT, OPTION_QUIET };

static const char *const runtimes[] = {"runc", "crun", NULL};

static const struct option_row run_options[] = {
    {.id = OPTION_SECCOMP, .letter = 's', .name = "seccomp", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Load this seccomp profile, in the form of Docker, Podman or OCI"},
    {.id = OPTION_APPARMOR, .letter = 'a', .name = "apparmor", .value = VALUE_REQUIRED, .placeholder = "NAME",
     .help = "Execute COMMAND under the AppArmor profile of that name, which is loaded"},
    {.id = OPTION_RUNTIME, .name = "runtime", .value = VALUE_REQUIRED, .placeholder = "NAME",
     .complete = COMPLETE_CHOICES, .choices = runtimes, .help = "Load the seccomp profile as this one does, runc by default"},
    {.id = OPTION_STRICT, .name = "strict", .help = "Refuse a seccomp profile with names that no call has"},
    {.id = OPTION_QUIET, .letter = 'q', .name = "quiet", .help = "Say nothing about names that are passed over"},
    {0},
};

struct run_command {
    const char *seccomp_file;
    const char *apparmor;
    bool crun;
    bool strict;
    bool quiet;
    struct seccomp_policy *seccomp;
    struct seccomp_context context;
    struct buf program;
};

static void run_command_done(struct run_command *self)
{
    seccomp_policy_free(self->seccomp);
    buf_done(&self->program);
}

static int read_option(struct run_command *self, int option, const char *value, struct err *err)
{
    switch (option) {
    case OPTION_SECCOMP:
        self->seccomp_file = value;
        return 0;
    case OPTION_APPARMOR:
        self->apparmor = value;
        return 0;
    case OPTION_RUNTIME:
        self->crun = strcmp(value, "crun") == 0;
        if (!self->crun && strcmp(value, "runc") != 0)
            return err_set(err, -EINVAL, "--runtime takes runc or crun, not '%s'", value);
        return 0;
    case OPTION_STRICT:
        self->strict = true;
        return 0;
    default:
        self->quiet = true;
        return 0;
    }
}

/* ---- the filter ------------------------------------------------------------------------------------- */

static int tell_notes(const struct run_command *self, const struct confinement_notes *notes, struct err *err)
{
    if (notes->unknown && self->strict)
        return err_set(err, -EINVAL, "%.200s: no system call is called '%.60s'", self->seccomp_file, notes->unknown);
    if (notes->unknown && !self->quiet)
        say_note("%s: no system call is called '%s'%s; the profile is used without", self->seccomp_file, notes->unknown,
                 notes->unknown_count > 1 ? ", and others are not known either" : "");
    if (notes->by_number && !self->quiet)
        say_note("the installed libseccomp does not know %s, which was added by its number", notes->by_number);
    if (notes->left_out && !self->quiet)
        say_note("the installed libseccomp does not know %s, which gets the default action", notes->left_out);
    return 0;
}

/* After the filter is loaded nothing can be said for certain any more, so this is found out before. */
static int check_exec(const struct run_command *self, struct err *err)
{
    const uint64_t any[6] = {0};
    int number = syscall_number(self->context.native, "execve");
    struct seccomp_verdict verdict =
        seccomp_policy_evaluate(self->seccomp, &self->context, self->context.native, (uint64_t)number, any);
    if (verdict.action == SECCOMP_ALLOW || verdict.action == SECCOMP_LOG)
        return 0;
    return err_set(err, -EACCES, "%.200s does not allow execve, so no command can be executed under it",
                   self->seccomp_file);
}

static int make_filter(struct run_command *self, struct err *err)
{
    struct confinement_notes notes = {0};
    int result = seccomp_policy_read(self->seccomp_file, &self->seccomp, err);
    if (result < 0)
        return result;
    result = confinement_context(!self->crun, &self->context, err);
    if (result < 0)
        return result;
    if (confinement_filter(self->seccomp, &self->context, &self->program, &notes, err) < 0)
        return err_prefix(err, "%.200s", self->seccomp_file);
    return tell_notes(self, &notes, err);
}

/* ---- the run ------------------------------------------------------------------------------------------ */

static int execute(struct run_command *self, char *const *command)
{
    AUTO_FREE char *path = NULL;
    struct err err = ERR_INIT;
    if (self->seccomp_file && make_filter(self, &err) < 0)
        return say_failure(&err, STATUS_RUN_FAILED);
    if (self->seccomp_file && check_exec(self, &err) < 0)
        return say_failure(&err, STATUS_NOT_EXECUTABLE);
    if (program_find(command[0], getenv("PATH"), &path, &err) < 0)
        return say_failure(&err, err.code == -ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE);
    if (self->apparmor && confinement_apparmor(self->apparmor, &err) < 0)
        return say_failure(&err, STATUS_RUN_FAILED);
    if (self->seccomp_file && confinement_load(self->seccomp, &self->program, &err) < 0)
        return say_failure(&err, STATUS_RUN_FAILED);
    int error = -program_execute(path, command, environ);
    say_error("cannot run %s: %s", command[0], strerror(error));
    return STATUS_NOT_EXECUTABLE;
}

static int run_run(const struct command *command, int argc, char **argv)
{
    AUTO(run_command_done) struct run_command self = {0};
    struct err err = ERR_INIT;
    struct option_walk walk;
    option_walk_init(&walk, command, argc, argv);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        if (option == OPTION_HELP)
            return STATUS_CLEAN;
        if (option == OPTION_BAD)
            return STATUS_RUN_FAILED;
        if (read_option(&self, option, walk.value, &err) < 0)
            return say_failure(&err, STATUS_RUN_FAILED);
    }
    if (walk.operand_count == 0) {
        say_error("nothing to run; for example: profgen run --seccomp seccomp.json -- ls /tmp");
        return STATUS_RUN_FAILED;
    }
    if (!self.seccomp_file && !self.apparmor) {
        say_error("there is no profile to run it under: give --seccomp FILE or --apparmor NAME");
        return STATUS_RUN_FAILED;
    }
    return execute(&self, walk.operands);
}

const struct command command_run = {
    .name = "run",
    .synopsis = "[OPTIONS] -- COMMAND [ARGUMENT...]",
    .summary = "Run a command confined by profiles, as a container would be",
    .description = "Executes COMMAND under a seccomp profile, loaded as runc loads it for a container, and\n"
                   "under a loaded AppArmor profile. Its exit status is the command's own; 125 when\n"
                   "profgen failed, 126 when the command cannot be executed, 127 when it is not found.",
    .examples = "profgen run --seccomp seccomp.json -- ./server --port 8080\n"
                "profgen run --seccomp seccomp.json --apparmor profgen-server -- ./server",
    .options = run_options,
    .operands = COMPLETE_COMMAND,
    .run = run_run,
};
