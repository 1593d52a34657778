/* profgen emit: recordings -> profiles. */
#include <errno.h>
#include <string.h>

#include "base/num.h"
#include "cli/command.h"
#include "cli/emit_output.h"
#include "cli/emit_prove.h"
#include "cli/emit_summary.h"
#include "cli/emit_target.h"
#include "cli/recordings.h"
#include "model/apparmor_derive.h"

enum {
    OPTION_SECCOMP = 1,
    OPTION_APPARMOR,
    OPTION_FORMAT,
    OPTION_SIBLINGS,
    OPTION_ARG_FILTERS,
    OPTION_CLONE3,
    OPTION_RUNTIME,
    OPTION_TARGET_LIBSECCOMP,
    OPTION_APPARMOR_MODE,
    OPTION_GENERALISE,
    OPTION_NAME,
    OPTION_FOR,
    OPTION_CONTAINER,
    OPTION_WORKLOAD,
    OPTION_RUNTIME_CLASS,
    OPTION_MARGIN,
    OPTION_FORCE,
};

static const char *const all_or_none[] = {"all", "none", NULL};
static const char *const clone3_ways[] = {"fallback", "allow", NULL};
static const char *const apparmor_modes[] = {"deny", "allow", NULL};

static const struct option_row emit_options[] = {
    {.id = OPTION_SECCOMP, .letter = 's', .name = "seccomp", .value = VALUE_OPTIONAL, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Write the seccomp profile, to ./seccomp.json when FILE is not given"},
    {.id = OPTION_APPARMOR, .letter = 'a', .name = "apparmor", .value = VALUE_OPTIONAL, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Write the AppArmor profile, to ./apparmor.profile when FILE is not given"},
    {.id = OPTION_FORMAT, .name = "format", .value = VALUE_REQUIRED, .placeholder = "NAME[=FILE]",
     .complete = COMPLETE_CHOICES, .choices = emitter_names, .help = "Write another format; may be given again"},
    {.id = OPTION_NAME, .letter = 'n', .name = "name", .value = VALUE_REQUIRED, .placeholder = "NAME",
     .help = "Call the profile NAME instead of profgen- and the program's name"},
    {.id = OPTION_RUNTIME, .letter = 'r', .name = "runtime", .value = VALUE_REQUIRED, .placeholder = "LIST",
     .help = "Allow what these container runtimes need to start: runc,crun, all (the default) or none"},
    {.id = OPTION_SIBLINGS, .name = "siblings", .value = VALUE_REQUIRED, .placeholder = "WHICH",
     .complete = COMPLETE_CHOICES, .choices = all_or_none,
     .help = "Allow calls that give no more power than an observed one, all by default"},
    {.id = OPTION_ARG_FILTERS, .name = "arg-filters", .value = VALUE_REQUIRED, .placeholder = "WHICH",
     .complete = COMPLETE_CHOICES, .choices = all_or_none,
     .help = "Allow calls with recorded arguments only, all that can be by default"},
    {.id = OPTION_CLONE3, .name = "clone3", .value = VALUE_REQUIRED, .placeholder = "HOW",
     .complete = COMPLETE_CHOICES, .choices = clone3_ways,
     .help = "Answer a recorded clone3 with ENOSYS, so that callers use clone (the default), or allow it"},
    {.id = OPTION_TARGET_LIBSECCOMP, .name = "target-libseccomp", .value = VALUE_REQUIRED, .placeholder = "VERSION",
     .help = "Leave out names that this libseccomp release cannot know, such as 2.5.4"},
    {.id = OPTION_APPARMOR_MODE, .name = "apparmor-mode", .value = VALUE_REQUIRED, .placeholder = "MODE",
     .complete = COMPLETE_CHOICES, .choices = apparmor_modes,
     .help = "Deny what is dangerous and was not needed (the default), or allow only what was recorded"},
    {.id = OPTION_GENERALISE, .name = "generalise", .value = VALUE_REQUIRED, .placeholder = "LIST",
     .help = "Turn variable parts of paths into patterns: all (the default), none, or names parted by commas"},
    {.id = OPTION_FOR, .name = "for", .value = VALUE_REQUIRED, .placeholder = "MANIFEST", .complete = COMPLETE_FILE,
     .help = "Fit pod-patch or compose to the workload in MANIFEST: its kind, name, container and what is mounted"},
    {.id = OPTION_CONTAINER, .name = "container", .value = VALUE_REQUIRED, .placeholder = "NAME",
     .help = "Fit the container, or the service, called NAME: the only one of MANIFEST, or the program's name"},
    {.id = OPTION_WORKLOAD, .name = "workload", .value = VALUE_REQUIRED, .placeholder = "KIND[/NAME]",
     .help = "Write pod-patch for a workload of this KIND, such as CronJob; a Deployment by default"},
    {.id = OPTION_RUNTIME_CLASS, .name = "runtime-class", .value = VALUE_REQUIRED, .placeholder = "CLASS",
     .help = "Name this RuntimeClass; by default the one that profgen advise would, if it is more than plain runc"},
    {.id = OPTION_MARGIN, .name = "margin", .value = VALUE_REQUIRED, .placeholder = "PERCENT",
     .help = "Put limits PERCENT above the observed peaks, 50 unless given"},
    {.id = OPTION_FORCE, .letter = 'f', .name = "force",
     .help = "Replace files that profgen did not write or that were changed since"},
    {0},
};

struct request {
    struct profile_options options;
    struct apparmor_derive_options apparmor;
    struct emit_outputs outputs;
    struct emit_target_options target;
    const char *name; /* NULL: from the recording */
    bool force;
};

static void request_done(struct request *request)
{
    emit_outputs_done(&request->outputs);
}

static int read_switch(const struct option_walk *walk, const char *option, bool *ret, struct err *err)
{
    bool all = strcmp(walk->value, "all") == 0;
    if (!all && strcmp(walk->value, "none") != 0)
        return err_set(err, -EINVAL, "--%s takes all or none, not '%s'", option, walk->value);
    *ret = all;
    return 0;
}

static int read_mode(const char *text, enum apparmor_mode *ret, struct err *err)
{
    bool allow = strcmp(text, "allow") == 0;
    if (!allow && strcmp(text, "deny") != 0)
        return err_set(err, -EINVAL, "--apparmor-mode takes deny or allow, not '%s'", text);
    *ret = allow ? APPARMOR_ALLOW_LIST : APPARMOR_DENY_LIST;
    return 0;
}

static int read_clone3(const char *text, bool *ret, struct err *err)
{
    bool fallback = strcmp(text, "fallback") == 0;
    if (!fallback && strcmp(text, "allow") != 0)
        return err_set(err, -EINVAL, "--clone3 takes fallback or allow, not '%s'", text);
    *ret = fallback;
    return 0;
}

/* "2.5.4" as 20504. */
static int read_version(const char *text, unsigned *ret, struct err *err)
{
    unsigned version = profile_version_number(text);
    if (version == 0)
        return err_set(err, -EINVAL, "--target-libseccomp takes a release such as 2.5.4, not '%s'", text);
    *ret = version;
    return 0;
}

static int read_margin(const char *text, unsigned *ret, struct err *err)
{
    uint64_t margin;
    if (!num_parse_u64(text, ADVICE_MARGIN_MAX, &margin))
        return err_set(err, -EINVAL, "--margin takes a whole number of percent up to %d, not '%s'", ADVICE_MARGIN_MAX, text);
    *ret = (unsigned)margin;
    return 0;
}

static int read_target_option(struct emit_target_options *target, const struct option_walk *walk, int option, struct err *err)
{
    switch (option) {
    case OPTION_FOR:
        target->manifest = walk->value;
        return 0;
    case OPTION_CONTAINER:
        target->container = walk->value;
        return 0;
    case OPTION_WORKLOAD:
        target->workload = walk->value;
        return 0;
    case OPTION_RUNTIME_CLASS:
        target->runtime_class = walk->value;
        return 0;
    default:
        return read_margin(walk->value, &target->margin, err);
    }
}

static int read_option(struct request *request, const struct option_walk *walk, int option, struct err *err)
{
    switch (option) {
    case OPTION_SECCOMP:
        return emit_outputs_add(&request->outputs, "seccomp", walk->value, err);
    case OPTION_APPARMOR:
        return emit_outputs_add(&request->outputs, "apparmor", walk->value, err);
    case OPTION_APPARMOR_MODE:
        return read_mode(walk->value, &request->apparmor.mode, err);
    case OPTION_GENERALISE:
        request->apparmor.generalise = walk->value;
        return 0;
    case OPTION_FORMAT:
        return emit_outputs_add(&request->outputs, walk->value, NULL, err);
    case OPTION_SIBLINGS:
        return read_switch(walk, "siblings", &request->options.siblings, err);
    case OPTION_ARG_FILTERS:
        return read_switch(walk, "arg-filters", &request->options.argument_filters, err);
    case OPTION_CLONE3:
        return read_clone3(walk->value, &request->options.clone3_fallback, err);
    case OPTION_RUNTIME:
        request->options.runtimes = walk->value;
        return 0;
    case OPTION_TARGET_LIBSECCOMP:
        return read_version(walk->value, &request->options.target_libseccomp, err);
    case OPTION_NAME:
        request->name = walk->value;
        return 0;
    case OPTION_FORCE:
        request->force = true;
        return 0;
    default:
        return read_target_option(&request->target, walk, option, err);
    }
}

/* What is said of a workload is for formats that are fitted to one; two readers of standard input get half each. */
static int check_request(const struct request *request, char *const *recordings, size_t count, struct err *err)
{
    const struct emit_target_options *target = &request->target;
    bool fits = emit_outputs_needs(&request->outputs) & EMIT_NEEDS_FITTING;
    if (!fits && (target->manifest || target->container || target->workload || target->runtime_class))
        return err_set(err, -EINVAL, "--for, --container, --workload and --runtime-class fit a manifest: give --format pod-patch or --format "
                       "compose, too");
    for (size_t i = 0; i < count; i++)
        if (target->manifest && strcmp(target->manifest, "-") == 0 && strcmp(recordings[i], "-") == 0)
            return err_set(err, -EINVAL, "standard input (-) can be read only once");
    return 0;
}

/* ---- recordings ------------------------------------------------------------------------------- */

struct input {
    struct recording *recording; /* all of them merged */
    struct saturation saturation;
};

static void input_done(struct input *input)
{
    recording_free(input->recording);
}

/* "profgen-nginx" from the first run's command; only what AppArmor takes in a name without quotes. */
static char *default_name(const struct recording *recording)
{
    const char *command = NULL;
    if (recording && recording->run_count > 0 && recording->runs[0].command_count > 0)
        command = recording_text(recording, recording->runs[0].command[0]);
    const char *slash = command ? strrchr(command, '/') : NULL;
    char *name = mem_printf("profgen-%.64s", slash ? slash + 1 : command && *command ? command : "workload");
    for (char *c = name; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *c))
            *c = '_';
    return name;
}

/* ---- the work --------------------------------------------------------------------------------- */

static int emit(struct request *request, const struct input *input, struct err *err)
{
    AUTO(profile_free_cleanup) struct profile *profile = NULL;
    int result = profile_new(input->recording, &request->options, &profile, err);
    if (result < 0)
        return result;
    AUTO(seccomp_policy_free_cleanup) struct seccomp_policy *seccomp = profile_seccomp_policy(profile);
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *apparmor = NULL;
    AUTO_FREE char *name = request->name ? mem_strdup(request->name) : default_name(input->recording);
    request->apparmor.name = name;
    if (emit_outputs_needs(&request->outputs) & EMIT_NEEDS_APPARMOR)
        result = apparmor_derive(input->recording, &request->apparmor, &apparmor, err);
    AUTO_EMIT_TARGET struct emit_target_made target = {0};
    if (result == 0 && emit_outputs_needs(&request->outputs) & EMIT_NEEDS_FITTING)
        result = emit_target_make(&request->target, input->recording, &request->outputs, name, &target, err);
    if (result < 0)
        return result;
    struct emit_input artefact = {
        .profile = profile, .seccomp = seccomp, .apparmor = apparmor, .fitting = target.fitting, .name = name};
    result = emit_outputs_make(&request->outputs, &artefact, err);
    if (result == 0)
        result = emit_prove(&artefact, &request->outputs, err);
    if (result == 0)
        result = emit_outputs_write(&request->outputs, request->force, err);
    if (result == 0)
        emit_summary(&artefact, &request->outputs, &input->saturation);
    return result;
}

static int run_emit(const struct command *self, int argc, char **argv)
{
    AUTO(request_done) struct request request = {.options = PROFILE_OPTIONS_DEFAULT,
                                                   .apparmor = APPARMOR_DERIVE_OPTIONS_DEFAULT,
                                                   .target.margin = ADVICE_MARGIN};
    AUTO(input_done) struct input input = {0};
    struct err err = ERR_INIT;
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        if (option == OPTION_HELP)
            return STATUS_CLEAN;
        if (option == OPTION_BAD)
            return STATUS_FAILED;
        if (read_option(&request, &walk, option, &err) < 0)
            return say_failure(&err, STATUS_FAILED);
    }
    if (request.outputs.count == 0) {
        say_error("nothing is asked for: give --seccomp, --apparmor or --format NAME");
        return STATUS_FAILED;
    }
    if (check_request(&request, walk.operands, (size_t)walk.operand_count, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    if (recordings_read(walk.operands, (size_t)walk.operand_count, &input.saturation, &input.recording, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    if (emit(&request, &input, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    return STATUS_CLEAN;
}

const struct command command_emit = {
    .name = "emit",
    .synopsis = "[OPTION...] [RECORDING...]",
    .summary = "Write seccomp and AppArmor profiles from recordings",
    .description = "Writes profiles that allow what the recordings (./profgen-recording.json when none is\n"
                   "given) show and refuse the rest. Several recordings are united. Every profile is read\n"
                   "back and asked about all that was recorded before any file is written.",
    .examples = "profgen emit --seccomp --apparmor\n"
                "profgen emit --seccomp=web.json --name web monday.json tuesday.json\n"
                "profgen emit --seccomp --apparmor --format pod-patch --for deployment.yaml",
    .options = emit_options,
    .operands = COMPLETE_FILE,
    .run = run_emit,
};
