/*
 * A command of profgen, and the one table its options stand in.
 *
 * `--help`, the completions and the check of the man page all read the same const tables: a command
 * is a file in src/cli/ that defines one `const struct command`, and a row in commands.c. Only files
 * in src/cli/ print errors, read the environment or decide an exit status.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum option_value { VALUE_NONE, VALUE_REQUIRED, VALUE_OPTIONAL /* --name=VALUE only */ };
enum option_complete {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_DIRECTORY,
    COMPLETE_CHOICES,
    COMPLETE_COMMAND, /* a program and its arguments */
    COMPLETE_TOPIC    /* a command of profgen */
};

struct option_row {
    int id;            /* what option_next returns; above 0 and unique within the command */
    char letter;       /* 'o', or 0 when there is only the long form */
    const char *name;  /* "output" */
    enum option_value value;
    const char *placeholder; /* "FILE"; NULL with VALUE_NONE */
    enum option_complete complete;
    const char *const *choices; /* NULL-terminated, with COMPLETE_CHOICES */
    const char *help;           /* one sentence, no full stop */
};

struct command {
    const char *name;
    const char *synopsis; /* "[OPTIONS] -- COMMAND [ARGUMENT...]" */
    const char *summary;  /* one line for the list of commands */
    const char *description; /* a paragraph for --help; lines of at most 80 columns */
    const char *examples;    /* lines for --help; NULL when none */
    const struct option_row *options; /* ends with id 0 */
    enum option_complete operands;
    const char *const *operand_choices; /* NULL-terminated, with COMPLETE_CHOICES */
    /* argv[0] is the command's name. Returns the exit status. */
    int (*run)(const struct command *command, int argc, char **argv);
};

/* Exit statuses (DESIGN.md section 2). */
enum {
    STATUS_CLEAN = 0,
    STATUS_FOUND = 1,
    STATUS_FAILED = 2,
    STATUS_RUN_FAILED = 125,
    STATUS_NOT_EXECUTABLE = 126,
    STATUS_NOT_FOUND = 127
};

/* The table of all commands, ended by NULL (commands.c). */
extern const struct command *const commands[];
/* What stands before the command: `profgen --version`. */
extern const struct command command_profgen;
/* NULL when there is none of that name: the nearest right one has been printed then. */
const struct command *command_find(const char *typed);

/* ---- walking the options of a command line ------------------------------------------------- */

enum { OPTION_END = 0, OPTION_BAD = -1, OPTION_HELP = -2 };

struct option_walk {
    const struct command *command;
    int argc;
    char **argv;
    const char *value;  /* of the option just returned; NULL when it has none */
    char **operands;    /* after OPTION_END: what is not an option */
    int operand_count;
    bool had_separator; /* a -- stood before the operands */
};

void option_walk_init(struct option_walk *walk, const struct command *command, int argc, char **argv);
/* The id of the next option, or OPTION_END. On a bad option it has printed one sentence with the nearest
 * right spelling (OPTION_BAD: return STATUS_FAILED, or STATUS_RUN_FAILED from a command that runs a
 * workload); on --help it has printed the help (OPTION_HELP: return STATUS_CLEAN). Parsing stops at the
 * first operand when the command's synopsis has a "--" that no "| " stands before. */
int option_next(struct option_walk *walk);
/* The choices of a --format that is text or json, and its value: -1 when it is neither, which has been said then. */
extern const char *const option_text_json[];
int option_text_or_json(const struct option_walk *walk, bool *ret_json);

/* ---- saying things to the person -------------------------------------------------------------- */

/* "profgen: SENTENCE" on standard error, on one line: control characters in it are escaped. */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints the sentence of err and returns status. */
int say_failure(const struct err *err, int status);
/* True when stream is a terminal, NO_COLOR is unset and TERM is not dumb. */
bool say_in_color(FILE *stream);
/* Columns of the terminal on stream, or 80. */
unsigned say_width(FILE *stream);
