/*
 * apparmor_parser(8), where it is installed, asked whether it takes a profile.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Compiles the text without loading it, in at most APPARMOR_PARSER_SECONDS. *ret_asked is false, and the answer
 * 0, where apparmor_parser is not installed. -EINVAL with its words when it refuses the text, -ETIMEDOUT when it
 * does not come to an end. */
#define APPARMOR_PARSER_SECONDS 20
int apparmor_parser_check(const char *text, size_t length, bool *ret_asked, struct err *err);
