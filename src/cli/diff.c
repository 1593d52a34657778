/* profgen diff: what one profile or recording allows or does that the other does not. */
#include <string.h>

#include "cli/command.h"
#include "cli/diff_input.h"
#include "model/apparmor_diff.h"
#include "model/recording_diff.h"
#include "model/seccomp_diff.h"
#include "model/usage_diff.h"
#include "report/diff_report.h"

enum { OPTION_FORMAT = 1 };

struct request {
    bool json;
    const char *files[2];
};

/* Of an AppArmor file the one profile in it; NULL of anything else. */
static int choose(const struct diff_input *input, struct apparmor_policy **ret, struct err *err)
{
    *ret = NULL;
    return input->apparmor ? apparmor_file_choose(input->apparmor, NULL, ret, err) : 0;
}

static int compare(const struct diff_input *a, const struct diff_input *b, struct diff **ret, struct err *err)
{
    struct apparmor_policy *first, *second;
    if (choose(a, &first, err) < 0 || choose(b, &second, err) < 0)
        return -1;
    if (a->seccomp && b->seccomp)
        return seccomp_diff(a->seccomp, b->seccomp, ret, err);
    if (first && second) {
        *ret = apparmor_diff(first, second);
        return 0;
    }
    if (a->recording && b->recording) {
        *ret = recording_diff(a->recording, b->recording);
        return 0;
    }
    if (a->recording && b->seccomp)
        return seccomp_usage_diff(a->recording, b->seccomp, false, ret, err);
    if (a->seccomp && b->recording)
        return seccomp_usage_diff(b->recording, a->seccomp, true, ret, err);
    if (a->recording && second) {
        *ret = apparmor_usage_diff(a->recording, second, false);
        return 0;
    }
    if (first && b->recording) {
        *ret = apparmor_usage_diff(b->recording, first, true);
        return 0;
    }
    return err_set(err, -ENOTSUP, "a seccomp profile and an AppArmor profile have nothing in common that could be compared");
}

static void print(const struct request *request, const struct diff_report *report)
{
    struct sheet sheet = {.out = stdout, .color = say_in_color(stdout), .width = say_width(stdout)};
    if (request->json)
        diff_json(report, stdout);
    else
        diff_text(report, &sheet);
}

static int diff_files(const struct request *request)
{
    AUTO(diff_input_done) struct diff_input a = {0};
    AUTO(diff_input_done) struct diff_input b = {0};
    AUTO(diff_free_cleanup) struct diff *diff = NULL;
    struct err err = ERR_INIT;
    if (diff_input_read(request->files[0], &a, &err) < 0 || diff_input_read(request->files[1], &b, &err) < 0 ||
        compare(&a, &b, &diff, &err) < 0)
        return say_failure(&err, STATUS_FAILED);
    struct diff_report report = {
        .diff = diff,
        .names = {request->files[0], request->files[1]},
        .kinds = {diff_input_kind(&a), diff_input_kind(&b)},
    };
    print(request, &report);
    return diff_verdict(diff) == DIFF_IS_EQUAL ? STATUS_CLEAN : STATUS_FOUND;
}

static int run_request(struct request *request, const struct option_walk *walk)
{
    if (walk->operand_count != 2) {
        say_error("diff compares two files: profgen diff A B");
        return STATUS_FAILED;
    }
    request->files[0] = walk->operands[0];
    request->files[1] = walk->operands[1];
    if (strcmp(request->files[0], "-") == 0 && strcmp(request->files[1], "-") == 0) {
        say_error("standard input (-) can be read only once");
        return STATUS_FAILED;
    }
    return diff_files(request);
}

static int run_diff(const struct command *self, int argc, char **argv)
{
    struct request request = {0};
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    for (int option; (option = option_next(&walk)) != OPTION_END;) {
        switch (option) {
        case OPTION_FORMAT:
            if (option_text_or_json(&walk, &request.json) < 0)
                return STATUS_FAILED;
            break;
        case OPTION_HELP:
            return STATUS_CLEAN;
        default:
            return STATUS_FAILED;
        }
    }
    return run_request(&request, &walk);
}

static const struct option_row diff_options[] = {
    {.id = OPTION_FORMAT, .name = "format", .value = VALUE_REQUIRED, .placeholder = "FORMAT",
     .complete = COMPLETE_CHOICES, .choices = option_text_json, .help = "Print as text or as JSON"},
    {0},
};

const struct command command_diff = {
    .name = "diff",
    .synopsis = "[--format FORMAT] A B",
    .summary = "Compare profiles or recordings by what they allow or did",
    .description = "Compares two seccomp profiles, two AppArmor profiles, two recordings, or a recording\n"
                   "with a profile, by what they mean: every system call of every ABI with all arguments,\n"
                   "all paths that the rules tell apart, capabilities and sockets. Says whether B is wider\n"
                   "than A, narrower, both or equal, and what the difference exposes. What a file is follows\n"
                   "from its content; - is standard input. The exit status is 1 when A and B differ, so that\n"
                   "a build can keep a profile from widening.",
    .examples = "profgen diff old/seccomp.json new/seccomp.json\n"
                "profgen diff --format json recording.json apparmor.profile",
    .options = diff_options,
    .operands = COMPLETE_FILE,
    .run = run_diff,
};
