#include "cli/completion.h"

/* The tables of this script are case statements; the walk over the words below is the same for all. */
static const char walk_text[] =
    "# Offers what begins like the word at the cursor: files, programs or the words $2...\n"
    "_profgen_reply()\n"
    "{\n"
    "    local kind=$1\n"
    "    shift\n"
    "    case $kind in\n"
    "    file) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
    "    directory) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;\n"
    "    command) mapfile -t COMPREPLY < <(compgen -c -- \"$cur\") ;;\n"
    "    words) mapfile -t COMPREPLY < <(compgen -W \"$*\" -- \"$cur\") ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "# A program and its arguments, from word number $1 on.\n"
    "_profgen_program()\n"
    "{\n"
    "    if declare -F _command_offset >/dev/null; then\n"
    "        _command_offset \"$1\"\n"
    "    elif ((COMP_CWORD == $1)); then\n"
    "        _profgen_reply command\n"
    "    else\n"
    "        _profgen_reply file\n"
    "    fi\n"
    "}\n"
    "\n"
    "_profgen()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} command='' option='' value='' i\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        if [[ ${COMP_WORDS[i]} == -- ]] && _profgen_runs_program \"$command\"; then\n"
    "            _profgen_program $((i + 1))\n"
    "            return\n"
    "        elif [[ ${COMP_WORDS[i]} == -* ]]; then\n"
    "            option=${COMP_WORDS[i]}\n"
    "            value=$(_profgen_value \"$command $option\")\n"
    "            # Bash takes --name=value apart into three words.\n"
    "            if [[ ${COMP_WORDS[i + 1]} == = ]]; then\n"
    "                ((i += 2))\n"
    "                [[ ${COMP_WORDS[COMP_CWORD]} == = ]] && cur=''\n"
    "            elif [[ $value == required* ]]; then\n"
    "                ((i += 1))\n"
    "            else\n"
    "                continue\n"
    "            fi\n"
    "            if ((i >= COMP_CWORD)); then\n"
    "                # shellcheck disable=SC2086 # the table's words are parted here\n"
    "                _profgen_reply ${value#* }\n"
    "                return\n"
    "            fi\n"
    "        elif [[ -z $command ]]; then\n"
    "            command=${COMP_WORDS[i]}\n"
    "        elif [[ $(_profgen_operands \"$command\") == command ]]; then\n"
    "            _profgen_program \"$i\"\n"
    "            return\n"
    "        fi\n"
    "    done\n"
    "    if [[ $cur == -* ]]; then\n"
    "        _profgen_reply words \"$(_profgen_options \"$command\")\"\n"
    "    else\n"
    "        # shellcheck disable=SC2046 # the table's words are parted here\n"
    "        _profgen_reply $(_profgen_operands \"$command\")\n"
    "    fi\n"
    "}\n"
    "\n"
    "complete -F _profgen profgen\n";

static const char *const kind_words[] = {
    [COMPLETE_NOTHING] = "nothing", [COMPLETE_FILE] = "file",       [COMPLETE_DIRECTORY] = "directory",
    [COMPLETE_CHOICES] = "words",   [COMPLETE_COMMAND] = "command", [COMPLETE_TOPIC] = "words",
};

static void print_kind(FILE *out, enum option_complete kind, const char *const *choices)
{
    fputs(kind_words[kind], out);
    if (kind == COMPLETE_CHOICES) {
        putc(' ', out);
        completion_choices(out, choices);
    }
    if (kind == COMPLETE_TOPIC)
        for (const struct command *const *command = commands; *command; command++)
            fprintf(out, " %s", (*command)->name);
}

/* What stands in the case statements for the command: nothing before it has been typed. */
static const char *label(const struct command *command)
{
    return command == &command_profgen ? "" : command->name;
}

static void print_option_words(FILE *out, const struct command *command)
{
    const struct option_row *row;
    fprintf(out, "    '%s') echo '", label(command));
    for (size_t i = 0; (row = completion_option(command, i)); i++) {
        fprintf(out, "%s--%s", i ? " " : "", row->name);
        if (row->letter)
            fprintf(out, " -%c", row->letter);
    }
    fputs("' ;;\n", out);
}

static void print_values(FILE *out, const struct command *command)
{
    for (const struct option_row *row = command->options; row->id; row++) {
        if (row->value == VALUE_NONE)
            continue;
        fprintf(out, "    '%s --%s'", label(command), row->name);
        if (row->letter)
            fprintf(out, " | '%s -%c'", label(command), row->letter);
        fprintf(out, ") echo '%s ", row->value == VALUE_REQUIRED ? "required" : "optional");
        print_kind(out, row->complete, row->choices);
        fputs("' ;;\n", out);
    }
}

static void print_operands(FILE *out, const struct command *command)
{
    fprintf(out, "    '%s') echo '", label(command));
    print_kind(out, command->operands, command->operand_choices);
    fputs("' ;;\n", out);
}

static void print_programs(FILE *out, const struct command *command)
{
    if (completion_has_program(command))
        fprintf(out, "    '%s') return 0 ;;\n", label(command));
}

static void print_case(FILE *out, const char *title, void (*print)(FILE *, const struct command *),
                       const char *otherwise)
{
    fprintf(out, "%s\n{\n    case $1 in\n", title);
    print(out, &command_profgen);
    for (const struct command *const *command = commands; *command; command++)
        print(out, *command);
    fprintf(out, "    *) %s ;;\n    esac\n}\n\n", otherwise);
}

void completion_bash(FILE *out)
{
    fputs("# shellcheck shell=bash\n"
          "# Completion of profgen for bash: what `profgen completions bash` prints.\n\n",
          out);
    print_case(out, "# The options of command $1.\n_profgen_options()", print_option_words, "");
    print_case(out, "# What the option in \"$1\", a command and an option, takes.\n_profgen_value()",
               print_values, "");
    print_case(out, "# What command $1 works on.\n_profgen_operands()", print_operands, "");
    print_case(out, "# Whether a program stands behind the -- of command $1.\n_profgen_runs_program()",
               print_programs, "return 1");
    fputs(walk_text, out);
}
