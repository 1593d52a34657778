/*
 * One question to AppArmor: may PROFILE do ACCESS on PATH, which the asking task owns or not?
 *
 * A case is a line "PROFILE ACCESS OWNER PATH": PROFILE may be "unconfined"; ACCESS is one of r w a k m x, or rw, or c: to connect
 * to a socket; OWNER is "owner" or "other", PATH is absolute with every byte outside [A-Za-z0-9/._-] as %XX, and a directory
 * with a trailing slash. k and m need the file open for reading first, so they ask for r as well.
 */
#pragma once

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct aa_case {
    char profile[128];
    char access[3];
    bool owner;
    char path[PATH_MAX];
    char encoded[PATH_MAX]; /* as it was written */
};

static inline bool aa_case_decode(const char *text, char *path, size_t size)
{
    size_t length = 0;
    for (; *text; text++) {
        char byte = *text;
        if (byte == '%') {
            char hex[3] = {text[1], text[1] ? text[2] : '\0', '\0'};
            if (!isxdigit((unsigned char)hex[0]) || !isxdigit((unsigned char)hex[1]))
                return false;
            byte = (char)strtol(hex, NULL, 16);
            text += 2;
        }
        if (length + 1 >= size)
            return false;
        path[length++] = byte;
    }
    path[length] = '\0';
    return path[0] == '/';
}

/* 1: a case was read; 0: the end; -1: a line that is no case. */
static inline int aa_case_read(FILE *in, struct aa_case *ret)
{
    static char line[2 * PATH_MAX];
    char owner[8];
    if (!fgets(line, sizeof(line), in))
        return 0;
    if (sscanf(line, "%127s %2s %7s %4095s", ret->profile, ret->access, owner, ret->encoded) != 4)
        return -1;
    ret->owner = strcmp(owner, "owner") == 0;
    bool known = strcmp(ret->access, "rw") == 0 || (!ret->access[1] && strchr("rwakmxc", ret->access[0]));
    return known && aa_case_decode(ret->encoded, ret->path, sizeof(ret->path)) ? 1 : -1;
}

static inline void aa_case_print(const struct aa_case *asked, const char *verdict)
{
    (void)printf("%s %s %s %s %s\n", asked->profile, asked->access, asked->owner ? "owner" : "other",
                 asked->encoded, verdict);
}
