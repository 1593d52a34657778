#include "cli/command.h"

#include <string.h>

#include "cli/help.h"
#include "cli/nearest.h"

extern const struct command command_trace;
extern const struct command command_advise;
extern const struct command command_audit;
extern const struct command command_completions;
extern const struct command command_diff;
extern const struct command command_emit;
extern const struct command command_explain;
extern const struct command command_help;
extern const struct command command_merge;
extern const struct command command_run;
extern const struct command command_show;
extern const struct command command_verify;

/* In the order in which they are used. */
const struct command *const commands[] = {
    &command_trace,
    &command_emit,
    &command_verify,
    &command_run,
    &command_audit,
    &command_advise,
    &command_explain,
    &command_show,
    &command_merge,
    &command_diff,
    &command_completions,
    &command_help,
    NULL,
};

const struct command *command_find(const char *typed)
{
    struct nearest nearest = nearest_init(typed);
    for (const struct command *const *command = commands; *command; command++) {
        if (strcmp((*command)->name, typed) == 0)
            return *command;
        nearest_offer(&nearest, (*command)->name);
    }
    if (nearest.word)
        say_error("there is no command '%s'; did you mean %s?", typed, nearest.word);
    else
        say_error("there is no command '%s'; profgen --help lists them", typed);
    return NULL;
}

/* ---- what stands before the command ---------------------------------------------------------- */

enum { OPTION_VERSION = 1 };

static int run_command(int argc, char **argv)
{
    const struct command *command = command_find(argv[0]);
    return command ? command->run(command, argc, argv) : STATUS_FAILED;
}

static int run_profgen(const struct command *self, int argc, char **argv)
{
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    switch (option_next(&walk)) {
    case OPTION_VERSION:
        printf("profgen %s\n", PROFGEN_VERSION);
        return STATUS_CLEAN;
    case OPTION_HELP:
        return STATUS_CLEAN;
    case OPTION_END:
        break;
    default:
        return STATUS_FAILED;
    }
    if (walk.operand_count > 0)
        return run_command(walk.operand_count, walk.operands);
    help_quick_start(stderr);
    return STATUS_FAILED;
}

static const struct option_row profgen_options[] = {
    {.id = OPTION_VERSION, .letter = 'V', .name = "version", .help = "Print the version and exit"},
    {0},
};

const struct command command_profgen = {
    .name = "profgen",
    .synopsis = "[--help | --version] COMMAND [ARGUMENT...]",
    .summary = "Makes containers least-privilege, and finds what is not",
    .description = "Records what a workload does and writes the seccomp and AppArmor profiles that allow\n"
                   "it exactly that; and audits Kubernetes manifests, Compose files, Dockerfiles and the\n"
                   "configurations of container runtimes for what breaks isolation. It needs no daemon, no\n"
                   "cluster and no root.",
    .examples = NULL,
    .options = profgen_options,
    .operands = COMPLETE_TOPIC,
    .run = run_profgen,
};
