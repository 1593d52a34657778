#include "cli/completion.h"

#include <string.h>

#include "cli/help.h"
#include "cli/nearest.h"

const struct option_row *completion_option(const struct command *command, size_t index)
{
    size_t count = 0;
    while (command->options[count].id)
        count++;
    return index < count ? &command->options[index] : index == count ? &help_option : NULL;
}

void completion_escape(FILE *out, const char *text, const char *special, const char *escape)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            fputs(escape, out);
        putc(*text, out);
    }
}

void completion_choices(FILE *out, const char *const *choices)
{
    for (const char *const *choice = choices; *choice; choice++)
        fprintf(out, "%s%s", choice == choices ? "" : " ", *choice);
}

bool completion_has_program(const struct command *command)
{
    return command != &command_profgen && strstr(command->synopsis, "-- ");
}

/* ---- profgen completions SHELL ----------------------------------------------------------------- */

static const char *const shell_names[] = {"bash", "zsh", "fish", NULL};
/* In the order of shell_names. */
static void (*const shell_writers[])(FILE *) = {completion_bash, completion_zsh, completion_fish};

static int print_for_shell(const char *typed)
{
    struct nearest nearest = nearest_init(typed);
    for (size_t i = 0; shell_names[i]; i++) {
        if (strcmp(shell_names[i], typed) == 0) {
            shell_writers[i](stdout);
            return STATUS_CLEAN;
        }
        nearest_offer(&nearest, shell_names[i]);
    }
    say_error("there is no completion script for '%s'%s%s%s", typed, nearest.word ? "; did you mean " : "",
              nearest.word ? nearest.word : ", only for bash, zsh and fish", nearest.word ? "?" : "");
    return STATUS_FAILED;
}

static int run_completions(const struct command *self, int argc, char **argv)
{
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    int option = option_next(&walk);
    if (option != OPTION_END)
        return option == OPTION_HELP ? STATUS_CLEAN : STATUS_FAILED;
    if (walk.operand_count != 1) {
        say_error("completions needs the name of one shell: profgen completions bash, zsh or fish");
        return STATUS_FAILED;
    }
    return print_for_shell(walk.operands[0]);
}

static const struct option_row completions_options[] = {{0}};

const struct command command_completions = {
    .name = "completions",
    .synopsis = "SHELL",
    .summary = "Print a completion script for bash, zsh or fish",
    .description = "Prints a script that lets SHELL complete the commands and options of profgen. An\n"
                   "installed profgen has put the scripts in their usual places already.",
    .examples = "source <(profgen completions bash)\n"
                "profgen completions zsh > \"${fpath[1]}/_profgen\"\n"
                "profgen completions fish > ~/.config/fish/completions/profgen.fish",
    .options = completions_options,
    .operands = COMPLETE_CHOICES,
    .operand_choices = shell_names,
    .run = run_completions,
};
