/*
 * Completion scripts for shells, written from the table of commands. One file per shell, and a row in
 * completions.c.
 */
#pragma once

#include "cli/command.h"

void completion_bash(FILE *out);
void completion_zsh(FILE *out);
void completion_fish(FILE *out);

/* Option number index of command, --help last; NULL behind it. */
const struct option_row *completion_option(const struct command *command, size_t index);
/* Writes text; a byte that stands in special is preceded by escape. */
void completion_escape(FILE *out, const char *text, const char *special, const char *escape);
/* The words of choices, parted by spaces. */
void completion_choices(FILE *out, const char *const *choices);
/* True when the command runs a program that stands behind a "--". */
bool completion_has_program(const struct command *command);
