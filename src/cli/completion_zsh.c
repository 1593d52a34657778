#include "cli/completion.h"

#include "cli/help.h"

static const char *const actions[] = {
    [COMPLETE_NOTHING] = " ",
    [COMPLETE_FILE] = "_files",
    [COMPLETE_DIRECTORY] = "_files -/",
    [COMPLETE_CHOICES] = NULL,
    [COMPLETE_COMMAND] = "_command_names -e",
    [COMPLETE_TOPIC] = "_profgen_commands",
};

static void print_action(FILE *out, enum option_complete kind, const char *const *choices)
{
    if (kind == COMPLETE_CHOICES) {
        putc('(', out);
        completion_choices(out, choices);
        putc(')', out);
    } else {
        fputs(actions[kind], out);
    }
}

/* Text between single quotes, in which the characters special to _arguments lose their meaning. */
static void print_quoted(FILE *out, const char *text)
{
    for (; *text; text++) {
        char one[2] = {*text, '\0'};
        if (*text == '\'')
            fputs("'\\''", out);
        else
            completion_escape(out, one, "[]:\\", "\\");
    }
}

static void print_option(FILE *out, const struct option_row *row)
{
    static const char *const long_end[] = {"", "=", "=-"};
    static const char *const short_end[] = {"", "+", "-"};
    static const char *const colons[] = {"", ":", "::"};
    fputs(row == &help_option ? "        '(- *)'" : "        '*'", out);
    if (row->letter)
        fprintf(out, "{-%c%s,--%s%s}", row->letter, short_end[row->value], row->name, long_end[row->value]);
    else
        fprintf(out, "--%s%s", row->name, long_end[row->value]);
    fputs("'[", out);
    print_quoted(out, row->help);
    fputs("]", out);
    if (row->value != VALUE_NONE) {
        fputs(colons[row->value], out);
        print_quoted(out, row->placeholder);
        putc(':', out);
        print_action(out, row->complete, row->choices);
    }
    fputs("' \\\n", out);
}

static void print_options(FILE *out, const struct command *command)
{
    const struct option_row *row;
    for (size_t i = 0; (row = completion_option(command, i)); i++)
        print_option(out, row);
}

static void print_operands(FILE *out, const struct command *command)
{
    if (command->operands == COMPLETE_COMMAND) {
        fputs("        '(-):program: _command_names -e' \\\n"
              "        '*::argument:_profgen_program'\n",
              out);
    } else if (command->operands == COMPLETE_NOTHING) {
        fputs("        '*: : '\n", out);
    } else {
        fputs("        '*:argument:", out);
        print_action(out, command->operands, command->operand_choices);
        fputs("'\n", out);
    }
}

static void print_command(FILE *out, const struct command *command)
{
    fprintf(out, "    %s)\n        _arguments -s -S \\\n", command->name);
    print_options(out, command);
    print_operands(out, command);
    fputs("        ;;\n", out);
}

void completion_zsh(FILE *out)
{
    fputs("#compdef profgen\n"
          "# Completion of profgen for zsh: what `profgen completions zsh` prints.\n\n"
          "_profgen_commands() {\n"
          "    local -a commands=(\n",
          out);
    for (const struct command *const *command = commands; *command; command++) {
        fprintf(out, "        '%s:", (*command)->name);
        print_quoted(out, (*command)->summary);
        fputs("'\n", out);
    }
    fputs("    )\n"
          "    _describe command commands\n"
          "}\n\n"
          "# A program and its arguments; the -- may stand before them still.\n"
          "_profgen_program() {\n"
          "    [[ $words[1] == -- ]] && { shift words; (( CURRENT-- )) }\n"
          "    _normal\n"
          "}\n\n"
          "_profgen() {\n"
          "    local curcontext=$curcontext state line\n"
          "    local -A opt_args\n"
          "    _arguments -C -S \\\n",
          out);
    print_options(out, &command_profgen);
    fputs("        '1:command:_profgen_commands' \\\n"
          "        '*::argument:->argument' && return\n"
          "    [[ $state == argument ]] || return\n"
          "    curcontext=${curcontext%:*:*}:profgen-$line[1]:\n"
          "    case $line[1] in\n",
          out);
    for (const struct command *const *command = commands; *command; command++)
        print_command(out, *command);
    fputs("    esac\n"
          "}\n\n"
          "_profgen \"$@\"\n",
          out);
}
