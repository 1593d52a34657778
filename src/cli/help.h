/*
 * What profgen says about itself, made from the table of commands.
 */
#pragma once

#include "cli/command.h"

/* `profgen COMMAND --help`; the list of commands for command_profgen. */
void help_print(const struct command *command, FILE *out);
/* What to try first, for a bare `profgen`. */
void help_quick_start(FILE *out);

/* The option that every command has, beside those in its table. */
extern const struct option_row help_option;
