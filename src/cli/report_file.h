/*
 * Files that a report is written to.
 */
#pragma once

#include "base/err.h"

/* Whether what is at the path may be replaced without asking: nothing, an earlier report, or no regular file.
 * -EEXIST with a sentence that names --force. */
int report_file_check(const char *path, struct err *err);
