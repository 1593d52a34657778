/* profgen show: what a recording holds, or how broad profiles are. */
#include "cli/show.h"

#include <string.h>

#include "base/strings.h"
#include "cli/command.h"
#include "model/recording_file.h"
#include "report/recording_text.h"

enum { OPTION_SYSCALLS = 1, OPTION_PATHS, OPTION_FORMAT, OPTION_CAPABILITIES, OPTION_DEFAULT };

static const char *const formats[] = {
    [SHOW_TEXT] = "text", [SHOW_JSON] = "json", [SHOW_SECCOMP] = "seccomp", [SHOW_APPARMOR] = "apparmor", NULL};
static const char *const engines[] = {"docker", "podman", "containerd", NULL};

static void show_done(struct show *show)
{
    strings_free(&show->engines, &show->engine_count);
}

/* ---- a recording ------------------------------------------------------------------------------------------ */

static void print_json(const struct recording *recording)
{
    AUTO_BUF struct buf text = BUF_INIT;
    recording_write(recording, &text);
    (void)fwrite(text.data, 1, text.length, stdout);
}

static void print_recording(const struct show *show, const struct recording *recording)
{
    struct sheet sheet = {.out = stdout, .color = say_in_color(stdout), .width = say_width(stdout)};
    if (show->syscalls)
        recording_text_syscalls(recording, stdout);
    else if (show->paths)
        recording_text_paths(recording, stdout);
    else if (show->format == SHOW_JSON)
        print_json(recording);
    else
        recording_text_summary(recording, &sheet);
}

static int show_recording(const struct show *show)
{
    AUTO(recording_free_cleanup) struct recording *recording = NULL;
    struct err err = ERR_INIT;
    if (recording_read(show->file_count ? show->files[0] : RECORDING_DEFAULT_PATH, &recording, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    print_recording(show, recording);
    return STATUS_CLEAN;
}

/* ---- what was given ---------------------------------------------------------------------------------------- */

static int show_inputs(const struct show *show, const struct diff_input *inputs)
{
    bool as_file = show->format == SHOW_SECCOMP || show->format == SHOW_APPARMOR;
    for (size_t i = 0; i < show->file_count; i++) {
        if (!inputs[i].recording)
            continue;
        if (show->file_count + show->engine_count > 1)
            say_error("%s is a recording: show prints one recording at a time, and profgen merge unites several", show->files[i]);
        else if (as_file)
            say_error("%s is a recording; profgen emit makes profiles of it", show->files[i]);
        else
            print_recording(show, inputs[i].recording);
        return show->file_count + show->engine_count > 1 || as_file ? STATUS_FAILED : STATUS_CLEAN;
    }
    return show_profiles(show, inputs);
}

static int show_files(const struct show *show)
{
    AUTO_FREE struct diff_input *inputs = mem_zero(show->file_count, sizeof(*inputs));
    struct err err = ERR_INIT;
    int r = 0;
    for (size_t i = 0; r == 0 && i < show->file_count; i++)
        r = diff_input_read(show->files[i], &inputs[i], &err);
    int status = r < 0 ? say_failure(&err, STATUS_FAILED) : show_inputs(show, inputs);
    for (size_t i = 0; i < show->file_count; i++)
        diff_input_done(&inputs[i]);
    return status;
}

static int run_request(struct show *show, const struct option_walk *walk)
{
    show->files = walk->operands;
    show->file_count = (size_t)walk->operand_count;
    bool lists = show->syscalls || show->paths;
    size_t standard_inputs = 0;
    for (size_t i = 0; i < show->file_count; i++)
        standard_inputs += strcmp(show->files[i], "-") == 0;
    if (show->syscalls + show->paths + (show->format != SHOW_TEXT) > 1)
        say_error("--syscalls, --paths and --format exclude each other");
    else if (lists && (show->file_count > 1 || show->engine_count))
        say_error("show prints one recording at a time; profgen merge unites several");
    else if (standard_inputs > 1)
        say_error("standard input (-) can be read only once");
    else if (lists || show->file_count + show->engine_count == 0)
        return show_recording(show);
    else
        return show_files(show);
    return STATUS_FAILED;
}

static int find_choice(const char *const *choices, const char *value)
{
    for (int i = 0; choices[i]; i++)
        if (strcmp(choices[i], value) == 0)
            return i;
    return -1;
}

/* -1 when it is none, which has been said then. */
static int read_format(struct show *show, const char *value)
{
    int format = find_choice(formats, value);
    if (format < 0)
        say_error("show has no format '%s', only text, json, seccomp and apparmor", value);
    else
        show->format = (enum show_format)format;
    return format;
}

static int read_engine(struct show *show, const char *value)
{
    int engine = find_choice(engines, value);
    if (engine < 0)
        say_error("no default profile of '%s' is known; there are those of docker, podman and containerd", value);
    else
        strings_add(&show->engines, &show->engine_count, value);
    return engine;
}

static int run_show(const struct command *self, int argc, char **argv)
{
    AUTO(show_done) struct show show = {.capabilities = "docker"};
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        switch (option) {
        case OPTION_SYSCALLS:
            show.syscalls = true;
            break;
        case OPTION_PATHS:
            show.paths = true;
            break;
        case OPTION_CAPABILITIES:
            show.capabilities = walk.value;
            break;
        case OPTION_FORMAT:
            if (read_format(&show, walk.value) < 0)
                return STATUS_FAILED;
            break;
        case OPTION_DEFAULT:
            if (read_engine(&show, walk.value) < 0)
                return STATUS_FAILED;
            break;
        case OPTION_HELP:
            return STATUS_CLEAN;
        default:
            return STATUS_FAILED;
        }
    }
    return run_request(&show, &walk);
}

static const struct option_row show_options[] = {
    {.id = OPTION_SYSCALLS, .name = "syscalls", .help = "Print one 'ABI NAME' a line: the system calls it made"},
    {.id = OPTION_PATHS, .name = "paths", .help = "Print one 'ACCESS PATH' a line: what it did to which path"},
    {.id = OPTION_CAPABILITIES, .name = "capabilities", .value = VALUE_REQUIRED, .placeholder = "LIST",
     .help = "Judge profiles for a container with these: names, docker (the default), all or none"},
    {.id = OPTION_DEFAULT, .name = "default", .value = VALUE_REQUIRED, .placeholder = "ENGINE", .complete = COMPLETE_CHOICES,
     .choices = engines, .help = "Show the default profiles of docker, podman or containerd; may be given again"},
    {.id = OPTION_FORMAT, .name = "format", .value = VALUE_REQUIRED, .placeholder = "FORMAT",
     .complete = COMPLETE_CHOICES, .choices = formats, .help = "Print as text or json; one profile also as the file it is: seccomp, apparmor"},
    {0},
};

const struct command command_show = {
    .name = "show",
    .synopsis = "[OPTIONS] [RECORDING|PROFILE...]",
    .summary = "Print a recording, or how broad profiles are",
    .description = "Of a recording it prints what the workload did: what was run and whether all of it was\n"
                   "seen, then risky system calls, capabilities, sockets, changed paths and what it\n"
                   "consumed; profgen-recording.json unless given. Of seccomp and AppArmor profiles it prints\n"
                   "a score from 0 to 100 with its arithmetic, which is what attacks begin with and what the\n"
                   "profile lets through, beside the default profiles of the runtimes. What a file is follows\n"
                   "from its content; - is standard input.",
    .examples = "profgen show\n"
                "profgen show --syscalls app.json | diff - <(profgen show --syscalls new.json)\n"
                "profgen show --capabilities NET_ADMIN,CHOWN seccomp.json\n"
                "profgen show --default docker --format seccomp >docker.json",
    .options = show_options,
    .operands = COMPLETE_FILE,
    .run = run_show,
};
