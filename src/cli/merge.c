#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "model/recording_file.h"

enum { OPTION_OUTPUT = 1, OPTION_FORCE };

struct merge_request {
    const char *output;
    bool force;
    char **inputs;
    int input_count;
};

static int check_request(const struct merge_request *request)
{
    int standard_inputs = 0;
    for (int i = 0; i < request->input_count; i++)
        standard_inputs += strcmp(request->inputs[i], "-") == 0;
    if (request->input_count == 0)
        say_error("merge needs recordings to unite: profgen merge -o FILE RECORDING...");
    else if (!request->output)
        say_error("merge needs to know where to write: -o FILE, or -o - for standard output");
    else if (standard_inputs > 1)
        say_error("standard input (-) can be read only once");
    else
        return 0;
    return -1;
}

static int write_merged(const struct merge_request *request, const struct recording *recording)
{
    AUTO_BUF struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    recording_write(recording, &text);
    enum file_replace replace = request->force ? FILE_REPLACE : FILE_CREATE;
    if (file_write(request->output, text.data, text.length, replace, 0666, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    return STATUS_CLEAN;
}

static int merge_recordings(const struct merge_request *request)
{
    AUTO(recording_free_cleanup) struct recording *all = recording_new();
    for (int i = 0; i < request->input_count; i++) {
        AUTO(recording_free_cleanup) struct recording *one = NULL;
        struct err err = ERR_INIT;
        if (recording_read(request->inputs[i], &one, &err) < 0)
            return say_failure(&err, STATUS_FAILED);
        recording_merge(all, one);
    }
    return write_merged(request, all);
}

static int run_merge(const struct command *self, int argc, char **argv)
{
    struct merge_request request = {0};
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        switch (option) {
        case OPTION_OUTPUT:
            request.output = walk.value;
            break;
        case OPTION_FORCE:
            request.force = true;
            break;
        case OPTION_HELP:
            return STATUS_CLEAN;
        default:
            return STATUS_FAILED;
        }
    }
    request.inputs = walk.operands;
    request.input_count = walk.operand_count;
    return check_request(&request) < 0 ? STATUS_FAILED : merge_recordings(&request);
}

static const struct option_row merge_options[] = {
    {.id = OPTION_OUTPUT, .letter = 'o', .name = "output", .value = VALUE_REQUIRED, .placeholder = "FILE",
     .complete = COMPLETE_FILE, .help = "Write the union to FILE"},
    {.id = OPTION_FORCE, .letter = 'f', .name = "force", .help = "Replace FILE when it is there"},
    {0},
};

const struct command command_merge = {
    .name = "merge",
    .synopsis = "-o FILE [--force] RECORDING...",
    .summary = "Unite recordings of several runs into one",
    .description = "Unites recordings: counts are summed, system calls, paths and addresses united, runs\n"
                   "listed one after the other. The union is complete when all of them are.",
    .examples = "profgen merge -o all.json start.json load.json reload.json",
    .options = merge_options,
    .operands = COMPLETE_FILE,
    .run = run_merge,
};
