/* profgen audit: manifests and configurations -> findings. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "audit/baseline.h"
#include "base/num.h"
#include "cli/audit_output.h"
#include "cli/audit_settings.h"
#include "cli/command.h"

enum {
    OPTION_FORMAT = 1,
    OPTION_FAIL_ON,
    OPTION_SEVERITY,
    OPTION_PSS,
    OPTION_ONLY,
    OPTION_SKIP,
    OPTION_RULES,
    OPTION_EXCLUDE,
    OPTION_PROFILE_ROOT,
    OPTION_RECORDING,
    OPTION_BASELINE,
    OPTION_WRITE_BASELINE,
    OPTION_CONFIG,
    OPTION_NO_CONFIG,
    OPTION_STRICT,
    OPTION_JOBS,
    OPTION_VERBOSE,
    OPTION_FORCE,
};

enum { JOBS_MAX = 64, PATHS_MAX = 1000000 };

static const char *const severities[] = {"info", "low", "medium", "high", "critical", NULL};
static const char *const thresholds[] = {"info", "low", "medium", "high", "critical", "never", NULL};
static const char *const pss_levels[] = {"baseline", "restricted", NULL};

static const struct option_row audit_options[] = {
    {.id = OPTION_FORMAT, .letter = 'f', .name = "format", .value = VALUE_REQUIRED, .placeholder = "NAME[=FILE]",
     .complete = COMPLETE_CHOICES, .choices = audit_output_names,
     .help = "Report as text (the default), json, sarif, junit, github or markdown; may be given again"},
    {.id = OPTION_FAIL_ON, .name = "fail-on", .value = VALUE_REQUIRED, .placeholder = "SEVERITY",
     .complete = COMPLETE_CHOICES, .choices = thresholds,
     .help = "Exit with 1 when a finding is at or above SEVERITY: high by default, any with --pss, or never"},
    {.id = OPTION_SEVERITY, .name = "severity", .value = VALUE_REQUIRED, .placeholder = "SEVERITY",
     .complete = COMPLETE_CHOICES, .choices = severities, .help = "Report only findings at or above SEVERITY"},
    {.id = OPTION_PSS, .name = "pss", .value = VALUE_REQUIRED, .placeholder = "LEVEL[@VERSION]",
     .complete = COMPLETE_CHOICES, .choices = pss_levels,
     .help = "Judge pods by this Pod Security level alone, as of Kubernetes VERSION, such as restricted@1.29"},
    {.id = OPTION_ONLY, .name = "only", .value = VALUE_REQUIRED, .placeholder = "RULE,...",
     .help = "Apply only these rules, by id or name, with * for any; may be given again"},
    {.id = OPTION_SKIP, .name = "skip", .value = VALUE_REQUIRED, .placeholder = "RULE,...",
     .help = "Leave out these rules; may be given again"},
    {.id = OPTION_RULES, .name = "rules", .value = VALUE_REQUIRED, .placeholder = "DIR", .complete = COMPLETE_DIRECTORY,
     .help = "Add the rules in DIR; may be given again"},
    {.id = OPTION_EXCLUDE, .name = "exclude", .value = VALUE_REQUIRED, .placeholder = "PATTERN",
     .help = "Leave out files in directories that match PATTERN, as in .gitignore; may be given again"},
    {.id = OPTION_PROFILE_ROOT, .name = "profile-root", .value = VALUE_REQUIRED, .placeholder = "DIR", .complete = COMPLETE_DIRECTORY,
     .help = "Look for the profiles that containers name in DIR, laid out as /var/lib/kubelet/seccomp, not beside the files"},
    {.id = OPTION_RECORDING, .name = "recording", .value = VALUE_REQUIRED, .placeholder = "[CONTAINER=]FILE", .complete = COMPLETE_FILE,
     .help = "Hold what a container declares against what it used, as FILE recorded it; may be given again"},
    {.id = OPTION_BASELINE, .name = "baseline", .value = VALUE_REQUIRED, .placeholder = "FILE", .complete = COMPLETE_FILE,
     .help = "Accept the findings listed in FILE"},
    {.id = OPTION_WRITE_BASELINE, .name = "write-baseline", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Write all findings to FILE, to be accepted from now on"},
    {.id = OPTION_CONFIG, .letter = 'c', .name = "config", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Read the project's settings from FILE instead of ./.profgen.yaml"},
    {.id = OPTION_NO_CONFIG, .name = "no-config", .help = "Read no settings of the project"},
    {.id = OPTION_STRICT, .name = "strict", .help = "Exit with 2 when anything could not be read"},
    {.id = OPTION_JOBS, .letter = 'j', .name = "jobs", .value = VALUE_REQUIRED, .placeholder = "N",
     .help = "Work on N files at once, as many as there are processors by default"},
    {.id = OPTION_VERBOSE, .letter = 'v', .name = "verbose",
     .help = "In text, also tell why, what was accepted, and which files were passed over"},
    {.id = OPTION_FORCE, .name = "force", .help = "Replace files that are no reports of profgen"},
    {0},
};

struct request {
    struct audit_settings settings;
    struct audit_outputs outputs;
    const char *write_baseline;
    unsigned jobs;
    bool verbose, force;
};

static void request_done(struct request *request)
{
    audit_settings_done(&request->settings);
    audit_outputs_done(&request->outputs);
}

static int read_jobs(const char *text, unsigned *ret, struct err *err)
{
    uint64_t jobs = 0;
    if (!num_parse_u64(text, JOBS_MAX, &jobs) || jobs == 0)
        return err_set(err, -EINVAL, "--jobs takes a number from 1 to %d, not '%s'", JOBS_MAX, text);
    *ret = (unsigned)jobs;
    return 0;
}

static int read_list(struct audit_settings *settings, int option, const char *value)
{
    if (option == OPTION_ONLY)
        strings_add_listed(&settings->only, &settings->only_count, value);
    else if (option == OPTION_SKIP)
        strings_add_listed(&settings->skip, &settings->skip_count, value);
    else if (option == OPTION_RECORDING)
        strings_add(&settings->recordings, &settings->recordings_count, value);
    else if (option == OPTION_RULES)
        strings_add(&settings->rules, &settings->rules_count, value);
    else
        strings_add(&settings->exclude, &settings->exclude_count, value);
    return 0;
}

static int read_option(struct request *request, int option, const char *value, struct err *err)
{
    struct audit_settings *settings = &request->settings;
    switch (option) {
    case OPTION_FORMAT:
        return audit_outputs_add(&request->outputs, value, err);
    case OPTION_FAIL_ON:
        settings->fail_on = value;
        return 0;
    case OPTION_SEVERITY:
        settings->severity = value;
        return 0;
    case OPTION_PSS:
        settings->pss = value;
        return 0;
    case OPTION_PROFILE_ROOT:
        settings->profile_root = value;
        return 0;
    case OPTION_BASELINE:
        settings->baseline = value;
        return 0;
    case OPTION_WRITE_BASELINE:
        request->write_baseline = value;
        return 0;
    case OPTION_CONFIG:
        settings->config = value;
        return 0;
    case OPTION_NO_CONFIG:
        settings->no_config = true;
        return 0;
    case OPTION_STRICT:
        settings->strict = true;
        return 0;
    case OPTION_JOBS:
        return read_jobs(value, &request->jobs, err);
    case OPTION_VERBOSE:
        request->verbose = true;
        return 0;
    case OPTION_FORCE:
        request->force = true;
        return 0;
    default:
        return read_list(settings, option, value);
    }
}

/* ---- the work ---------------------------------------------------------------------------------------- */

static int audit_paths(const struct request *request, char *const *paths, size_t count, struct audit_result *ret,
                       struct err *err)
{
    const struct audit_settings *settings = &request->settings;
    const char *temporary = getenv("TMPDIR");
    char today[16] = "";
    time_t now = time(NULL);
    struct tm local;
    if (localtime_r(&now, &local))
        (void)strftime(today, sizeof(today), "%Y-%m-%d", &local);
    const struct audit_request audit = {
        .paths = paths,
        .path_count = count,
        .excludes = settings->exclude,
        .exclude_count = settings->exclude_count,
        .rules = settings->rule_set,
        .threads = request->jobs,
        .spool_directory = temporary && temporary[0] ? temporary : NULL,
        .recordings = settings->used,
        .profile_root = settings->profile_root,
        .judge = settings->judge,
        .least = settings->least,
        .suppressions = settings->project.ignore,
        .suppression_count = settings->project.ignore_count,
        .today = today,
    };
    return audit_run(&audit, ret, err);
}

static int read_baseline(const struct request *request, struct baseline **ret, struct err *err)
{
    const char *path = request->settings.baseline;
    if (!path)
        return 0;
    int failed = baseline_read(path, ret, err);
    /* The first time, there is none to begin with. */
    if (failed == -ENOENT && request->write_baseline && strcmp(path, request->write_baseline) == 0)
        return 0;
    return failed;
}

struct baseline_writing {
    const struct audit_result *result;
    const struct baseline *older;
};

static int fill_baseline(void *self, int fd)
{
    const struct baseline_writing *writing = self;
    AUTO_SINK struct sink sink = SINK_INIT(fd);
    baseline_write(writing->result, writing->older, &sink);
    return sink_finish(&sink);
}

static int write_baseline(const struct request *request, const struct audit_result *result,
                          const struct baseline *older, struct err *err)
{
    struct baseline *present = NULL;
    struct err none = ERR_INIT;
    struct stat status;
    /* The reasons in it are kept. Of a pipe or a device there is nothing to read. */
    if (stat(request->write_baseline, &status) == 0 && S_ISREG(status.st_mode))
        (void)baseline_read(request->write_baseline, &present, &none);
    enum file_replace replace = request->force || present ? FILE_REPLACE : FILE_CREATE;
    struct baseline_writing writing = {.result = result, .older = older ? older : present};
    AUTO_STAGE struct file_stage stage = {0};
    int failed = file_stage_filled(request->write_baseline, fill_baseline, &writing, replace, 0666, &stage, err);
    if (failed == 0)
        failed = audit_result_check(result, err);
    if (failed == 0)
        failed = file_commit(&stage, err);
    baseline_free(present);
    return failed;
}

/* True when something that was asked for could not be looked at: a path that was given, or with --strict anything. */
static bool missed_something(const struct audit_result *result, bool strict)
{
    return result->summary.files_unseen > 0 || (strict && result->summary.files_error > 0);
}

/* A recording that is held against nothing is never passed over in silence. */
static bool note_unmatched(const struct audit_result *result)
{
    bool any = false;
    for (size_t i = 0; i < result->recording_count; i++) {
        const struct audit_recording *recording = &result->recordings[i];
        if (recording->container)
            continue;
        say_note("%s is held against nothing: %s", recording->name, recording->why);
        any = true;
    }
    return any;
}

static int report(struct request *request, struct audit_result *result, struct err *err)
{
    const struct audit_report_options options = {
        .color = say_in_color(stdout), .width = say_width(stdout), .verbose = request->verbose};
    AUTO(baseline_free_cleanup) struct baseline *baseline = NULL;
    int failed = read_baseline(request, &baseline, err);
    if (failed == 0 && request->write_baseline)
        failed = write_baseline(request, result, baseline, err);
    if (failed < 0)
        return say_failure(err, STATUS_FAILED);
    size_t gone = baseline ? baseline_apply(baseline, result) : 0;
    if (audit_outputs_write(&request->outputs, result, &options, request->force, err) < 0)
        return say_failure(err, STATUS_FAILED);
    if (gone > 0)
        say_note("%zu finding%s of the baseline %s gone: --write-baseline makes it smaller", gone, gone == 1 ? "" : "s",
                 gone == 1 ? "is" : "are");
    bool unmatched = note_unmatched(result);
    if (missed_something(result, request->settings.strict) || (unmatched && request->settings.strict))
        return STATUS_FAILED;
    if (request->write_baseline || request->settings.fail_from == SEVERITY_COUNT)
        return STATUS_CLEAN;
    return audit_result_fails(result, request->settings.fail_from) ? STATUS_FOUND : STATUS_CLEAN;
}

/* What malloc is told for the sake of one large document (main.c) is wrong for thousands of small ones: a twentieth of the
 * time. The number is glibc's own (mallopt(3)). */
static void tune_memory(void)
{
#ifdef M_MXFAST
    (void)mallopt(M_MXFAST, 64 * sizeof(size_t) / 4);
#endif
}

static int run_audit(const struct command *self, int argc, char **argv)
{
    char here[] = ".";
    char *const defaults[] = {here};
    AUTO(request_done) struct request request = {0};
    AUTO(audit_result_free) struct audit_result result = {0};
    struct err err = ERR_INIT;
    struct option_walk walk;
    tune_memory();
    option_walk_init(&walk, self, argc, argv);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        if (option == OPTION_HELP)
            return STATUS_CLEAN;
        if (option == OPTION_BAD)
            return STATUS_FAILED;
        if (read_option(&request, option, walk.value, &err) < 0)
            return say_failure(&err, STATUS_FAILED);
    }
    if (audit_settings_resolve(&request.settings, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    bool given = walk.operand_count > 0;
    if (audit_paths(&request, given ? walk.operands : defaults, given ? (size_t)walk.operand_count : 1, &result, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    return report(&request, &result, &err);
}

const struct command command_audit = {
    .name = "audit",
    .synopsis = "[OPTION...] [PATH...]",
    .summary = "Find what breaks isolation in manifests and configurations",
    .description = "Reads Kubernetes manifests, Compose files, Dockerfiles, daemon.json, the output of docker\n"
                   "and podman inspect, OCI and LXC configurations and runtime tables, and says with file,\n"
                   "line and column what is wrong, why, and what to write instead. PATH is a file, a directory\n"
                   "(the current one when none is given) or - for standard input. Exit status: 0 clean, 1\n"
                   "findings at or above --fail-on, 2 something could not be looked at.",
    .examples = "profgen audit deploy/\n"
                "kubectl get pods -A -o json | profgen audit -\n"
                "profgen audit --pss restricted@1.29 --format sarif=out.sarif --format text .",
    .options = audit_options,
    .operands = COMPLETE_FILE,
    .run = run_audit,
};
