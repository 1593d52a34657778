#include <string.h>

#include "cli/command.h"
#include "model/recording_file.h"
#include "report/recording_text.h"

enum { OPTION_SYSCALLS = 1, OPTION_PATHS, OPTION_FORMAT };

struct show {
    bool syscalls;
    bool paths;
    bool json;
    const char *file;
};

static int read_operands(struct show *show, const struct option_walk *walk)
{
    if (walk->operand_count > 1) {
        say_error("show prints one recording at a time; profgen merge unites several");
        return -1;
    }
    if (show->syscalls + show->paths + show->json > 1) {
        say_error("--syscalls, --paths and --format json exclude each other");
        return -1;
    }
    show->file = walk->operand_count ? walk->operands[0] : RECORDING_DEFAULT_PATH;
    return 0;
}

static void print_json(const struct recording *recording)
{
    AUTO_BUF struct buf text = BUF_INIT;
    recording_write(recording, &text);
    (void)fwrite(text.data, 1, text.length, stdout);
}

static int print_recording(const struct show *show)
{
    AUTO(recording_free_cleanup) struct recording *recording = NULL;
    struct err err = ERR_INIT;
    if (recording_read(show->file, &recording, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    struct sheet sheet = {.out = stdout, .color = say_in_color(stdout), .width = say_width(stdout)};
    if (show->syscalls)
        recording_text_syscalls(recording, stdout);
    else if (show->paths)
        recording_text_paths(recording, stdout);
    else if (show->json)
        print_json(recording);
    else
        recording_text_summary(recording, &sheet);
    return STATUS_CLEAN;
}

static int run_show(const struct command *self, int argc, char **argv)
{
    struct show show = {0};
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
        case OPTION_FORMAT:
            if (option_text_or_json(&walk, &show.json) < 0)
                return STATUS_FAILED;
            break;
        case OPTION_HELP:
            return STATUS_CLEAN;
        default:
            return STATUS_FAILED;
        }
    }
    return read_operands(&show, &walk) < 0 ? STATUS_FAILED : print_recording(&show);
}

static const struct option_row show_options[] = {
    {.id = OPTION_SYSCALLS, .name = "syscalls", .help = "Print one 'ABI NAME' a line: the system calls it made"},
    {.id = OPTION_PATHS, .name = "paths", .help = "Print one 'ACCESS PATH' a line: what it did to which path"},
    {.id = OPTION_FORMAT, .name = "format", .value = VALUE_REQUIRED, .placeholder = "FORMAT",
     .complete = COMPLETE_CHOICES, .choices = option_text_json, .help = "Print the recording as text or as JSON"},
    {0},
};

const struct command command_show = {
    .name = "show",
    .synopsis = "[OPTIONS] [RECORDING]",
    .summary = "Print a recording: a summary first, then what matters most",
    .description = "Prints what a workload did: what was run and whether all of it was seen, then risky\n"
                   "system calls, capabilities, sockets, changed paths and what it consumed. RECORDING\n"
                   "is profgen-recording.json unless given; - is standard input.",
    .examples = "profgen show\n"
                "profgen show --syscalls app.json | diff - <(profgen show --syscalls new.json)",
    .options = show_options,
    .operands = COMPLETE_FILE,
    .run = run_show,
};
