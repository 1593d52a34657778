#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cli/command.h"
#include "model/advice.h"
#include "model/recording_file.h"
#include "report/advice_report.h"

enum { OPTION_FORMAT = 1, OPTION_MARGIN };

struct advise_request {
    bool json;
    unsigned margin;
    char **inputs;
    size_t input_count;
};

struct recordings {
    struct recording **items;
    size_t count;
};

static void recordings_done(struct recordings *recordings)
{
    for (size_t i = 0; i < recordings->count; i++)
        recording_free(recordings->items[i]);
    free(recordings->items);
}

static int set_margin(struct advise_request *request, const char *text)
{
    uint64_t margin;
    if (!num_parse_u64(text, ADVICE_MARGIN_MAX, &margin)) {
        say_error("--margin takes a whole number of percent up to %d, not '%s'", ADVICE_MARGIN_MAX, text);
        return -1;
    }
    request->margin = (unsigned)margin;
    return 0;
}

static int check_inputs(const struct advise_request *request)
{
    size_t standard_inputs = 0;
    for (size_t i = 0; i < request->input_count; i++)
        standard_inputs += strcmp(request->inputs[i], "-") == 0;
    if (standard_inputs <= 1)
        return 0;
    say_error("standard input (-) can be read only once");
    return -1;
}

static int read_one(struct recordings *recordings, const char *path)
{
    AUTO(recording_free_cleanup) struct recording *one = NULL;
    struct err err = ERR_INIT;
    if (recording_read(path, &one, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    if (one->run_count == 0) {
        say_error("%s: the recording holds no run to advise on", path);
        return STATUS_FAILED;
    }
    recordings->items = mem_resize(recordings->items, recordings->count + 1, sizeof(*recordings->items));
    recordings->items[recordings->count++] = TAKE(one);
    return STATUS_CLEAN;
}

static int read_inputs(const struct advise_request *request, struct recordings *recordings)
{
    if (request->input_count == 0)
        return read_one(recordings, RECORDING_DEFAULT_PATH);
    int status = STATUS_CLEAN;
    for (size_t i = 0; i < request->input_count && status == STATUS_CLEAN; i++)
        status = read_one(recordings, request->inputs[i]);
    return status;
}

static int advise(const struct advise_request *request)
{
    AUTO(recordings_done) struct recordings recordings = {0};
    int status = read_inputs(request, &recordings);
    if (status != STATUS_CLEAN)
        return status;
    AUTO(advice_free_cleanup) struct advice *advice =
        advice_new((const struct recording *const *)recordings.items, recordings.count, request->margin);
    struct sheet sheet = {.out = stdout, .color = say_in_color(stdout), .width = say_width(stdout)};
    if (request->json)
        advice_json(advice, stdout);
    else
        advice_text(advice, &sheet);
    return STATUS_CLEAN;
}

static int run_advise(const struct command *self, int argc, char **argv)
{
    struct advise_request request = {.margin = ADVICE_MARGIN};
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        switch (option) {
        case OPTION_FORMAT:
            if (option_text_or_json(&walk, &request.json) < 0)
                return STATUS_FAILED;
            break;
        case OPTION_MARGIN:
            if (set_margin(&request, walk.value) < 0)
                return STATUS_FAILED;
            break;
        case OPTION_HELP:
            return STATUS_CLEAN;
        default:
            return STATUS_FAILED;
        }
    }
    request.inputs = walk.operands;
    request.input_count = (size_t)walk.operand_count;
    return check_inputs(&request) < 0 ? STATUS_FAILED : advise(&request);
}

static const struct option_row advise_options[] = {
    {.id = OPTION_FORMAT, .name = "format", .value = VALUE_REQUIRED, .placeholder = "FORMAT",
     .complete = COMPLETE_CHOICES, .choices = option_text_json, .help = "Print the advice as text or as JSON"},
    {.id = OPTION_MARGIN, .name = "margin", .value = VALUE_REQUIRED, .placeholder = "PERCENT",
     .help = "Add PERCENT to the observed peaks, 50 unless given"},
    {0},
};

const struct command command_advise = {
    .name = "advise",
    .synopsis = "[OPTIONS] [RECORDING...]",
    .summary = "Say where a workload could run, and what that would cost",
    .description = "Judges from recordings whether the workload would run under runc with profiles, gVisor,\n"
                   "Kata Containers, Firecracker, LXC and six unikernels, and quotes\n"
                   "what others published about the cost. Recommends a RuntimeClass or plain runc, and\n"
                   "requests and limits. RECORDING is profgen-recording.json unless given.",
    .examples = "profgen advise app.json\n"
                "profgen advise --format json --margin 100 monday.json sunday.json",
    .options = advise_options,
    .operands = COMPLETE_FILE,
    .run = run_advise,
};
