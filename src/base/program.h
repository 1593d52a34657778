/*
 * A command's program: where it is, and becoming it.
 */
#pragma once

#include "base/err.h"

/* As execvp(3) does, but before anything is forked or given up. search is the value of PATH, NULL for the usual one. The
 * path is the caller's. -ENOENT when there is none, -EACCES when what there is cannot be executed. */
int program_find(const char *name, const char *search, char **ret, struct err *err);
/* Replaces this process; returns only on failure, the negative errno. A file without #! that the kernel will not
 * execute is given to the shell, as shells do themselves. */
int program_execute(const char *path, char *const *command, char *const *environment);
