#include "cli/completion.h"

static void print_quoted(FILE *out, const char *text)
{
    putc('\'', out);
    completion_escape(out, text, "'\\", "\\");
    putc('\'', out);
}

static void print_values(FILE *out, enum option_complete kind, const char *const *choices)
{
    switch (kind) {
    case COMPLETE_NOTHING:
        break;
    case COMPLETE_FILE:
        fputs(" -F", out);
        break;
    case COMPLETE_DIRECTORY:
        fputs(" -a '(__fish_complete_directories)'", out);
        break;
    case COMPLETE_COMMAND:
        fputs(" -a '(__fish_complete_command)'", out);
        break;
    case COMPLETE_CHOICES:
        fputs(" -a '", out);
        completion_choices(out, choices);
        fputs("'", out);
        break;
    case COMPLETE_TOPIC:
        fputs(" -a '", out);
        for (const struct command *const *command = commands; *command; command++)
            fprintf(out, "%s%s", command == commands ? "" : " ", (*command)->name);
        fputs("'", out);
        break;
    }
}

static void print_start(FILE *out, const struct command *command)
{
    fprintf(out, "complete -c profgen -n '__profgen_at %s'",
            command == &command_profgen ? "\"\"" : command->name);
}

static void print_option(FILE *out, const struct command *command, const struct option_row *row)
{
    print_start(out, command);
    if (row->letter)
        fprintf(out, " -s %c", row->letter);
    fprintf(out, " -l %s", row->name);
    if (row->value == VALUE_REQUIRED)
        fputs(" -r", out);
    print_values(out, row->complete, row->choices);
    fputs(" -d ", out);
    print_quoted(out, row->help);
    putc('\n', out);
}

static void print_command(FILE *out, const struct command *command)
{
    const struct option_row *row;
    for (size_t i = 0; (row = completion_option(command, i)); i++)
        print_option(out, command, row);
    if (command->operands == COMPLETE_NOTHING || command == &command_profgen)
        return;
    print_start(out, command);
    print_values(out, command->operands, command->operand_choices);
    putc('\n', out);
}

static void print_program(FILE *out, const struct command *command)
{
    if (completion_has_program(command))
        fprintf(out, " %s", command->name);
}

void completion_fish(FILE *out)
{
    fputs("# Completion of profgen for fish: what `profgen completions fish` prints.\n\n"
          "# True when the command on the line is $argv[1] and no -- stands behind it.\n"
          "function __profgen_at\n"
          "    set -l words (commandline -opc)\n"
          "    set -e words[1]\n"
          "    contains -- -- $words; and return 1\n"
          "    for word in $words\n"
          "        string match -q -- '-*' $word; or break\n"
          "    end\n"
          "    string match -q -- '-*' $word; and set -l word\n"
          "    test \"$word\" = $argv[1]\n"
          "end\n\n"
          "# Completes the program behind the -- of a command in $argv.\n"
          "function __profgen_program\n"
          "    set -l words (commandline -opc)\n"
          "    set -l at (contains -i -- -- $words); or return\n"
          "    contains -- \"$words[2]\" $argv; or return\n"
          "    set -l rest $words[(math $at + 1)..] (commandline -ct)\n"
          "    complete -C \"$rest\"\n"
          "end\n\n"
          "complete -c profgen -f\n",
          out);
    for (const struct command *const *command = commands; *command; command++) {
        fprintf(out, "complete -c profgen -n '__profgen_at \"\"' -a %s -d ", (*command)->name);
        print_quoted(out, (*command)->summary);
        putc('\n', out);
    }
    fputs("complete -c profgen -a '(__profgen_program", out);
    for (const struct command *const *command = commands; *command; command++)
        print_program(out, *command);
    fputs(")'\n", out);
    print_command(out, &command_profgen);
    for (const struct command *const *command = commands; *command; command++)
        print_command(out, *command);
}
